"""Why two persons may become one, by a closed list; and the authority and acknowledgements with which that is ordered.

Hazard: a protected person found. A number that was newly issued for adoption, gender recognition or protection belongs to somebody who
has another one here, and nothing in data says so: no reason of this list fits it, and it is never linked to the old one.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from lhcr.kernel.errors import Busy, Conflict, Incorrect, Issue

_NEVER: Final = "A number newly issued for adoption, gender recognition or protection is never one of these: it is never linked to the old one."


class MergeReason(Enum):
    """Each with what it says of the two numbers."""

    DUPLICATE_REGISTRATION = "duplicate-registration"
    """One person was registered twice: both numbers are theirs, and the old one leads to the current one."""
    WRONG_NUMBER = "wrong-number"
    """A number that is somebody else's or nobody's was written down for the person: it never was theirs, and opens nothing."""
    PLACEHOLDER = "placeholder"
    """Entries arrived for somebody of whom nothing was known yet, who turns out to be here by a number."""

    @property
    def both_numbers_are_theirs(self) -> bool:
        return self is MergeReason.DUPLICATE_REGISTRATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What whoever orders a merge says that they have seen: that the two differ, that one of them must not be found."""

    differences: bool = False
    restriction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMerge:
    """A merge as it is kept. `merge_id` is the reference of the order, such as `D-0C4K2V7Q3M5ZT`."""

    merge_id: str
    merged_id: int
    survivor_id: int
    reason: MergeReason
    authority: str
    given: datetime
    given_by: str
    undone: datetime | None = None


def read_reason(word: str) -> MergeReason:
    """Return a reason by its code. Raises Incorrect (`merge-reason`) for any other word."""
    try:
        return MergeReason(word)
    except ValueError:
        codes = ", ".join(each.value for each in MergeReason)
        raise Incorrect([_issue("merge-reason", f"Say why two persons are one by one of: {codes}. {_NEVER}")]) from None


def oneself() -> Incorrect:
    return Incorrect([_issue("merge-oneself", "Both lead to one person already. Nothing was changed.")])


def not_a_placeholder() -> Conflict:
    words = (
        "Whoever has an NHS number of their own is no placeholder. Nothing was changed. If one person was registered twice, say "
        f"duplicate-registration. {_NEVER}"
    )
    return Conflict([_issue("merge-not-a-placeholder", words)])


def different() -> Conflict:
    words = (
        "The two are known by another birth date and by another name or gender. Nothing was changed. Whoever has made sure that they "
        "are one person says so with --differences-seen."
    )
    return Conflict([_issue("merge-contradicts", words)])


def restricted() -> Conflict:
    words = (
        "One of the two must not be found: theirs may be a number that was newly issued to protect them. Nothing was changed. "
        f"{_NEVER} Whoever has made sure that it is not says so with --restriction-seen."
    )
    return Conflict([_issue("merge-restricted", words)])


def relabelling() -> Busy:
    words = "Entries are being labelled anew by the codes that are sensitive now. Nothing was changed. Ask again when that is done."
    return Busy([_issue("labels-changing", words)], status=503)


def not_standing() -> Conflict:
    return Conflict([_issue("merge-undone", "This merge has been undone already. Nothing was changed.")])


def merged_further() -> Conflict:
    words = "The record that it led to has been merged since. Undo that merge first. Nothing was changed."
    return Conflict([_issue("merge-in-the-way", words)])


def _issue(error: str, words: str) -> Issue:
    return Issue(code="business-rule", error=error, diagnostics=words)
