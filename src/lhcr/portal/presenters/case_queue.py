"""The queue of a privacy office: what needs somebody first before the rest, and what needs nobody folded away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lhcr.office.case_desk import Queue
from lhcr.office.case_kind import CaseState
from lhcr.office.privacy_case import PrivacyCase, Urgency
from lhcr.portal.addresses import case_address
from lhcr.portal.presenters.case_tags import due_of, moment_of, tags_of, who_of
from lhcr.portal.presenters.row import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case of a queue; `evidence` is what closed it, where it is closed."""

    title: str
    href: str
    who: str
    when: str
    due: str
    tags: tuple[Tag, ...]
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    """`groups` are titled rows, what needs somebody first before the rest; `folded` are those that need nobody now."""

    organisation: str
    groups: tuple[tuple[str, tuple[CaseRow, ...]], ...]
    folded: tuple[tuple[str, tuple[CaseRow, ...]], ...]
    more: bool
    basis: str

    @property
    def nothing(self) -> bool:
        return not self.groups


def present_queue(found: Queue, *, organisation: str, basis: str, now: datetime) -> CasesPage:
    busy = [case for case in found.cases if case.state is not CaseState.WATCHED]
    watched = [case for case in found.cases if case.state is CaseState.WATCHED]
    itself = [case for case in found.settled if case.closed_by_itself]
    by_officer = [case for case in found.settled if not case.closed_by_itself]
    groups = (
        ("Overdue", _of(busy, Urgency.OVERDUE, now=now)),
        ("Due within a day", _of(busy, Urgency.TODAY, now=now)),
        ("Due later", _of(busy, Urgency.LATER, now=now)),
    )
    folded = (
        ("Being checked against what is recorded", _rows(watched, now=now)),
        ("Closed by itself", _rows(itself, now=now)),
        ("Closed by somebody", _rows(by_officer, now=now)),
    )
    return CasesPage(
        organisation=organisation,
        groups=tuple(group for group in groups if group[1]),
        folded=tuple(group for group in folded if group[1]),
        more=found.more,
        basis=basis,
    )


def _of(cases: Iterable[PrivacyCase], urgency: Urgency, *, now: datetime) -> tuple[CaseRow, ...]:
    return _rows([case for case in cases if case.urgency(now=now) is urgency], now=now)


def _rows(cases: Iterable[PrivacyCase], *, now: datetime) -> tuple[CaseRow, ...]:
    return tuple(_row(case, now=now) for case in cases)


def _row(case: PrivacyCase, *, now: datetime) -> CaseRow:
    closed = f"{case.outcome.display}. {case.outcome_words}" if case.outcome else ""
    return CaseRow(
        title=case.kind.display,
        href=case_address(case.case_id),
        who=who_of(case),
        when=moment_of(case.began),
        due=due_of(case),
        tags=tags_of(case, now=now),
        evidence=closed,
    )
