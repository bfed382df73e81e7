"""Alerts: what a privacy officer is told of whoever opens a record on their own word (SCR-AlertType and SCR-AlertReason)."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from lhcr.kernel.errors import Incorrect, Issue

SHORTEST_WORDS: Final = 10
LONGEST_WORDS: Final = 500


class AlertReason(Enum):
    """A code of SCR-AlertReason and the words that a user chooses it by."""

    PUBLIC_INTEREST = (1, "It is in the public interest")
    STATUTE = (2, "A law requires it")
    COURT_ORDER = (3, "A court has ordered it")
    SELF_CLAIM = (4, "I am caring for this person and nothing has recorded it yet")
    EMERGENCY = (5, "The person needs emergency care")
    OTHER = (6, "Another reason")

    def __init__(self, code: int, display: str) -> None:
        self.code = code
        self.display = display


class AlertType(Enum):
    """A code of SCR-AlertType, its words, and the reasons that users choose among, the usual one first."""

    RELATIONSHIP = (1, "Relationship claimed", (AlertReason.SELF_CLAIM, AlertReason.OTHER))
    ACCESS = (
        2,
        "Emergency access",
        (AlertReason.EMERGENCY, AlertReason.PUBLIC_INTEREST, AlertReason.STATUTE, AlertReason.COURT_ORDER),
    )

    def __init__(self, code: int, display: str, reasons: tuple[AlertReason, ...]) -> None:
        self.code = code
        self.display = display
        self.reasons = reasons


#: Pairs of type and reason that the national vocabulary does not allow.
DISALLOWED: Final = frozenset({(1, 5), (2, 4), (2, 6)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A row of the queue: who opened whose record, for which organisation, in which role, why, and until when.

    `until` is when it ends by itself, `ended` when it was ended before, None where it was not. `reference` is that of the decision that let
    it be.
    """

    alert_id: str
    recorded: datetime
    type: AlertType
    reason: AlertReason
    words: str
    person_id: int
    user_id: str
    user_name: str
    role_name: str
    organisation: str
    until: datetime
    ended: datetime | None
    reference: str = ""


def read_reason(type_: AlertType, code: str) -> AlertReason:
    """Return the reason with a code. Raises Incorrect (422, `reason-unknown`) for one that is not chosen with this type."""
    for reason in type_.reasons:
        if code == str(reason.code):
            return reason
    raise _wrong("reason-unknown", "Choose one of the reasons.")


def read_words(text: str) -> str:
    """Return a reason in words on one line. Raises Incorrect (422, `reason-words`) where it is too short or too long.

    Signs that nobody sees, or that no database holds, are left out: what the privacy office reads is what was written.
    """
    seen = "".join(sign if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for sign in text)
    words = " ".join(seen.split())
    if len(words) < SHORTEST_WORDS:
        raise _wrong("reason-words", f"Say why in your own words, in at least {SHORTEST_WORDS} characters.")
    if len(words) > LONGEST_WORDS:
        raise _wrong("reason-words", f"Say why in at most {LONGEST_WORDS} characters.")
    return words


def _wrong(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error=error, diagnostics=diagnostics)], status=422)
