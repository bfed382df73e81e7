"""Conditions: what a conditional interaction or reference means, found by a search inside the transaction that relies on it.

Equal conditions of one source wait for each other, so that fifty equal conditional creates at once give one resource.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from lhcr.fhir.search.catalogue import type_ids, type_name
from lhcr.fhir.search.query import Criterion, SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Incorrect, Issue, LhcrError, NotFound
from lhcr.record.batch_references import Use
from lhcr.record.directory_lookup import DirectoryToken, directory_token, find_in_directory
from lhcr.record.draft import NO_VERSION, Draft, Method
from lhcr.record.existing import absent, version_differs
from lhcr.record.persons import Persons
from lhcr.record.search.binding import bind, narrowed_scope
from lhcr.record.search.hops_apart import look_up_hops
from lhcr.record.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection
from lhcr.store.search.page import Search, compile_page
from lhcr.store.search.scope import EVERYBODY
from lhcr.store.visibility import Visibility

_PATIENT: Final = "Patient"
_ENOUGH: Final = 2  # Two matches already say that there are several.
_ENOUGH_PATIENTS: Final = 50  # Several contributions to one person are one match where any of them will do.


@dataclass(frozen=True, slots=True)
class Match:
    type: str
    id: str
    version: int
    person_id: int


class Conditions:
    def __init__(self, *, persons: Persons, systems: CodeSystems, clock: Clock, base: str) -> None:
        self._persons = persons
        self._systems = systems
        self._clock = clock
        self._base = base

    async def lock(self, connection: Connection, drafts: Sequence[Draft], *, source_id: int) -> bool:
        """Wait until nobody else settles an equal condition of this source; return whether there is any condition."""
        locks = sorted({lock_of(draft, source_id) for draft in drafts if draft.condition is not None})
        for lock in locks:
            await connection.execute(STATEMENTS["lock_condition"], lock)
        return bool(locks)

    async def settle(self, connection: Connection, drafts: Sequence[Draft], *, visibility: Visibility) -> None:
        """Turn conditional interactions into plain ones, or into nothing where an If-None-Exist found its resource.

        `visibility` is to be decided under the locks. Raises Conflict (412) where several match, NotFound for a patch of
        nothing, Incorrect (400) where the resource has another id than the one that matches.
        """
        for draft in drafts:
            if draft.condition is not None:
                any_will_do = draft.method is Method.POST
                _settle(draft, await self._find(connection, draft.condition, visibility, any_will_do=any_will_do))

    def in_links(self, drafts: Sequence[Draft]) -> list[Use]:
        """Return the references of drafts that are searches: `Type?...`, relative or under the area's own address."""
        return [
            (draft, link)
            for draft in drafts
            for link in draft.links
            if "?" in link["reference"] and self._parted(link["reference"])[0] in type_ids()
        ]

    def searches(self, conditional: Sequence[Use]) -> dict[str, SearchQuery | None]:
        """Return conditional references by their texts with their searches, None for what is no search that can be done."""
        texts = {link["reference"] for _, link in conditional}
        return {text: self._query(text) for text in sorted(texts)}

    async def resolve_links(
        self,
        connection: Connection,
        conditional: Sequence[Use],
        searches: Mapping[str, SearchQuery | None],
        *,
        visibility: Visibility,
    ) -> list[Use]:
        """Replace conditional references by the one resource that each means, among what may be seen.

        Return those of which none or several match, and which stay as they came.
        """
        found = await self._resolve(connection, searches, visibility)
        left = []
        for draft, link in conditional:
            meant = found[link["reference"]]
            if meant is None:
                left.append((draft, link))
            else:
                link["reference"] = meant
        return left

    async def _resolve(
        self, connection: Connection, queries: Mapping[str, SearchQuery | None], visibility: Visibility
    ) -> Mapping[str, str | None]:
        """Return what each reference means, None for nothing or several; the plain ones are looked up all at once."""
        tokens = {text: token for text, query in queries.items() if query and (token := directory_token(query))}
        looked_up: Mapping[DirectoryToken, str] = {}
        if tokens:
            asked = set(tokens.values())
            looked_up = await find_in_directory(connection, asked, systems=self._systems, visibility=visibility)
        found: dict[str, str | None] = {text: looked_up.get(token) for text, token in tokens.items()}
        for text, query in queries.items():
            if text not in tokens:
                matches = await self._find(connection, query, visibility, any_will_do=True) if query else []
                found[text] = f"{matches[0].type}/{matches[0].id}" if len(matches) == 1 else None
        return found

    def _query(self, reference: str) -> SearchQuery | None:
        resource_type, text = self._parted(reference)
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=20)
            return parse_query(resource_type, pairs, now=self._clock.now(), bases=(self._base,))
        except (ValueError, LhcrError):
            return None

    def _parted(self, reference: str) -> tuple[str, str]:
        resource_type, _, text = reference.removeprefix(self._base + "/").partition("?")
        return resource_type, text

    async def _find(
        self, connection: Connection, query: SearchQuery, visibility: Visibility, *, any_will_do: bool
    ) -> list[Match]:
        """Return the matches, or enough of them; the Patients of one person are one match where any of them will do."""
        search = await self._search(connection, query, visibility)
        folds = any_will_do and query.types == (_PATIENT,)
        limit = _ENOUGH_PATIENTS if folds else _ENOUGH
        page = compile_page(search, limit=limit)
        if page is None:
            return []
        rows = await connection.fetch(page.sql, *page.args)
        matches = [
            Match(type_name(row["type"]), row["id"], row["version"], row["person_id"])
            for row in sorted(rows, key=lambda row: row["rid"] or 0, reverse=True)
            if row["id"]
        ]
        return list({match.person_id: match for match in matches}.values()) if folds else matches

    async def _search(self, connection: Connection, query: SearchQuery, visibility: Visibility) -> Search:
        """Return the search of a condition, with the ids to which its chains lead beyond one person's own rows.

        Hazard: a condition that silently matches nothing makes a duplicate. Raises Incorrect (400) for one that leads to too many.
        """
        bindings = await bind(connection, query, persons=self._persons, systems=self._systems, visibility=visibility)
        scope = narrowed_scope(EVERYBODY, query, bindings)
        search = Search(query=query, visibility=visibility, scope=scope, bindings=bindings)
        if all(isinstance(node, Criterion) for node in query.criteria):
            return search
        return await look_up_hops(connection, search, reach=EVERYBODY, persons=self._persons)


def lock_of(draft: Draft, source_id: int) -> int:
    """Return the key of a condition's lock: 48 bits, so that none is taken for an open write (store/search/horizon.sql)."""
    text = f"{source_id} {draft.type} {draft.condition!r}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _settle(draft: Draft, matches: Sequence[Match]) -> None:
    if len(matches) > 1:
        raise Conflict([_several(draft.type)], status=412)
    if not matches:
        _without_match(draft)
        return
    match = matches[0]
    if draft.method is Method.POST:
        draft.found, draft.version, draft.person_id = True, match.version, match.person_id
    elif draft.id not in {None, match.id}:
        raise Incorrect([_other_id(draft.type)])
    draft.id = match.id


def _without_match(draft: Draft) -> None:
    if draft.method is Method.PATCH:
        raise NotFound([absent(draft.type)])
    if draft.method is Method.PUT and draft.id is None:
        # Hazard: lost update. What was read and is named by If-Match is not what stands.
        if draft.if_match not in {None, NO_VERSION}:
            raise version_differs(draft.type)
        draft.method = Method.POST


def _several(resource_type: str) -> Issue:
    return Issue(
        code="multiple-matches",
        error="condition-ambiguous",
        diagnostics="Several resources match the condition. Nothing was changed; say which one is meant.",
        expression=resource_type,
    )


def _other_id(resource_type: str) -> Issue:
    return Issue(
        code="value",
        error="id-differs",
        diagnostics="The resource that matches the condition has another id than the one in the body.",
        expression=f"{resource_type}.id",
    )
