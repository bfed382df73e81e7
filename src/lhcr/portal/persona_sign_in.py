"""Signing in as a persona of a demonstration, over the sessions that the area keeps."""

from collections.abc import Mapping, Sequence

from lhcr.identity.claims import Claims
from lhcr.identity.principal import Principal
from lhcr.identity.proof_of_identity import ProofOfIdentity
from lhcr.identity.sessions import LONGEST, Sessions
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Issue, NotFound
from lhcr.portal.ports import DemoPersonCard, PersonaCard, SignedIn


class PersonaSignIns:
    """`claims` say what each persona's session carries, by name; all are empty where the database is no demonstration."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        personas: Sequence[PersonaCard],
        people: Sequence[DemoPersonCard],
        claims: Mapping[str, Claims],
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._personas = tuple(personas)
        self._people = tuple(people)
        self._claims = claims

    def personas(self) -> Sequence[PersonaCard]:
        return self._personas

    def people(self) -> Sequence[DemoPersonCard]:
        return self._people

    async def begin(self, persona: str, *, device: str = "") -> SignedIn:
        """Hazard: a made-up person who opens a real record. The sessions refuse personas on any other database, too."""
        claims = self._claims.get(persona)
        if claims is None or not claims.persona:
            raise NotFound([Issue(code="not-found", error="persona-unknown", diagnostics="There is no such persona.")])
        token = await self._sessions.begin(claims, proof=ProofOfIdentity(device=device))
        return SignedIn(token, self._clock.now() + LONGEST)

    async def principal(self, token: str) -> Principal | None:
        return await self._sessions.find(token)

    async def end(self, token: str) -> None:
        await self._sessions.end(token)
