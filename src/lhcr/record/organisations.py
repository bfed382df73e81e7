"""Organisations by reference: the ODS codes behind `Organization/id`, which facts of relationship are about."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lhcr.access.projection import PROJECTED_TYPES
from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION, ODS_SITE
from lhcr.record.draft import Draft
from lhcr.record.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool

_PREFIX: Final = "Organization/"
_MOST_KEPT: Final = 50_000


class Organisations:
    """Remembers codes for one worker: an organisation's own code does not change under its id."""

    def __init__(self, *, pool: Pool, systems: CodeSystems) -> None:
        self._pool = pool
        self._systems = systems
        self._known: dict[str, str] = {}

    async def codes(self, drafts: Collection[Draft]) -> Mapping[str, str]:
        """Return the ODS codes of the organisations that drafts refer to, by literal reference; unknown ones are absent.

        Only drafts of types that say facts are asked for.
        """
        here = dict(_brought(drafts))
        saying = [draft for draft in drafts if draft.type in PROJECTED_TYPES]
        asked = {link["reference"] for draft in saying for link in draft.links if _is_organisation(link)}
        unknown = [reference for reference in asked if reference not in self._known and reference not in here]
        if unknown:
            await self._learn(unknown)
        return {reference: self._known[reference] for reference in asked if reference in self._known} | here

    async def _learn(self, references: list[str]) -> None:
        systems = await self._systems.numbers([ODS_ORGANISATION, ODS_SITE], create=False)
        identifier = parameter("Organization", "identifier")
        if not systems or identifier is None:
            return
        ids = [reference.removeprefix(_PREFIX) for reference in references]
        rows = await self._pool.fetch(
            STATEMENTS["ods_codes"], type_id("Organization"), ids, list(identifier.rows), list(systems.values())
        )
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known |= {_PREFIX + row["id"]: row["code"] for row in rows}


def _is_organisation(link: JsonObject) -> bool:
    reference: str = link["reference"]
    return reference.startswith(_PREFIX)


def _brought(drafts: Collection[Draft]) -> Iterator[tuple[str, str]]:
    """Yield the organisations that the batch itself brings."""
    for draft in drafts:
        if draft.type == "Organization" and draft.resource is not None:
            for identifier in draft.resource.get("identifier") or ():
                if identifier.get("system") in {ODS_ORGANISATION, ODS_SITE} and identifier.get("value"):
                    yield f"{_PREFIX}{draft.id}", identifier["value"]
