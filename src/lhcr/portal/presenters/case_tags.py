"""How a case is named wherever it stands: its state and urgency as tags, who it is about, and when."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lhcr.identity.principal import PrincipalKind
from lhcr.office.case_kind import CaseState
from lhcr.office.privacy_case import PrivacyCase, Urgency
from lhcr.portal.presenters.due_words import due_words
from lhcr.portal.presenters.row import Tag
from lhcr.views.written_date import from_datetime

_TAGS: Final[Mapping[CaseState, Tag]] = MappingProxyType(
    {
        CaseState.WATCHED: Tag("Being checked", "grey"),
        CaseState.OPEN: Tag("Open", "blue"),
        CaseState.ASKED: Tag("Waiting for the user", "yellow"),
        CaseState.ESCALATED: Tag("With the Caldicott guardian", "purple"),
        CaseState.CLOSED: Tag("Closed", "green"),
    }
)
_OVERDUE: Final = Tag("Overdue", "red")
_TODAY: Final = Tag("Due within a day", "orange")


def tags_of(case: PrivacyCase, *, now: datetime) -> tuple[Tag, ...]:
    if case.is_settled:
        return (_TAGS[case.state],)
    urgency = case.urgency(now=now)
    urgent = {Urgency.OVERDUE: (_OVERDUE,), Urgency.TODAY: (_TODAY,), Urgency.LATER: ()}[urgency]
    return (*urgent, _TAGS[case.state])


def due_of(case: PrivacyCase) -> str:
    if case.due is None or case.is_settled:
        return ""
    return f"Due by {due_words(case.due)}"


def who_of(case: PrivacyCase) -> str:
    system = "system" if case.agent_kind == PrincipalKind.SYSTEM.value else ""
    return ", ".join(part for part in (case.user_name or case.user_id, case.role_name or system) if part)


def moment_of(instant: datetime | None) -> str:
    return from_datetime(instant).with_clock if instant else ""
