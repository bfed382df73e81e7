"""Stopped time: a world whose clocks, the database's too, stand until they are told to move."""

from datetime import datetime
from typing import Final

import asyncpg

from lhcr.kernel.clock import FixedClock

#: Statements say `clock_timestamp()` without its schema, so that one before `pg_catalog` in the path is found first.
_STOP: Final = """
CREATE SCHEMA stopped;
CREATE TABLE stopped.moment (at timestamptz NOT NULL);
INSERT INTO stopped.moment VALUES (pg_catalog.clock_timestamp());
CREATE FUNCTION stopped.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql VOLATILE
    AS $$ BEGIN RETURN (SELECT at FROM stopped.moment); END $$
"""


class StoppedTime(FixedClock):
    """The one time of a worker and of its database."""

    def __init__(self, instant: datetime, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        super().__init__(instant)
        self._connection = connection

    async def stop(self) -> None:
        """Let every connection from now on read this time. Nobody else may be connected yet."""
        await self._connection.execute(_STOP)
        name = await self._connection.fetchval("SELECT current_database()")
        await self._connection.execute(f'ALTER DATABASE "{name}" SET search_path = public, stopped, pg_catalog')
        await self.move(self.instant)

    async def move(self, instant: datetime) -> None:
        self.instant = instant
        await self._connection.execute("UPDATE stopped.moment SET at = $1", instant)
