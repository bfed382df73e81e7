"""The checks of the privacy office as an actor: who the log says did what nobody did."""

from datetime import datetime, timedelta
from typing import Final

from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose

NAME: Final = "Automatic checks of the privacy office"
_USER: Final = "lhcr-office-checks"


def checks_of(organisation: str, organisation_name: str, *, now: datetime) -> Principal:
    """Return the actor who checks for the office of an organisation. It is put to no gate: it opens nothing."""
    return Principal(
        user_id=_USER,
        name=NAME,
        kind=PrincipalKind.SYSTEM,
        role_code="",
        role_display="",
        activities=frozenset(),
        organisation=organisation,
        organisation_name=organisation_name,
        person_nhs_number=None,
        purposes=(Purpose.OPERATIONS,),
        purpose=Purpose.OPERATIONS,
        scopes=(),
        token_id="",
        expires=now + timedelta(minutes=5),
        sign_in=SignIn.NOT_TOLD,
    )
