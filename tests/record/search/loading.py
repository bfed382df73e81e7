"""Loading: writes resources to the tables as the record does, without the record's placing, deciding and logging."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import SearchValues
from lhcr.kernel.json_types import JsonObject
from lhcr.record.body import draft_body
from lhcr.record.draft import Draft, Method
from lhcr.record.rows import Rows, systems_of
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection


@dataclass(slots=True, kw_only=True)
class Document:
    """A resource as the record holds it. `person_id` 0 is the directory, below 0 the shelf; a deleted one has no content."""

    resource: JsonObject
    person_id: int
    rid: int
    class_id: int = 1
    members: tuple[int, ...] = ()
    deleted: bool = False
    last_updated: int = 0
    values: SearchValues = field(init=False)

    def __post_init__(self) -> None:
        self.values = extract(self.resource)

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def id(self) -> str:
        return str(self.resource["id"])

    @property
    def key(self) -> str:
        return f"{self.type}/{self.id}"


async def load(connection: Connection, systems: CodeSystems, documents: Sequence[Document]) -> None:
    """Write documents, their persons and the locators of their ids."""
    uris = set().union(*(systems_of(each.values) for each in documents))
    numbers = await systems.numbers(uris, create=True)
    directory, elsewhere = Rows(numbers), Rows(numbers)
    for each in documents:
        rows = directory if each.person_id == 0 else elsewhere
        draft = _draft(each)
        rows.add(draft, None if each.deleted else each.values, draft_body(draft))
    for rows, is_directory in ((directory, True), (elsewhere, False)):
        if rows.changed:
            text, arguments = rows.statement(directory=is_directory).build()
            await connection.fetchval(text, *arguments)
    await _load_persons(connection, documents)


def _draft(each: Document) -> Draft:
    return Draft(
        method=Method.DELETE if each.deleted else Method.PUT,
        type=each.type,
        type_id=type_id(each.type),
        resource=None if each.deleted else each.resource,
        id=each.id,
        person_id=each.person_id,
        members=each.members,
        rid=each.rid,
        class_id=each.class_id,
    )


async def _load_persons(connection: Connection, documents: Sequence[Document]) -> None:
    persons = sorted({each.person_id for each in documents if each.person_id > 0})
    await connection.execute(
        "INSERT INTO person (person_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING", persons
    )
    await connection.execute(
        "INSERT INTO locator (type, id, person_id, source_id)"
        " SELECT *, 1 FROM unnest($1::smallint[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING",
        [type_id(each.type) for each in documents],
        [each.id for each in documents],
        [each.person_id for each in documents],
    )
