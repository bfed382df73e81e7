"""Conditions: what a conditional interaction or reference means, found by a search inside the transaction that relies on it.

Equal conditions of one source wait for each other, so that fifty equal conditional creates at once give one resource.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from lhcr.fhir.search.catalogue import type_ids, type_name
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Incorrect, Issue, LhcrError, NotFound
from lhcr.record.directory_lookup import directory_token, find_in_directory
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import absent
from lhcr.record.persons import Persons
from lhcr.record.search.binding import bind, narrowed_scope
from lhcr.record.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection
from lhcr.store.search.page import Search, compile_page
from lhcr.store.search.scope import EVERYBODY
from lhcr.store.visibility import Visibility

_ENOUGH: Final = 2  # Two matches already say that there are several.


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

    async def settle(
        self, connection: Connection, drafts: Sequence[Draft], *, visibility: Visibility, source_id: int
    ) -> None:
        """Turn conditional interactions into plain ones, or into nothing where an If-None-Exist found its resource.

        Raises Conflict (412) where several match, NotFound for a patch of nothing, Incorrect (400) where the resource
        has another id than the one that matches.
        """
        conditional = {number: draft for number, draft in enumerate(drafts) if draft.condition is not None}
        locks = sorted({_lock(draft, source_id) for draft in conditional.values()})
        for lock in locks:
            await connection.execute(STATEMENTS["lock_condition"], lock)
        for draft in conditional.values():
            if draft.condition is not None:
                _settle(draft, await self._find(connection, draft.condition, visibility))

    async def resolve_links(
        self, connection: Connection, drafts: Sequence[Draft], *, visibility: Visibility, keep_unresolved: bool
    ) -> None:
        """Replace conditional references by the one resource that each means, among what the source may see.

        Raises Conflict (412) where none or several match, unless unresolved ones are to be kept as they came.
        """
        asked = {link["reference"] for draft in drafts for link in draft.links if "?" in link["reference"]}
        found = await self._resolve(connection, {text: self._query(text) for text in sorted(asked)}, visibility)
        issues = [
            _unresolved(draft) for draft in drafts for link in draft.links if found.get(link["reference"], "") is None
        ]
        if issues and not keep_unresolved:
            raise Conflict(issues, status=412)
        for draft in drafts:
            for link in draft.links:
                link["reference"] = found.get(link["reference"]) or link["reference"]

    async def _resolve(
        self, connection: Connection, queries: Mapping[str, SearchQuery | None], visibility: Visibility
    ) -> Mapping[str, str | None]:
        """Return what each reference means, None for nothing or several; the plain ones are looked up all at once."""
        tokens = {text: token for text, query in queries.items() if query and (token := directory_token(query))}
        looked_up = await find_in_directory(connection, set(tokens.values()), systems=self._systems) if tokens else {}
        found: dict[str, str | None] = {text: looked_up.get(token) for text, token in tokens.items()}
        for text, query in queries.items():
            if text not in tokens:
                matches = await self._find(connection, query, visibility) if query else []
                found[text] = f"{matches[0].type}/{matches[0].id}" if len(matches) == 1 else None
        return found

    def _query(self, reference: str) -> SearchQuery | None:
        resource_type, _, text = reference.removeprefix(self._base + "/").partition("?")
        if resource_type not in type_ids():
            return None
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=20)
            return parse_query(resource_type, pairs, now=self._clock.now(), bases=(self._base,))
        except (ValueError, LhcrError):
            return None

    async def _find(self, connection: Connection, query: SearchQuery, visibility: Visibility) -> list[Match]:
        bindings = await bind(connection, query, persons=self._persons, systems=self._systems)
        scope = narrowed_scope(EVERYBODY, query, bindings)
        page = compile_page(Search(query=query, visibility=visibility, scope=scope, bindings=bindings), limit=_ENOUGH)
        if page is None:
            return []
        rows = await connection.fetch(page.sql, *page.args)
        return [Match(type_name(row["type"]), row["id"], row["version"], row["person_id"]) for row in rows if row["id"]]


def _lock(draft: Draft, source_id: int) -> int:
    text = f"{source_id} {draft.type} {draft.condition!r}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True) >> 1


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


def _unresolved(draft: Draft) -> Issue:
    return Issue(
        code="not-found",
        error="reference-unresolved",
        diagnostics="A conditional reference matches no resource, or several, among those that this source may see.",
        expression=draft.type,
    )
