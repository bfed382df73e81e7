"""Sessions of users without a database: everybody is signed in twice more, on a telephone and elsewhere."""

from collections.abc import Collection
from datetime import timedelta

from tests.portal.memory_history import NOW

from lhcr.identity.own_sessions import OwnSession, OwnSessions
from lhcr.identity.sessions import name_of


def session(name: str, device: str, *, hours: int) -> OwnSession:
    return OwnSession(
        name=name,
        role="Pharmacist",
        organisation="Aldermere Pharmacy",
        device=device,
        began=NOW - timedelta(hours=hours),
        used=NOW,
        service="",
        proved=None,
    )


UNKNOWN = session("session-fedcba9876543210", "", hours=3)


class MemorySessions(OwnSessions):
    def __init__(self) -> None:
        """Everything that a database would be asked is answered here."""

    async def all(self, user_id: str) -> tuple[OwnSession, ...]:  # noqa: ARG002
        this_one = session(name_of("token-pharmacist"), "Firefox on a Windows computer", hours=2)
        return (this_one, session("session-0123456789abcdef", "Safari on an iPhone", hours=1), UNKNOWN)

    async def end(self, user_id: str, names: Collection[str]) -> int:  # noqa: ARG002
        return len(names)
