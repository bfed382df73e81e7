"""Foresight: what placing several creates will ask of the database one by one, asked at once for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import asyncpg

from lhcr.access.decision import AccessDecision
from lhcr.fhir.search.catalogue import type_id
from lhcr.identity.principal import PrincipalKind
from lhcr.record.draft import Draft
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import Located, Persons
from lhcr.record.placed import source_of
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection
from lhcr.store.visibility import Visibility

_PATIENT = type_id("Patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """`located` are ids that a create refers to; `patients` are, by person, the rows of the Patients in its writer's sight.

    What is missing has not been asked: placing asks for it.
    """

    located: Mapping[Key, Located]
    patients: Mapping[int, Sequence[asyncpg.Record]]


NOTHING_FORESEEN: Final = Foreseen(located=MappingProxyType({}), patients=MappingProxyType({}))


class Foresight:
    def __init__(self, persons: Persons, reader: LinkReader) -> None:
        self._persons = persons
        self._reader = reader

    async def of(self, connection: Connection, creates: Sequence[tuple[AccessDecision, Draft]]) -> Sequence[Foreseen]:
        """Return what is foreseen for each create, whose links are read already; nothing for one that is alone."""
        if len(creates) == 1:
            return [NOTHING_FORESEEN]
        keys = [set(self._keys(draft)) for _, draft in creates]
        located = await self._persons.locate(connection, set().union(*keys))
        asked: dict[tuple[int, Visibility], set[int]] = defaultdict(set)
        for (decision, _), wanted in zip(creates, keys, strict=True):
            if decision.principal.kind is PrincipalKind.SYSTEM:
                asked[_writer(decision)].update(_persons_of_patients(wanted, located))
        found = {writer: await _patients(connection, *writer, persons) for writer, persons in asked.items()}
        return [Foreseen(located=located, patients=found.get(_writer(decision), {})) for decision, _ in creates]

    def _keys(self, draft: Draft) -> Iterator[Key]:
        for link in draft.links:
            if (key := self._reader.key(link["reference"])) is not None:
                yield key


def _writer(decision: AccessDecision) -> tuple[int, Visibility]:
    return source_of(decision), decision.visibility


def _persons_of_patients(keys: Collection[Key], located: Mapping[Key, Located]) -> Iterator[int]:
    for key in keys:
        if key[0] == _PATIENT and key in located and located[key].person_id > 0:
            yield located[key].person_id


async def _patients(
    connection: Connection, source_id: int, visibility: Visibility, persons: Collection[int]
) -> Mapping[int, Sequence[asyncpg.Record]]:
    found: dict[int, list[asyncpg.Record]] = {person_id: [] for person_id in persons}
    statement = STATEMENTS["patients_of_many_in_sight"]
    for row in await connection.fetch(statement, sorted(found), _PATIENT, source_id, visibility.mask):
        found[row["person_id"]].append(row)
    return found
