"""The sensitive codes of a worker, read again where it notices that they have changed."""

from typing import Final

from lhcr.access.sensitivity_codes import NO_CODES, SensitiveCodes, SetCode, sensitive_codes
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "sensitivity.sql")
_NEVER: Final = -1


class Sensitivity:
    """A change of the sets raises the policy's epoch, which each worker meets sooner or later. A write meets the epoch of the codes
    with the locks of its persons (`meet`), or is told by the database that its labels do not stand (`outdate`).
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._looked_at = _NEVER
        self._codes = NO_CODES

    async def codes(self, *, policy_epoch: int) -> SensitiveCodes:
        """Return the codes as they stood at an epoch of the policy, or later."""
        if policy_epoch != self._looked_at:
            await self._look(policy_epoch)
        return self._codes

    def meet(self, epoch: int | None) -> None:
        """Look again before the next write, where codes of another epoch have been met; None: none have."""
        if epoch is not None and epoch != self._codes.epoch:
            self.outdate()

    def outdate(self) -> None:
        """Look again before the next write."""
        self._looked_at = _NEVER

    async def _look(self, policy_epoch: int) -> None:
        async with self._pool.acquire() as connection:
            if self._codes.epoch != await connection.fetchval(_SQL["epoch"]):
                self._codes = await read_codes(connection)
        self._looked_at = policy_epoch


async def read_codes(connection: Connection) -> SensitiveCodes:
    """Return the codes that count now, those that are leaving too, with the epoch of the same snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        epoch = await connection.fetchval(_SQL["epoch"])
        rows = await connection.fetch(_SQL["codes"])
        restricted = [tuple(row) for row in await connection.fetch(_SQL["restricted_sources"])]
    codes = (SetCode(row["system"], row["code"], row["label"]) for row in rows)
    return sensitive_codes(codes, epoch=epoch, restricted=restricted)


async def have_sources_met(connection: Connection) -> None:
    """Let no write go on that was labelled by which sources were restricted before; inside the transaction that changes it."""
    await connection.execute(_SQL["lock"])
    await connection.execute(_SQL["relabelling_goes_on"], await connection.fetchval(_SQL["raise_epoch"]))
    await connection.execute(_SQL["raise_policy_epoch"])
