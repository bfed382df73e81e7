"""Organisations by reference: the ODS codes behind `Organization/id`, which facts of relationship are about."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from lhcr.access.projection import PROJECTED_TYPES
from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION, ODS_SITE
from lhcr.record.draft import Draft
from lhcr.record.links import LinkReader
from lhcr.record.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool

_PREFIX: Final = "Organization/"
_ORGANIZATION: Final = type_id("Organization")
_MOST_KEPT: Final = 50_000


class Organisations:
    """Remembers codes for one worker, until it writes the organisation: codes hardly ever change under an id."""

    def __init__(self, *, pool: Pool, systems: CodeSystems, reader: LinkReader) -> None:
        self._pool = pool
        self._reader = reader
        self._systems = systems
        self._known: dict[str, str] = {}

    async def codes(self, drafts: Collection[Draft]) -> Mapping[str, str]:
        """Return the ODS codes of the organisations that drafts refer to, by literal reference; unknown ones are absent.

        Only drafts of types that say facts are asked for.
        """
        # Of several codes the first in order counts, as it does where the database is asked.
        here = dict(sorted(_brought(drafts), reverse=True))
        for brought in here:
            # A code that was corrected: the old one must not open records any more.
            self._known.pop(brought, None)
        saying = [draft for draft in drafts if draft.type in PROJECTED_TYPES]
        asked = {link["reference"]: name for draft in saying for link in draft.links if (name := self._name(link))}
        unknown = [name for name in set(asked.values()) if name not in self._known and name not in here]
        if unknown:
            await self._learn(unknown)
        return {
            reference: code
            for reference, name in asked.items()
            if (code := here.get(name) or self._known.get(name)) is not None
        }

    def _name(self, link: JsonObject) -> str | None:
        """Return `Organization/id` for a reference to an organisation of this area, in whichever way it is written."""
        key = self._reader.key(link["reference"])
        return f"{_PREFIX}{key[1]}" if key is not None and key[0] == _ORGANIZATION else None

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


def _brought(drafts: Collection[Draft]) -> Iterator[tuple[str, str]]:
    """Yield the organisations that the batch itself brings."""
    for draft in drafts:
        if draft.type == "Organization" and draft.resource is not None:
            for identifier in draft.resource.get("identifier") or ():
                if identifier.get("system") in {ODS_ORGANISATION, ODS_SITE} and identifier.get("value"):
                    yield f"{_PREFIX}{draft.id}", identifier["value"]
