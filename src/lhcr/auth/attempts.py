"""Failed attempts: how many an address may make, by itself and for one client, and all together for one client, before each further one
is slowed and not written down.

Hazards: keys and codes found by trying, and a log that a stranger fills. Whoever proves who they are is let through all the same, also
from an address from which somebody else has tried often: behind a proxy all have one. Each worker counts what reaches it.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from lhcr.auth.refusal import OAuthRefusal
from lhcr.identity.counted_address import counted_address
from lhcr.kernel.clock import Clock

OF_A_CLIENT: Final = 10
OF_AN_ADDRESS: Final = 60
#: Of one client, from all addresses: its id is no secret, and each refusal is an entry of the log.
OF_A_CLIENT_ANYWHERE: Final = 60
#: How long an attempt beyond these is made to wait for its refusal.
SLOWED_SECONDS: Final = 0.5
_WITHIN: Final = timedelta(minutes=1)
_MOST_REMEMBERED: Final = 10_000
_ANYWHERE: Final = "anywhere"


class Attempts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def failed(self, address: str, client_id: str) -> bool:
        """Count a failed attempt, of a client that is known or "", and return whether there were too many within a minute before."""
        counted = counted_address(address)
        most = {(counted, ""): OF_AN_ADDRESS}
        if client_id:
            most |= {(counted, client_id): OF_A_CLIENT, (_ANYWHERE, client_id): OF_A_CLIENT_ANYWHERE}
        beyond = any(self._count(name) >= limit for name, limit in most.items())
        for name in most:
            self._failed.setdefault(name, deque(maxlen=OF_AN_ADDRESS)).append(self._clock.now())
            self._failed.move_to_end(name)
        while len(self._failed) > _MOST_REMEMBERED:
            self._failed.popitem(last=False)
        return beyond

    def _count(self, name: tuple[str, str]) -> int:
        times = self._failed.get(name, deque())
        while times and times[0] <= self._clock.now() - _WITHIN:
            times.popleft()
        return len(times)


def slow_down() -> OAuthRefusal:
    return OAuthRefusal("slow_down", "Too many attempts have failed. Wait a minute.", status=429)
