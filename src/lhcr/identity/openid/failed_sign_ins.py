"""Sign-ins that failed, counted by address and by subject in the database, for all workers together.

Hazards: accounts and codes found by trying, and a log that a stranger fills. Beyond a number within a minute each further failure is made
to wait and is not written down; the one that crosses the line is, once a minute. Whoever proves who they are is let in all the same,
also from an address from which others have tried often: a hospital has one.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from lhcr.identity.counted_address import counted_address
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

OF_AN_ADDRESS: Final = 30
OF_A_SUBJECT: Final = 5
BEGUN_BY_AN_ADDRESS: Final = 600
#: So many times that number are refused; between, each waits. Hazard: a hospital that cannot sign in because of one who begins without end.
FAR_BEYOND: Final = 10
SLOWED_SECONDS: Final = 1.0
_KEPT_FOR: Final = timedelta(minutes=5)
#: Letters alone, which nobody can take for a person's number.
_LETTERS: Final = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
_SQL: Final = load_statements("lhcr.identity.openid", "failed_sign_ins.sql")


class Count(Enum):
    WITHIN = "within"
    CROSSED = "crossed"
    """This one is the first beyond the line in its minute."""
    BEYOND = "beyond"
    FAR_BEYOND = "far-beyond"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignIns:
    """`key` is the area's own: the table tells nobody which addresses and subjects are counted."""

    pool: Pool
    clock: Clock
    key: bytes

    async def failed(self, *, address: str, subject: str = "") -> Count:
        """Count a failure of an address, and of a subject where one is known; the higher of the two counts."""
        counts = [await self._count("address", counted_address(address), most=OF_AN_ADDRESS)]
        if subject:
            counts.append(await self._count("subject", subject, most=OF_A_SUBJECT))
        return Count.CROSSED if Count.CROSSED in counts else max(counts, key=lambda each: each is not Count.WITHIN)

    async def begun(self, *, address: str) -> Count:
        """Count a sign-in that begins, each of which is a row until it ends."""
        return await self._count("begun", counted_address(address), most=BEGUN_BY_AN_ADDRESS)

    def origin(self, address: str) -> str:
        """Return a name for whoever counts as one with an address, which is another one tomorrow and tells the address to nobody."""
        day = self.clock.now().date().isoformat()
        name = hmac.digest(self.key, f"origin:{day}:{counted_address(address)}".encode("utf-8", "replace"), "sha256")
        return name.hex()[:12].translate(_LETTERS)

    async def sweep(self) -> None:
        await self.pool.execute(_SQL["sweep"], self.clock.now() - _KEPT_FOR)

    async def _count(self, what: str, value: str, *, most: int) -> Count:
        name = hmac.digest(self.key, f"{what}:{value}".encode("utf-8", "replace"), "sha256")
        minute = self.clock.now().replace(second=0, microsecond=0)
        times: int = await self.pool.fetchval(_SQL["count"], name, minute)
        if times <= most:
            return Count.WITHIN
        if times == most + 1:
            return Count.CROSSED
        return Count.BEYOND if times <= most * FAR_BEYOND else Count.FAR_BEYOND
