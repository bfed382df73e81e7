"""The facts that a batch says, as rows beside it: who may open the record, and whether it tells where its person is."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TypeAlias

from lhcr.access.categories import categories_of_type
from lhcr.access.facts import (
    CLEARED_FACTS,
    CLEARED_RESTRICTIONS,
    CONTRIBUTED,
    NARROWED_FACTS,
    PROJECTED_FACTS,
    PROJECTED_RESTRICTIONS,
)
from lhcr.access.kin_digest import KinDigests
from lhcr.access.policy import DEMOGRAPHICS, Policy
from lhcr.access.projection import PROJECTED_TYPES, Resolver, Said, contribution_fact, is_restricting, project_facts
from lhcr.access.proxies import may_name_proxies, may_name_the_person
from lhcr.access.relationship import SELF, citizen_party
from lhcr.identity.principal import Principal
from lhcr.record.consent_rows import ConsentRows
from lhcr.record.draft import Draft, Method
from lhcr.record.patient_rows import PatientRows
from lhcr.record.write_statement import WriteStatement
from lhcr.store.database import Connection

_Row: TypeAlias = tuple[int, str, str, int, datetime, datetime]
"""A fact: person, party, kind, rid of the resource that says it, and from when until when it holds."""


class FactRows:
    """Facts of the drafts that are about persons. `writer` contributes them for their organisation.

    Hazard: a sensitive item exposed. What is written about `unrelated` persons, to whom nothing in force ties the organisation,
    ties nobody to them: one entry must not open everybody else's to whoever wrote it, nor to others whom it names. Nor does a number
    that is given by somebody who may not read what its citizen then would. What such an entry said before stands for as long as it
    is still said, and no longer than it did. Of those among them whom the writer knows `by_own_word` it is remembered that the
    organisation contributed, which lets it read and correct that, and the tie that comes with a contribution has ended already.
    `kin` makes the digests of what Patients say; None of a batch without any.
    """

    def __init__(
        self,
        drafts: Sequence[Draft],
        *,
        writer: Principal,
        recorded: datetime,
        resolve: Resolver,
        policy: Policy,
        unrelated: AbstractSet[int],
        by_own_word: AbstractSet[int] = frozenset(),
        kin: KinDigests | None = None,
    ) -> None:
        source, proxies = writer.organisation, may_name_proxies(writer, policy=policy)
        said = Said(recorded=recorded, source=source, resolve=resolve, policy=policy, names_proxies=proxies)
        about = [draft for draft in drafts if draft.person_id is not None and draft.person_id > 0]
        self._consents = ConsentRows(about, counts=policy.file.consent.takes_word_of(writer), said=said)
        rows = list(_rows(about, said))
        names_the_person = may_name_the_person(writer, policy=policy)

        def is_withheld(row: _Row) -> bool:
            # What has ended already may be said: it corrects what was said before.
            return row[5] > recorded and (row[0] in unrelated or (row[2] == SELF and not names_the_person))

        self._withheld = [row for row in rows if is_withheld(row)]
        self._projected = [row for row in rows if not is_withheld(row)]
        types = {draft.type for draft in about}
        demographic = {each for each in types if DEMOGRAPHICS in categories_of_type(each, policy=policy)}
        self._restricting = [
            (draft.person_id, draft.rid)
            for draft in about
            if draft.type in demographic
            and draft.resource is not None
            and is_restricting(draft.resource, source=source, policy=policy)
        ]
        restricted = {person_id or 0 for person_id, _ in self._restricting}
        self._patients = PatientRows(about, said=said, kin=kin, restricted=restricted)
        self._replaced = [draft for draft in about if draft.replaces]
        restricting = {rid for _, rid in self._restricting}
        self._unrestricting = [
            draft for draft in self._replaced if draft.rid not in restricting and draft.type in demographic
        ]
        contributed = {draft.person_id or 0 for draft in about if draft.method is not Method.DELETE}
        self._contributed = sorted((contributed - unrelated) | (contributed & by_own_word))
        self._by_own_word = by_own_word
        self._recorded = recorded
        self._contribution = contribution_fact(source=source, recorded=recorded, policy=policy)

    async def clear(self, connection: Connection) -> None:
        """Drop facts that replaced versions said and new ones do not say any more."""
        await self._consents.clear(connection)
        await self._patients.clear(connection)
        if self._replaced:
            keys = [[draft.person_id for draft in self._replaced], [draft.rid for draft in self._replaced]]
            await connection.execute(CLEARED_FACTS, *keys, *_columns([*self._projected, *self._withheld]))
            if self._withheld:
                await connection.execute(NARROWED_FACTS, *_columns(self._withheld))
        if self._unrestricting:
            persons = sorted({draft.person_id or 0 for draft in self._unrestricting})
            await connection.execute(CLEARED_RESTRICTIONS, persons, [draft.rid for draft in self._unrestricting])

    def add_to(self, statement: WriteStatement) -> None:
        self._consents.add_to(statement)
        self._patients.add_to(statement)
        if self._projected:
            statement.add(f"facts AS ({PROJECTED_FACTS})", list(zip(*self._projected, strict=True)))
        if self._restricting:
            statement.add(f"restrictions AS ({PROJECTED_RESTRICTIONS})", list(zip(*self._restricting, strict=True)))
        if self._contributed:
            count, fact = len(self._contributed), self._contribution
            highs = [self._recorded if person in self._by_own_word else fact.high for person in self._contributed]
            columns = [self._contributed, [fact.party] * count, [fact.low] * count, highs]
            statement.add(f"contributions AS ({CONTRIBUTED})", columns)


def _rows(drafts: Sequence[Draft], said: Said) -> Iterator[_Row]:
    for draft in drafts:
        if draft.resource is not None and draft.type in PROJECTED_TYPES:
            for fact in project_facts(draft.resource, said=said):
                # Hazard: wrong person. A number that is somebody else's must not open the record to them as their own.
                if not (fact.kind == SELF and fact.party in map(citizen_party, draft.apart)):
                    yield draft.person_id or 0, fact.party, fact.kind, draft.rid, fact.low, fact.high


def _columns(rows: Sequence[_Row]) -> list[list[object]]:
    return [[row[place] for row in rows] for place in range(6)]
