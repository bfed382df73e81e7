"""A person's question: "this does not look right", about one access that their own page shows, for the office of who looked."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import log_reach
from lhcr.access.policy import Policy
from lhcr.audit.entry import Agent, Entry
from lhcr.audit.outage import unavailable_when_down
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Conflict, Incorrect, Issue
from lhcr.kernel.ids import Ids
from lhcr.nhs.roles import Role
from lhcr.office.case_clock import due_at, local_day
from lhcr.office.case_desk import no_case
from lhcr.office.case_kind import CaseKind, CaseState
from lhcr.office.case_log import SQL, CaseLog, Step, add_step
from lhcr.office.case_name import case_name
from lhcr.office.privacy_case import PrivacyCase, StepKind, case_of
from lhcr.store.database import Connection, Pool

_OUTAGE: Final = "What you asked cannot be read now. Try again in a moment."
_MOST: Final = 50
_ANSWERABLE: Final = frozenset({"professional", "system", "office"})


class Doubt(Enum):
    """What seems wrong, in the words that a person chooses it by."""

    UNKNOWN = ("unknown", "I do not know this person or organisation")
    NO_CARE = ("no-care", "I was not having any care or contact with them")
    ACQUAINTED = ("acquainted", "I know who looked, and they should not have")
    TOO_MUCH = ("too-much", "They looked at more than they needed, or too often")
    OTHER = ("other", "Something else")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display


def read_doubt(code: str) -> Doubt:
    """Return the doubt with a code. Raises Incorrect (422, `doubt-unknown`)."""
    for doubt in Doubt:
        if doubt.code == code:
            return doubt
    raise Incorrect([Issue(code="value", error="doubt-unknown", diagnostics="Choose what seems wrong.")], status=422)


def is_answered_for(agent: Agent) -> bool:
    """Return whether there is an office that answers for an asker."""
    return agent.kind in _ANSWERABLE and bool(agent.organisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuestion:
    """`entry` is the newest of the access that is asked about, `own` that the asker's own record is meant, `words` may be empty."""

    entry: Entry
    own: bool
    doubt: Doubt
    words: str


class PersonQuestions:
    """Takes questions for one worker."""

    def __init__(self, *, pool: Pool, cases: CaseLog, policy: Policy, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._cases = cases
        self._policy = policy
        self._clock = clock
        self._ids = ids

    async def ask(self, decision: AccessDecision, question: PersonQuestion) -> str:
        """Open a case at the office of whoever looked, and return its name.

        Raises NotFound where the decision does not reach the entry or no office answers for it, Conflict (`asked-already`) for an
        access about which the same user asked before, Busy (429) for one question too many in a day, and Unavailable.
        """
        person = _person(decision)
        if not log_reach(decision).holds(question.entry) or not is_answered_for(question.entry.agent):
            raise no_case()
        case_id, now = case_name(self._ids), self._clock.now()
        words = "; ".join(part for part in (question.doubt.display, question.words) if part)
        asker = decision.principal
        step = Step(what=StepKind.OPENED, actor=asker, words=words, state=CaseState.OPEN)
        entry = self._cases.entry(
            asker, step.what, {"case": case_id}, now=now, words=words, person_id=person, decision=decision
        )  # fmt: skip

        async def work(connection: Connection) -> None:
            if await connection.fetchval(SQL["hold_person"], person) is None:
                raise no_case()
            since = now - timedelta(days=1)
            asked = await connection.fetchval(SQL["asked_lately"], person, asker.user_id, since)
            if asked >= self._policy.file.office.questions_a_day:
                raise _too_many()
            if await connection.fetchval(SQL["open_case"], *self._row(decision, question, case_id, words)) is None:
                raise _asked_already()
            await add_step(connection, person, case_id, 1, step, now=now)

        await self._cases.together(entry, work)
        return case_id

    async def asked(self, decision: AccessDecision, *, own: bool) -> tuple[PrivacyCase, ...]:
        """Return what was asked about accesses to a record: by anybody where it is the asker's own, else by the asker alone."""
        mine = "" if own else decision.principal.user_id
        async with unavailable_when_down(error="cases-unavailable", diagnostics=_OUTAGE):
            rows = await self._pool.fetch(SQL["of_person"], _person(decision), mine, _MOST)
        return tuple(map(case_of, rows))

    def _row(self, decision: AccessDecision, question: PersonQuestion, case_id: str, words: str) -> tuple[object, ...]:
        entry, asker, now = question.entry, decision.principal, self._clock.now()
        agent, office = entry.agent, self._policy.file.office
        # An office that looked itself does not look into that alone.
        own_office = agent.kind == PrincipalKind.OFFICE.value
        day = local_day(entry.recorded)
        return (
            _person(decision),
            case_id,
            CaseKind.PERSON.code,
            f"{asker.user_id}|{agent.user}|{agent.organisation}|{entry.purpose}|{day.isoformat()}{_through(entry)}",
            agent.organisation,
            agent.organisation_name,
            agent.user,
            agent.name,
            _role_words(agent),
            entry.recorded,
            entry.recorded,
            words,
            asker.user_id,
            not question.own,
            now,
            due_at(now, office.due_of(CaseKind.PERSON.code), holidays=office.holidays),
            (CaseState.ESCALATED if own_office else CaseState.OPEN).code,
            own_office,
            agent.kind,
        )


def _role_words(agent: Agent) -> str:
    """Return an asker's role. A guardian's is told in the words by which the desk knows it (`cases.sql`), whatever their token calls it."""
    guardian = Role.CALDICOTT_GUARDIAN
    return guardian.display if agent.role == guardian.code else agent.role_name


def _through(entry: Entry) -> str:
    """What a system did for somebody is another access than what they did themself, and is asked about by itself."""
    return f"|{entry.actor.user}" if entry.actor else ""


def _person(decision: AccessDecision) -> int:
    person = log_reach(decision).person
    if person is None or person <= 0 or decision.principal.kind is not PrincipalKind.CITIZEN:
        raise no_case()
    return person


def _too_many() -> Busy:
    diagnostics = "You have asked about many accesses today. Nothing was sent; ask again tomorrow."
    return Busy([Issue(code="throttled", error="question-limit", diagnostics=diagnostics)])


def _asked_already() -> Conflict:
    diagnostics = "You have asked about this already."
    return Conflict([Issue(code="conflict", error="asked-already", diagnostics=diagnostics)])
