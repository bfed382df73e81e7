"""Failed attempts: how many an address may make, by itself and for one client, before it is told to wait.

Hazards: keys and codes found by trying, and a log that a stranger fills. Counted by address and client together, so that a stranger who
knows a client's id cannot lock the client out from elsewhere. Each worker counts what reaches it.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

from lhcr.auth.refusal import OAuthRefusal
from lhcr.kernel.clock import Clock

OF_A_CLIENT: Final = 10
OF_AN_ADDRESS: Final = 60
_WITHIN: Final = timedelta(minutes=1)
_MOST_REMEMBERED: Final = 10_000


class Attempts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def require_few(self, address: str, client_id: str) -> None:
        """Raise OAuthRefusal (429) where too many attempts failed within a minute."""
        if self._count(address, "") >= OF_AN_ADDRESS or (client_id and self._count(address, client_id) >= OF_A_CLIENT):
            raise OAuthRefusal("slow_down", "Too many attempts have failed. Wait a minute.", status=429)

    def failed(self, address: str, client_id: str) -> None:
        for name in {"", client_id}:
            times = self._failed.setdefault((address, name), deque(maxlen=OF_AN_ADDRESS))
            times.append(self._clock.now())
            self._failed.move_to_end((address, name))
        while len(self._failed) > _MOST_REMEMBERED:
            self._failed.popitem(last=False)

    def _count(self, address: str, name: str) -> int:
        times = self._failed.get((address, name), deque())
        while times and times[0] <= self._clock.now() - _WITHIN:
            times.popleft()
        return len(times)
