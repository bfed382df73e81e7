"""The services that the endpoints of the authorization server use."""

from dataclasses import dataclass

from lhcr.audit.log import AuditLog
from lhcr.auth.addresses import TOKEN
from lhcr.auth.attempts import Attempts
from lhcr.auth.client_assertion import ClientAssertions
from lhcr.auth.journal import Journal
from lhcr.identity.clients import Clients
from lhcr.identity.token_state import TokenWatch
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthServices:
    """`watch` is looked with after a revocation, so that the worker that revoked knows it at once."""

    tokens: Tokens
    watch: TokenWatch
    clock: Clock
    clients: Clients
    assertions: ClientAssertions
    journal: Journal
    attempts: Attempts
    pool: Pool


def make_services(
    pool: Pool, *, tokens: Tokens, watch: TokenWatch, log: AuditLog, clock: Clock, site: str
) -> AuthServices:
    clients = Clients(pool, clock=clock)
    audiences = frozenset({tokens.issuer, f"{tokens.issuer}{TOKEN}"})
    return AuthServices(
        tokens=tokens,
        watch=watch,
        clock=clock,
        clients=clients,
        assertions=ClientAssertions(pool, clients=clients, clock=clock, audiences=audiences),
        journal=Journal(log=log, clock=clock, site=site),
        attempts=Attempts(clock),
        pool=pool,
    )
