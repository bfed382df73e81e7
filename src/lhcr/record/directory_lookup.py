"""Looking up directory resources by identifier, many at once: what most conditional references of a bundle ask for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lhcr.fhir.search.catalogue import type_name
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.parameter import Kind
from lhcr.fhir.search.query import Criterion, SearchQuery, TokenValue
from lhcr.record.sql import STATEMENTS
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection
from lhcr.store.search.bounded import bounded
from lhcr.store.visibility import Visibility


@dataclass(frozen=True, slots=True)
class DirectoryToken:
    """One code of one system under one token parameter of a directory type, such as Practitioner identifier."""

    param: int
    system: str
    code: str


def directory_token(query: SearchQuery) -> DirectoryToken | None:
    """Return what a query asks for if it is a single token of a directory type, whole and without a modifier."""
    if len(query.types) != 1 or len(query.criteria) != 1 or home(query.types[0]).kind is not HomeKind.DIRECTORY:
        return None
    criterion = query.criteria[0]
    if not isinstance(criterion, Criterion) or criterion.modifier is not None or len(criterion.values) != 1:
        return None
    parameter, value = criterion.parameters[0], criterion.values[0]
    if parameter.kind is not Kind.TOKEN or len(parameter.rows) != 1 or not isinstance(value, TokenValue):
        return None
    if value.system is None or not value.code:
        return None
    return DirectoryToken(parameter.rows[0], value.system, value.code)


async def find_in_directory(
    connection: Connection, tokens: Collection[DirectoryToken], *, systems: CodeSystems, visibility: Visibility
) -> Mapping[DirectoryToken, str]:
    """Return the reference to the one visible resource that each token means; tokens with none or several are absent."""
    numbers = await systems.numbers({token.system for token in tokens}, create=False)
    asked = [token for token in tokens if token.system in numbers]
    columns = (
        [token.param for token in asked],
        [numbers[token.system] for token in asked],
        [bounded(token.code) for token in asked],
    )
    rows = await connection.fetch(STATEMENTS["directory_tokens"], *columns, visibility.mask)
    return {asked[row["place"] - 1]: f"{type_name(row['type'])}/{row['id']}" for row in rows}
