"""Standing tokens: bearer tokens that are known not to be revoked at the moment of an answer, in every worker.

Hazard: whoever was let go reads on for as long as another worker has not looked. Reading is given no statement of its own for it: an
answer is released by a statement that tells of which epoch the state of tokens is, and only where that moved is the state looked at.
"""

from dataclasses import dataclass

from lhcr.audit.log import AuditLog
from lhcr.identity.principal import Principal
from lhcr.identity.token_state import TokenWatch
from lhcr.identity.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTokens:
    tokens: Tokens
    watch: TokenWatch
    log: AuditLog

    def known(self, token: str) -> Principal:
        """Return who a token names, by what this worker knows. Raises Unauthenticated and Unavailable."""
        return self.tokens.verify(token)

    async def looked(self, token: str) -> None:
        """Look now: for what changes something, and for what is answered without an entry. Raises Unauthenticated and Unavailable."""
        await self.watch.look()
        self.tokens.verify(token)

    async def released(self, token: str) -> None:
        """Hold a token against the state in which the entry of its answer was made durable. Raises Unauthenticated and Unavailable."""
        await self.watch.look_from(self.log.token_epoch)
        self.tokens.verify(token)
