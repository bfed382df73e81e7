"""The services that the endpoints of the authorization server use."""

from dataclasses import dataclass

from lhcr.auth.addresses import TOKEN
from lhcr.auth.alarm import Alarm
from lhcr.auth.attempts import Attempts
from lhcr.auth.client_assertion import ClientAssertions
from lhcr.auth.journal import Journal
from lhcr.auth.own_patient import OwnPatients
from lhcr.auth.users import Users
from lhcr.identity.acting_registration import ActingRegistrations
from lhcr.identity.clients import Clients
from lhcr.identity.grants import Grant, Grants
from lhcr.identity.token_state import TokenWatch, revoke
from lhcr.identity.tokens import Tokens, Verified
from lhcr.kernel.clock import Clock
from lhcr.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthServices:
    """`watch` is looked with after a revocation, so that the worker that revoked knows it at once."""

    tokens: Tokens
    watch: TokenWatch
    clock: Clock
    clients: Clients
    acting: ActingRegistrations
    assertions: ClientAssertions
    journal: Journal
    attempts: Attempts
    alarm: Alarm
    grants: Grants
    users: Users
    own_patients: OwnPatients
    audience: str
    pool: Pool

    async def end_token(self, known: Verified) -> None:
        """End one access token, in this worker at once."""
        await revoke(self.pool, [known.principal.token_id], until=known.principal.expires)
        await self.watch.look()

    async def end_grant(self, grant: Grant) -> None:
        """End a grant and every token of it, in this worker at once."""
        await self.grants.end(grant.grant_id, ends=grant.ends)
        await self.watch.look()


def make_services(
    pool: Pool,
    *,
    tokens: Tokens,
    watch: TokenWatch,
    journal: Journal,
    users: Users,
    own_patients: OwnPatients,
    audience: str,
) -> AuthServices:
    """`audience` is the address of the FHIR API for which tokens are."""
    clock = journal.clock
    clients = Clients(pool, clock=clock)
    return AuthServices(
        tokens=tokens,
        watch=watch,
        clock=clock,
        clients=clients,
        acting=ActingRegistrations(pool, clock=clock),
        assertions=_assertions(pool, clients, clock, issuer=tokens.issuer),
        journal=journal,
        attempts=Attempts(clock),
        alarm=Alarm(pool=pool, journal=journal),
        grants=Grants(pool, clock=clock),
        users=users,
        own_patients=own_patients,
        audience=audience,
        pool=pool,
    )


def _assertions(pool: Pool, clients: Clients, clock: Clock, *, issuer: str) -> ClientAssertions:
    return ClientAssertions(pool, clients=clients, clock=clock, audiences=frozenset({issuer, f"{issuer}{TOKEN}"}))
