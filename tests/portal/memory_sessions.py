"""Sessions of users without a database: everybody is signed in once more, on a telephone."""

from collections.abc import Collection
from datetime import timedelta

from tests.portal.memory_history import NOW

from lhcr.identity.own_sessions import OwnSession, OwnSessions


class MemorySessions(OwnSessions):
    def __init__(self) -> None:
        """Everything that a database would be asked is answered here."""

    async def all(self, user_id: str) -> tuple[OwnSession, ...]:  # noqa: ARG002
        session = OwnSession(
            name="session-0123456789abcdef",
            role="",
            organisation="",
            device="Safari on an iPhone",
            began=NOW - timedelta(hours=1),
            used=NOW,
            service="",
            proved=None,
        )
        return (session,)

    async def end(self, user_id: str, names: Collection[str]) -> int:  # noqa: ARG002
        return len(names)
