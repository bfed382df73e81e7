"""Citizens who signed in by NHS login: that their identity was proved to the highest level, and by which NHS number they are known."""

from typing import Final

from lhcr.identity.claims import Claims
from lhcr.identity.openid.code_flow import Told
from lhcr.identity.openid.provider import PROVED
from lhcr.identity.openid.refusal import SignInRefused, not_believed
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.purposes import Purpose

_VECTORS: Final = frozenset(frozenset(vector.split(".")) for vector in PROVED)
_LONGEST_NAME: Final = 90


def citizen_claims(told: Told) -> Claims:
    """Return the claims of a citizen's session. Raises SignInRefused below P9, or where the NHS number is none or in doubt."""
    _require_proved(told)
    return Claims(
        sub=f"nhs-login:{told.subject}"[:200],
        name=_name(told),
        kind=PrincipalKind.CITIZEN,
        nhs_number=_number(told).value,
        purposes=[Purpose.PATIENT_REQUEST.code],
        sign_in=SignIn.NHS_LOGIN_P9,
    )


def _require_proved(told: Told) -> None:
    """Hazard: whoever knows somebody's name, birth date and number (P5) reads their record."""
    vector, level = told.claims.get("vot"), _said(told, "identity_proofing_level")
    known = isinstance(vector, str) and frozenset(vector.split(".")) in _VECTORS
    if not known or level != "P9":
        why = "You have not proved who you are to the level that a health record needs."
        step = "Prove your identity with a photograph in NHS login, then sign in again."
        raise SignInRefused("proof-too-low", why, step, "Your GP practice can help you.", subject=told.subject)


def _number(told: Told) -> NhsNumber:
    """Hazard: wrong person. A number that is missing, misspelt or told in two ways names nobody."""
    try:
        said = _said(told, "nhs_number")
        return NhsNumber(said if isinstance(said, str) else "")
    except Incorrect as error:
        why = "NHS login did not tell us an NHS number of yours that we can use."
        step = "Ask your GP practice to check your details with NHS login."
        raise SignInRefused("nhs-number-unusable", why, step, subject=told.subject) from error


def _said(told: Told, name: str) -> object:
    """Return what ID token and userinfo say alike. Raises SignInRefused where they contradict each other."""
    said = [source[name] for source in (told.claims, told.userinfo) if name in source]
    if len(said) == 2 and said[0] != said[1]:
        raise not_believed("claims-differ")
    return said[0] if said else None


def _name(told: Told) -> str:
    parts = (told.userinfo.get("given_name"), told.userinfo.get("family_name"))
    name = " ".join(part[:_LONGEST_NAME] for part in parts if isinstance(part, str) and part.strip())
    return name or "Signed in with NHS login"
