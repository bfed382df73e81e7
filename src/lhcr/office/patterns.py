"""Patterns: what is unusual about an opening of a record, judged from what is known of it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from lhcr.access.policy import Policy
from lhcr.access.recorded_ties import RecordedTie
from lhcr.access.relationship import CONTRIBUTION
from lhcr.office.case_kind import CaseKind
from lhcr.office.opening import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an opening: what tied its organisation to the person as it began, whether an alert stands for it, how many
    persons its user opened within the hour, and what ties the user to the person in private life.
    """

    opening: Opening
    ties: tuple[RecordedTie, ...]
    alerted: bool
    persons: int
    kin: frozenset[CaseKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One of a kind for a user, person and day; of `bulk` one for a user and day, lying with the person who was one too many."""

    opening: Opening
    kind: CaseKind
    words: str

    @property
    def source_key(self) -> str:
        of = self.opening
        return f"{of.organisation}|{of.user_id}|{of.day.isoformat()}"


def is_weak(known: Known, *, policy: Policy) -> bool:
    """Return whether nothing recorded tied the organisation to the person: only the user's own word, or having contributed."""
    kinds = policy.file.relationship_days_after.keys() - {CONTRIBUTION}
    return not any(tie.kind in kinds for tie in known.ties)


def findings(known: Known, *, policy: Policy) -> Iterator[Finding]:
    """Yield what is unusual about one opening.

    What rests on the user's own word has its alert, which is looked into as such. Time of day alone says nothing where people work
    by night, so that it counts only where nothing else explains the opening.
    """
    weak, office = is_weak(known, policy=policy), policy.file.office
    if weak and not known.alerted:
        yield _found(
            known, CaseKind.NO_MATCHING_ACTIVITY, "No relationship with the organisation was recorded at the time."
        )
    if weak and known.opening.out_of_hours:
        yield _found(
            known, CaseKind.OUT_OF_HOURS, "Opened outside working hours, with no relationship recorded at the time."
        )
    if known.persons > office.bulk_persons:
        words = f"More than {office.bulk_persons} people's records were opened within one hour."
        yield _found(known, CaseKind.BULK, words)
    for kind in sorted(known.kin, key=lambda each: each.code):
        yield _found(known, kind, _KIN_WORDS[kind])


_KIN_WORDS = {
    CaseKind.OWN_RECORD: "The user opened what seems to be their own record.",
    CaseKind.SAME_FAMILY_NAME: "The user and the person have the same family name.",
    CaseKind.SAME_ADDRESS: "The user and the person seem to live at the same address.",
}


def _found(known: Known, kind: CaseKind, words: str) -> Finding:
    return Finding(opening=known.opening, kind=kind, words=words)
