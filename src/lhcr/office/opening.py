"""An opening: that a professional opened somebody's record, as the log tells it, once a user, person, day and side of working hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from lhcr.access.policy import Policy
from lhcr.audit.entry import Entry, Outcome
from lhcr.identity.principal import PrincipalKind
from lhcr.office.case_clock import local_clock, local_day

_LOG_TYPE = "AuditEvent"
#: Subtypes of entries that opened something: a trace shows no record, and a write is what the writer knew.
_OPENING = frozenset({"read", "vread", "history", "search", "operation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """`began` is the first entry of it; `day` by the clock of the United Kingdom."""

    person_id: int
    organisation: str
    organisation_name: str
    user_id: str
    user_name: str
    role_name: str
    began: datetime
    day: date
    out_of_hours: bool

    @property
    def key(self) -> tuple[int, str, str, date, bool]:
        return (self.person_id, self.organisation, self.user_id, self.day, self.out_of_hours)


def opened(entry: Entry) -> bool:
    """Return whether an entry says that a professional opened the record of the person whom it is about."""
    return (
        entry.person is not None
        and entry.agent.kind == PrincipalKind.PROFESSIONAL.value
        and bool(entry.agent.organisation and entry.agent.user)
        and entry.kind == "rest"
        and entry.subtype in _OPENING
        and entry.outcome == Outcome.SUCCESS.value
        and entry.type != _LOG_TYPE
    )


def openings(entries: Iterable[Entry], *, policy: Policy) -> list[Opening]:
    """Return the openings that entries tell of, each once, as it began."""
    found: dict[tuple[object, ...], Opening] = {}
    for entry in entries:
        if entry.person is not None and opened(entry):
            opening = _opening(entry, entry.person, policy=policy)
            known = found.get(opening.key)
            if known is None or opening.began < known.began:
                found[opening.key] = opening
    return list(found.values())


def _opening(entry: Entry, person_id: int, *, policy: Policy) -> Opening:
    agent, day = entry.agent, local_day(entry.recorded)
    return Opening(
        person_id=person_id,
        organisation=agent.organisation,
        organisation_name=agent.organisation_name,
        user_id=agent.user,
        user_name=agent.name,
        role_name=agent.role_name,
        began=entry.recorded,
        day=day,
        out_of_hours=not policy.file.office.works(agent.organisation, day, local_clock(entry.recorded)),
    )
