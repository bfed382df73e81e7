"""The mark of a demonstration, on a database: personas are known where it stands, and production refuses it."""

from typing import Final

from lhcr.identity.area_settings import DEMONSTRATION, is_demonstration
from lhcr.kernel.errors import Conflict, Issue
from lhcr.store.database import Connection

_MARK: Final = "INSERT INTO area_setting (name, value) VALUES ($1, 'true') ON CONFLICT (name) DO NOTHING"


async def mark_demonstration(connection: Connection) -> None:
    """Mark a database as a demonstration. Raises Conflict where it holds people and was not marked before.

    Hazard: personas, who prove nothing about themselves, in front of real people's records.
    """
    if await is_demonstration(connection):
        return
    if await connection.fetchval("SELECT EXISTS (SELECT FROM person)"):
        diagnostics = (
            "The database in this folder holds people and is not marked as a demonstration, so that it does not become one. "
            "Name another folder with --data-dir. Nothing was changed."
        )
        raise Conflict([Issue(code="business-rule", error="not-a-demonstration", diagnostics=diagnostics)])
    await connection.execute(_MARK, DEMONSTRATION)
