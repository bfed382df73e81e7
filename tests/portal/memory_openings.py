"""Openings that are held in memory: everybody whose role has a way opens what they ask for."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.portal.memory_history import NOW

from lhcr.access.alerts import AlertType
from lhcr.access.own_word import InForce, Word
from lhcr.access.policy import baseline_policy
from lhcr.access.ways import ways_of
from lhcr.identity.principal import Principal
from lhcr.portal.traced_people import TracedPerson

LASTS = {AlertType.RELATIONSHIP: timedelta(hours=12), AlertType.ACCESS: timedelta(minutes=60)}


@dataclass
class MemoryOpenings:
    """`given` are the words by user and key, `left` the users who signed out, `people` whom a trace shows by key."""

    given: dict[tuple[str, str], Word] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    people: dict[str, TracedPerson] = field(default_factory=dict)

    def ways(self, principal: Principal) -> tuple[AlertType, ...]:
        return ways_of(principal, policy=baseline_policy())

    def lasts(self, type_: AlertType) -> timedelta:
        return LASTS[type_]

    async def whom(self, principal: Principal, key: str) -> TracedPerson | None:  # noqa: ARG002
        return self.people.get(key)

    async def give(self, principal: Principal, key: str, word: Word) -> datetime:
        self.given[principal.user_id, key] = word
        return NOW + LASTS[word.type]

    async def end(self, principal: Principal, key: str, type_: AlertType) -> None:
        word = self.given.get((principal.user_id, key))
        if word is not None and word.type is type_:
            del self.given[principal.user_id, key]

    async def end_sessions(self, principal: Principal) -> None:
        self.left.append(principal.user_id)

    def in_force(self, principal: Principal, key: str) -> InForce:
        word = self.given.get((principal.user_id, key))
        until = NOW + LASTS[word.type] if word else None
        urgent = word is not None and word.type is AlertType.ACCESS
        return InForce(claimed=None if urgent else until, emergency=until if urgent else None)
