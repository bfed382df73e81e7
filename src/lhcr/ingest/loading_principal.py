"""The loading principal: the system of one organisation, under whose name files are loaded through the gate."""

from datetime import datetime, timedelta
from typing import Final

from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose

# A load of a whole area runs for hours; each process makes its own principal when it starts.
_LASTS: Final = timedelta(days=7)


def loading_principal(source: OdsCode, *, now: datetime, name: str = "") -> Principal:
    """Return the principal that contributes for `source`; `name` is the organisation's own, where it is known."""
    return Principal(
        user_id="lhcr-load",
        name="Loading of files",
        kind=PrincipalKind.SYSTEM,
        role_code="",
        role_display="",
        activities=frozenset(),
        organisation=source.value,
        organisation_name=name or source.value,
        person_nhs_number=None,
        purposes=(Purpose.TREATMENT,),
        purpose=Purpose.TREATMENT,
        scopes=(),
        token_id="",
        expires=now + _LASTS,
        sign_in=SignIn.COMMAND_LINE,
    )
