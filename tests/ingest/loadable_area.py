"""An area as a load sees it, with what a test wants to know about it afterwards."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lhcr.cli.loading import make_loader
from lhcr.ingest.attempts import Attempts
from lhcr.ingest.file_load import FileLoad, Turn
from lhcr.ingest.loader import Loader, Outcome
from lhcr.ingest.loading_principal import loading_principal
from lhcr.ingest.loading_record import LoadingRecord
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.ingest.source_file import find_files
from lhcr.ingest.tally import Tally
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode
from lhcr.parts import Parts, running_parts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoadableArea:
    parts: Parts

    async def loader(self, source: str = "RRE") -> Loader:
        return await make_loader(self.parts, source=OdsCode(source), source_name="")

    def attempts(self, source: str = "RRE") -> Attempts:
        principal = loading_principal(OdsCode(source), now=self.parts.clock.now())
        return Attempts(LoadingRecord(self.parts.record, self.parts.gate, principal=principal))

    async def load(self, entries: Sequence[SourceEntry], *, source: str = "RRE", defer: bool = False) -> Outcome:
        return await (await self.loader(source)).load(entries, defer=defer)

    async def load_file(self, path: Path, *, source: str = "RRE") -> Tally:
        """Load one file, putting nothing off, and return what became of all of it."""
        total = Tally()
        files = FileLoad(await self.loader(source))
        await files.run(find_files([path])[0], turn=Turn(last=True), on_progress=lambda _, tally, __: total.add(tally))
        return total

    async def stored(self) -> dict[str, int]:
        """Count the current resources by type name."""
        from lhcr.fhir.search.catalogue import type_name

        text = "SELECT type, count(*) AS n FROM (SELECT type FROM {} UNION ALL SELECT type FROM directory_{}) AS r GROUP BY type"
        rows = await self.parts.pool.fetch(text.format("resource", "resource"))
        return {type_name(row["type"]): row["n"] for row in rows}

    async def bodies(self, resource_type: str) -> list[Json]:
        from lhcr.fhir.search.catalogue import type_id

        text = "SELECT body FROM {} WHERE type = $1 AND body IS NOT NULL ORDER BY rid"
        number = type_id(resource_type)
        rows = [
            *await self.parts.pool.fetch(text.format("resource"), number),
            *await self.parts.pool.fetch(text.format("directory_resource"), number),
        ]
        return [json.loads(row["body"]) for row in rows]

    async def quarantined(self) -> list[tuple[str, str]]:
        rows = await self.parts.pool.fetch("SELECT origin, error FROM quarantine ORDER BY quarantine_id")
        return [(row["origin"], row["error"]) for row in rows]

    async def value(self, statement: str, *arguments: object) -> Any:
        return await self.parts.pool.fetchval(statement, *arguments)


@asynccontextmanager
async def open_loadable_area(dsn: str) -> AsyncIterator[LoadableArea]:
    async with running_parts(Settings(), dsn, clock=SystemClock()) as parts:
        yield LoadableArea(parts)


def resource_entry(resource: Json, *, place: str = "line 1") -> SourceEntry:
    return SourceEntry(
        origin=Origin(file="test.ndjson", place=place), form=Form.JSON_RESOURCE, content=_bytes(resource)
    )


def bundle_entry(
    resource: Json, *, full_url: str = "", method: str = "POST", url: str = "", place: str = ""
) -> SourceEntry:
    """An entry of a transaction."""
    entry: Json = {"fullUrl": full_url} if full_url else {}
    entry |= {"resource": resource, "request": {"method": method, "url": url or resource["resourceType"]}}
    origin = Origin(file="bundle.json", place=place)
    return SourceEntry(origin=origin, form=Form.JSON_BUNDLE_ENTRY, content=_bytes(entry), carries_request=True)


def patient(own_id: str | None = None, *, nhs_number: str | None = None, **more: Any) -> Json:
    identifier = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs_number}
    made: Json = {"resourceType": "Patient", "birthDate": "1970-01-01", **more}
    made |= {"id": own_id} if own_id else {}
    return made | ({"identifier": [identifier]} if nhs_number else {})


def observation(own_id: str | None, subject: str, *, value: int = 1, **more: Any) -> Json:
    made: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "counted"},
        "subject": {"reference": subject},
        "valueInteger": value,
        **more,
    }
    return made | ({"id": own_id} if own_id else {})


def _bytes(value: Json) -> bytes:
    return json.dumps(value).encode()
