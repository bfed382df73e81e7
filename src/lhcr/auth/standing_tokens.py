"""Standing tokens: bearer tokens that are known not to be revoked at the moment of an answer, in every worker.

Hazard: whoever was let go reads on for as long as another worker has not looked. Reading is given no statement of its own for it: an
answer is released by a statement that tells of which epoch the state of tokens is, and only where that moved is the state looked at.
What changes something looks before; those who come while one look is under way share the next, which begins after they came.
"""

from collections.abc import Sequence
from typing import Final

from lhcr.audit.log import AuditLog
from lhcr.identity.principal import Principal
from lhcr.identity.token_state import TokenWatch
from lhcr.identity.tokens import Tokens
from lhcr.store.gathering import Gathering

_ALL: Final = 1 << 30


class StandingTokens:
    """Those of one worker."""

    def __init__(self, *, tokens: Tokens, watch: TokenWatch, log: AuditLog) -> None:
        self._tokens = tokens
        self._watch = watch
        self._log = log
        self._looks: Gathering[None, None] = Gathering(self._look, most=_ALL)

    def known(self, token: str) -> Principal:
        """Return who a token names, by what this worker knows. Raises Unauthenticated and Unavailable."""
        return self._tokens.verify(token)

    async def looked(self, token: str) -> None:
        """Look now: for what changes something, and for what is answered without an entry. Raises Unauthenticated and Unavailable."""
        await self._looks.ask(None)
        self._tokens.verify(token)

    async def released(self, token: str) -> None:
        """Hold a token against the state in which the entry of its answer was made durable. Raises Unauthenticated and Unavailable."""
        await self._watch.look_from(self._log.token_epoch)
        self._tokens.verify(token)

    async def _look(self, asked: Sequence[None]) -> Sequence[None]:
        """Look once for all who asked before. Hazard: a look that began before somebody asked may know nothing of what was revoked since."""
        await self._watch.look()
        return asked
