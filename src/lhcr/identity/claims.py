"""Claims: what a token or a session says of a principal, as JSON, and the principal that is told from it."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from lhcr.identity.acting import Act
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import OCCUPATIONS, Activity

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Optional = Annotated[str, msgspec.Meta(max_length=200)]
_ACTIVITIES: Final = {activity.code: activity for activity in Activity}


class Claims(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`persona` marks a made-up person of a demonstration, whom no other database accepts.

    `sign_in` is the way in which whoever asks proved who they are. Left out, it is `persona` for a persona, and for anybody else
    nothing was told, which is good for nothing. Nobody but a persona signs in as one. `act` is the system that asks in their name,
    `app` the app through which they ask themselves.
    """

    sub: _Text
    name: _Text
    kind: PrincipalKind
    role: _Optional = ""
    role_name: _Optional = ""
    occupation: _Optional = ""
    activities: Annotated[list[_Text], msgspec.Meta(max_length=100)] = []
    ods: _Optional = ""
    organisation: _Optional = ""
    nhs_number: str | None = None
    purposes: Annotated[list[_Text], msgspec.Meta(min_length=1, max_length=10)]
    scopes: Annotated[list[_Text], msgspec.Meta(max_length=200)] = []
    persona: bool = False
    sign_in: SignIn | None = None
    act: Act | None = None
    app: CallingApp | None = None

    def principal(self, *, token_id: str, expires: datetime) -> Principal:
        """Return the principal, whose purpose is the first of those claimed.

        Raises ValueError where a claim names what is not known here: nothing is guessed about who somebody is.
        """
        try:
            return self._principal(token_id, expires)
        except (Incorrect, KeyError) as error:
            what = "a purpose, activity, occupation, organisation, person or way of signing in"
            raise ValueError(f"the claims name {what} that is not known") from error

    def _principal(self, token_id: str, expires: datetime) -> Principal:
        if self.occupation and self.occupation not in OCCUPATIONS:
            raise KeyError(self.occupation)
        purposes = tuple(Purpose.parse(code) for code in self.purposes)
        return Principal(
            user_id=self.sub,
            name=self.name,
            kind=self.kind,
            role_code=self.role,
            role_display=self.role_name,
            activities=frozenset(_ACTIVITIES[code] for code in self.activities),
            organisation=OdsCode(self.ods).value if self.ods else "",
            organisation_name=self.organisation,
            person_nhs_number=NhsNumber(self.nhs_number).value if self.nhs_number else None,
            purposes=purposes,
            purpose=purposes[0],
            scopes=tuple(self.scopes),
            token_id=token_id,
            expires=expires,
            occupation=self.occupation,
            sign_in=self._way(),
            actor=None if self.act is None else self.act.client(),
            app=self.app,
        )

    def _way(self) -> SignIn:
        """Hazard: a token that leaves the claim out must not be worth more than one that says it."""
        if self.sign_in is SignIn.PERSONA and not self.persona:
            raise KeyError(SignIn.PERSONA.value)
        return self.sign_in or (SignIn.PERSONA if self.persona else SignIn.NOT_TOLD)
