"""Evidence: what is recorded that explains an access, as a sentence each. It names kinds and dates, never what care was given."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from lhcr.access.policy import Policy
from lhcr.access.recorded_ties import RecordedTie
from lhcr.access.span import BEGINNING
from lhcr.office.case_kind import CaseKind
from lhcr.views.written_date import from_datetime

_MOST: Final = 5
#: With the date of the fact, and without where none is told.
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "registration": ("The person registered at the organisation on {date}.", "The person is registered at the organisation."),
        "encounter": ("An encounter at the organisation began on {date}.", "An encounter at the organisation is recorded."),
        "episode": ("An episode of care at the organisation began on {date}.", "An episode of care at the organisation is recorded."),
        "referral": ("A referral to the organisation was written on {date}.", "A referral to the organisation is recorded."),
        "appointment": ("An appointment at the organisation was for {date}.", "An appointment at the organisation is recorded."),
        "caseload": ("The organisation took the person onto a caseload on {date}.", "The person is on a caseload of the organisation."),
        "prescription": (
            "A prescription was written on {date} for the organisation to dispense.",
            "A prescription is recorded for the organisation to dispense.",
        ),
        "dispensing": ("The organisation dispensed for the person on {date}.", "The organisation dispensed for the person."),
        "nominated-pharmacy": (
            "The organisation became the person's nominated pharmacy on {date}.",
            "The organisation is the person's nominated pharmacy.",
        ),
    }
)  # fmt: skip
_OTHER: Final = (
    "A relationship with the organisation began on {date}.",
    "A relationship with the organisation is recorded.",
)


def window(began: datetime, ended: datetime, *, policy: Policy) -> tuple[datetime, datetime]:
    """Return from when until when a fact explains an access."""
    office = policy.file.office
    return began - timedelta(hours=office.window_hours_before), ended + timedelta(hours=office.window_hours_after)


def explaining(kind: CaseKind, ties: Iterable[RecordedTie], *, policy: Policy) -> list[RecordedTie]:
    """Return those of some facts that explain a case of a kind, one of each kind of fact."""
    explains = policy.file.office.explained_by.get(kind.code, [])
    found: dict[str, RecordedTie] = {}
    for tie in ties:
        if tie.kind in explains:
            found.setdefault(tie.kind, tie)
    return list(found.values())[:_MOST]


def sentences(ties: Iterable[RecordedTie], *, policy: Policy) -> list[str]:
    return [_sentence(tie, policy=policy) for tie in ties]


def _sentence(tie: RecordedTie, *, policy: Policy) -> str:
    dated, undated = _SENTENCES.get(tie.kind, _OTHER)
    if tie.low <= BEGINNING:
        return undated
    # A fact ties some days before what it tells of begins.
    when = tie.low + timedelta(days=policy.file.relationship_days_before.get(tie.kind, 0))
    return dated.format(date=from_datetime(when).shown)
