"""The fronts of a worker: one before its FHIR API and one before its authorization server."""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp

from lhcr.auth.addresses import INTROSPECT, JWKS, REVOKE, SMART_CONFIGURATION, TOKEN
from lhcr.auth.alarm import Alarm
from lhcr.auth.attempts import Attempts
from lhcr.auth.front import Front
from lhcr.auth.journal import Journal
from lhcr.auth.origins import Origins
from lhcr.identity.clients import Clients
from lhcr.store.database import Pool

#: What apps ask for from a browser; pages for users are this origin's own.
_FOR_PROGRAMS: Final = frozenset({TOKEN, REVOKE, INTROSPECT, JWKS, SMART_CONFIGURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fronts:
    origins: Origins
    attempts: Attempts
    alarm: Alarm

    def of_fhir(self, app: ASGIApp) -> Front:
        return Front(app, origins=self.origins, attempts=self.attempts, alarm=self.alarm)

    def of_auth(self, app: ASGIApp) -> Front:
        return Front(app, origins=self.origins, attempts=self.attempts, alarm=self.alarm, paths=_FOR_PROGRAMS)


def make_fronts(pool: Pool, *, journal: Journal) -> Fronts:
    clients = Clients(pool, clock=journal.clock)
    return Fronts(
        origins=Origins(clients.redirect_uris),
        attempts=Attempts(journal.clock),
        alarm=Alarm(pool=pool, journal=journal),
    )
