"""A privacy case: what the office of an organisation looks into, and each step that was done in it."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import asyncpg

from lhcr.office.case_kind import KINDS, OUTCOMES, STATES, CaseKind, CaseState, Outcome

_DUE_TODAY: Final = timedelta(hours=24)
#: Whom a case is about that is about no person.
NOBODY: Final = 0


class Urgency(Enum):
    """How a queue is ordered: what is overdue, what is due within a day, and the rest."""

    OVERDUE = 0
    TODAY = 1
    LATER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyCase:
    """`began` and `ended` are when the access was possible or seen; `words` what is known of it in a sentence, or what somebody said.

    `agent_kind` is what kind of asker it is about, as the log names it. `asked_by` is the user who asked about it themself, empty where nobody did; `by_proxy` that they act for the person. `opened` and
    `due` are None while it is watched. `version` grows with each step and is the number of the last one, but for a watched case's 1.
    `told` is what the office wrote to the person. `forgotten` is when all words were removed, long after it was closed. A case about attempts
    is about no person: its `person_id` is `NOBODY`.
    """

    person_id: int
    case_id: str
    kind: CaseKind
    organisation: str
    organisation_name: str
    user_id: str
    user_name: str
    role_name: str
    began: datetime
    ended: datetime
    words: str
    asked_by: str
    by_proxy: bool
    agent_kind: str
    noted: datetime
    opened: datetime | None
    due: datetime | None
    state: CaseState
    version: int
    escalated: bool
    outcome: Outcome | None
    outcome_words: str
    told: str
    closed: datetime | None
    forgotten: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.state is CaseState.CLOSED

    @property
    def can_be_asked(self) -> bool:
        return self.agent_kind == "professional"

    @property
    def closed_by_itself(self) -> bool:
        return self.outcome in {Outcome.EXPLAINED, Outcome.NOTHING_OPENED}

    def urgency(self, *, now: datetime) -> Urgency:
        if self.due is None or self.due > now + _DUE_TODAY:
            return Urgency.LATER
        return Urgency.OVERDUE if self.due <= now else Urgency.TODAY


_MEMBERS: Final = tuple(each.name for each in fields(PrivacyCase))


class StepKind(Enum):
    """What is done in a case, and the words for it."""

    OPENED = ("opened", "Case opened")
    EXPLAINED = ("explained", "Closed by itself")
    ASKED = ("asked", "The user was asked")
    ANSWERED = ("answered", "The user answered")
    ESCALATED = ("escalated", "Escalated to the Caldicott guardian")
    CLOSED = ("closed", "Closed")
    FORGOTTEN = ("forgotten", "The words of closed cases were removed")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


_STEPS: Final = {kind.code: kind for kind in StepKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """`actor_name` is who did it, at that time in that role."""

    at: datetime
    what: StepKind
    actor_id: str
    actor_name: str
    actor_role: str
    words: str


def case_of(row: asyncpg.Record) -> PrivacyCase:
    """Columns that are not known here are passed over: workers of before go on while an area is upgraded."""
    told = {name: row[name] for name in _MEMBERS}
    told["kind"], told["state"] = KINDS[told["kind"]], STATES[told["state"]]
    told["outcome"] = OUTCOMES.get(told["outcome"])
    return PrivacyCase(**told)


def step_of(row: asyncpg.Record) -> CaseStep:
    return CaseStep(
        at=row["at"],
        what=_STEPS[row["what"]],
        actor_id=row["actor_id"],
        actor_name=row["actor_name"],
        actor_role=row["actor_role"],
        words=row["words"],
    )
