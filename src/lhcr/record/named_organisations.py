"""The organisations that a person can name: who contributes here, and whom the directory names by an ODS code."""

from collections.abc import Mapping
from typing import Final

from lhcr.access.own_choice import PEOPLE
from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.nhs.systems import ODS_ORGANISATION, ODS_SITE
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "own_choices.sql")
_ORGANISATION: Final = type_id("Organization")
#: More than a page can offer.
_MOST: Final = 1_000


class NamedOrganisations:
    """Looks them up for one worker."""

    def __init__(self, *, pool: Pool, systems: CodeSystems) -> None:
        self._pool = pool
        self._systems = systems

    async def known(self) -> Mapping[str, str]:
        """Return names by ODS code, in the order of the names."""
        systems = await self._systems.numbers([ODS_ORGANISATION, ODS_SITE], create=False)
        identifier, name = parameter("Organization", "identifier"), parameter("Organization", "name")
        if identifier is None or name is None:
            raise LookupError("organisations have neither identifiers nor names")
        rows = await self._pool.fetch(
            _SQL["organisations"], _ORGANISATION, list(identifier.rows), list(name.rows), list(systems.values()),
            _MOST,
        )  # fmt: skip
        return {row["ods"]: row["name"] for row in rows if row["ods"] != PEOPLE}
