"""The log of a portal without a database: the same accesses to every record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lhcr.audit.answer import Answer
from lhcr.audit.entry import Agent
from lhcr.audit.entry import Entry as LogEntry
from lhcr.audit.reader import FoundEntries, Position, StoredEntry
from lhcr.audit.released import SEAL, Released
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Issue, NotFound, Unavailable
from lhcr.portal.access_log import AccessPage, LogQuestion, RenderLog
from lhcr.portal.handles import Handles
from lhcr.portal.traced_people import TracedPerson
from lhcr.views.access_history import Access

NOW = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
OLDER = Position(recorded=NOW, writer_id=1, seq=7)


def accesses() -> tuple[LogEntry, ...]:
    """What stands in the log of every record: a GP, a hospital's system, a refused stranger and the person themself."""
    gp = Agent(
        user="gp",
        name="Dr Amina Farouk",
        kind="professional",
        role="R8000",
        organisation="A81001",
        organisation_name="Aldermere Surgery",
    )
    system = Agent(
        user="pas",
        name="Patient administration system",
        kind="system",
        organisation="RRE",
        organisation_name="Infirmary",
    )
    stranger = Agent(
        user="s", name="Dr Siobhan Hale", kind="professional", organisation="ZNB", organisation_name="Next area"
    )
    person = Agent(user="patient", name="Mrs Dorothy Hepworth", kind="citizen")
    return (
        access(1, person, purpose="PATRQT"),
        access(3, gp, items={"Patient": "a81001-patient-0000", "Condition": "kept-from-them"}),
        access(5, person, purpose="PATRQT"),
        access(1_500, stranger, outcome="4", rule="relationship"),
        access(1_510, system, action="U", items={"Condition": "kept-from-them"}),
    )


def access(minutes: int, by: Agent, **more: Any) -> LogEntry:
    told: dict[str, Any] = {
        "kind": "rest",
        "subtype": "read",
        "action": "R",
        "outcome": "0",
        "purpose": "TREAT",
        "source": "Area",
    }
    told |= {"recorded": NOW - timedelta(minutes=minutes), "agent": by, "decision": "D-0C4K2V7Q3M5ZT", **more}
    return LogEntry(**told)


@dataclass
class MemoryHistory:
    """The same accesses to every record, on a page of their own; `older` goes on for ever."""

    entries: Sequence[LogEntry] = field(default_factory=accesses)
    asked: list[Position | None] = field(default_factory=list)
    questions: list[LogQuestion] = field(default_factory=list)
    people: dict[int, TracedPerson] = field(default_factory=dict)

    async def about(self, principal: Principal, key: str, *, before: Position | None) -> AccessPage:  # noqa: ARG002
        self.asked.append(before)
        return AccessPage(
            accesses=tuple(Access(each, f"1-{number}") for number, each in enumerate(self.entries, start=1)),
            older=OLDER,
        )

    async def proof(self, principal: Principal, key: str, event_id: str, *, handle: str) -> Released:  # noqa: ARG002
        """A proof of the second entry alone; of the first there is none yet."""
        if event_id == "1-1":
            raise Unavailable([Issue(code="transient", error="entry-not-signed", diagnostics="Not signed.")])
        if event_id != "1-2" or handle != Handles(b"secret").of(event_id):
            raise NotFound([Issue(code="not-found", error="not-found", diagnostics="No such entry.")])
        return Released(
            seal=SEAL, answer=Answer(status=200, headers=(("content-type", "application/json"),), body=(b"{}",))
        )

    async def of_users(
        self,
        principal: Principal,  # noqa: ARG002
        question: LogQuestion,
        *,
        before: Position | None,
        render: RenderLog,
    ) -> Released:
        self.questions.append(question)
        self.asked.append(before)
        entries = [
            StoredEntry(writer_id=1, seq=number, recorded=each.recorded, entry=each)
            for number, each in enumerate(self.entries)
        ]
        return Released(seal=SEAL, answer=render(FoundEntries(entries=tuple(entries), older=OLDER), self.people))
