"""Kinds of case, states of a case, and the reasons with which one is closed, each with the words that pages say."""

from enum import Enum
from typing import Final

from lhcr.kernel.errors import Incorrect, Issue


class CaseKind(Enum):
    """What a case began with: an alert, a pattern in the log, or a person's own question."""

    CLAIM = ("claim", "Relationship claimed")
    EMERGENCY = ("emergency", "Emergency access")
    NO_MATCHING_ACTIVITY = ("no-matching-activity", "No matching activity")
    BULK = ("bulk", "Many records in an hour")
    OUT_OF_HOURS = ("out-of-hours", "Outside working hours")
    SAME_FAMILY_NAME = ("same-family-name", "Same family name")
    SAME_ADDRESS = ("same-address", "Same address")
    OWN_RECORD = ("own-record", "Own record")
    PERSON = ("person", "A person asked about an access")
    SIGN_IN_ATTEMPTS = ("sign-in-attempts", "Attempts to sign in")
    REFUSED_TOKENS = ("refused-tokens", "Refused tokens")
    TRACES_OF_NOBODY = ("traces-of-nobody", "Searches that found nobody")
    REFUSED_RECORDS = ("refused-records", "Records refused again and again")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


class CaseState(Enum):
    """`watched`: no case yet, because recorded facts may still explain it. `asked`: the user's answer is awaited."""

    WATCHED = ("watched", "Being checked")
    OPEN = ("open", "Open")
    ASKED = ("asked", "The user has been asked")
    ESCALATED = ("escalated", "With the Caldicott guardian")
    CLOSED = ("closed", "Closed")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


class Outcome(Enum):
    """Why a case was closed: a code, the office's words for it, and what the person who asked is told."""

    EXPLAINED = (
        "explained",
        "Explained by what is recorded",
        "What is recorded about your care explains why they looked.",
    )
    NOTHING_OPENED = ("nothing-opened", "Nothing was opened", "Nothing was opened.")
    APPROPRIATE = (
        "appropriate",
        "The access was right",
        "The privacy office checked it and found that they had a good reason to look.",
    )
    MISTAKE = (
        "mistake",
        "An honest mistake",
        "The privacy office checked it and found that somebody opened the record by mistake.",
    )
    NOT_RIGHT = (
        "not-right",
        "The access was not right, and was acted on",
        "The privacy office checked it and found that it was not right. It has been acted on.",
    )
    CANNOT_TELL = (
        "cannot-tell",
        "It cannot be found out",
        "The privacy office checked it and could not find out whether it was right.",
    )

    def __init__(self, code: str, display: str, told: str) -> None:
        self.code = code
        self.display = display
        self.told = told


#: What an officer chooses among; the others are found by the checks alone.
CHOSEN_OUTCOMES: Final = (Outcome.APPROPRIATE, Outcome.MISTAKE, Outcome.NOT_RIGHT, Outcome.CANNOT_TELL)
#: What came in number without coming to anything: no case is about a person's record.
ATTEMPTS: Final = (
    CaseKind.SIGN_IN_ATTEMPTS,
    CaseKind.REFUSED_TOKENS,
    CaseKind.TRACES_OF_NOBODY,
    CaseKind.REFUSED_RECORDS,
)
KINDS: Final = {kind.code: kind for kind in CaseKind}
STATES: Final = {state.code: state for state in CaseState}
OUTCOMES: Final = {outcome.code: outcome for outcome in Outcome}


def read_outcome(code: str) -> Outcome:
    """Return the outcome that an officer chose. Raises Incorrect (422, `outcome-unknown`)."""
    for outcome in CHOSEN_OUTCOMES:
        if outcome.code == code:
            return outcome
    diagnostics = "Choose one of the reasons."
    raise Incorrect([Issue(code="value", error="outcome-unknown", diagnostics=diagnostics)], status=422)
