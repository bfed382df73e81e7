"""The scopes that are granted: what is asked, as far as it was registered; never wider than either (SMART App Launch 2)."""

from collections.abc import Iterable, Iterator
from typing import Final

from lhcr.access.smart_scope import ANY_TYPE, grants, require_granting
from lhcr.auth.refusal import OAuthRefusal
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Incorrect

#: The scope with which an app asks for a refresh token.
OFFLINE: Final = "offline_access"
#: The scope with which an app asks in whose record it is launched.
LAUNCH_PATIENT: Final = "launch/patient"
#: Scopes that grant nothing of any record, and go with one that does.
BESIDE: Final = (LAUNCH_PATIENT, OFFLINE)
#: Scopes of other standards that apps ask for and that grant nothing here; the answer says that they were not granted.
_PASSED_OVER: Final = frozenset({"openid", "profile", "fhirUser", "launch", "launch/encounter", "online_access"})
_LETTERS: Final = "cruds"
_MOST: Final = 100


def granted_scopes(asked: str, *, registered: Iterable[str], kind: PrincipalKind) -> tuple[str, ...]:
    """Return what is granted to an asker of this kind.

    Raises OAuthRefusal (`invalid_scope`) where a scope is of no form that could grant something, where none is asked for, and where
    nothing is left. Hazards: a token without scopes does all that its bearer may, so none is ever issued; and whoever misspells one
    takes "nothing recorded" from what they may not see.
    """
    words = [word for word in asked.split(" ") if word]
    allowed = tuple(registered)
    if not words or len(words) > _MOST:
        raise _invalid("Name the scopes that are wanted, such as system/Observation.rs.")
    resource_scopes = [word for word in words if word not in BESIDE and word not in _PASSED_OVER]
    _require_form(resource_scopes, kind)
    found = _narrowed(resource_scopes, allowed, kind)
    if not found:
        raise _invalid("Nothing that was asked for was registered for this client and may be granted to this user.")
    beside = (OFFLINE,) if kind is not PrincipalKind.CITIZEN else BESIDE
    return (*found, *(each for each in beside if each in words and each in allowed))


def _require_form(scopes: list[str], kind: PrincipalKind) -> None:
    try:
        require_granting(scopes, PrincipalKind.SYSTEM if kind is PrincipalKind.SYSTEM else PrincipalKind.CITIZEN)
    except Incorrect as error:
        raise _invalid("A scope is of a form that grants nothing here. Write such as system/Observation.rs.") from error


def _narrowed(asked: Iterable[str], registered: Iterable[str], kind: PrincipalKind) -> tuple[str, ...]:
    letters: dict[tuple[str, str], set[str]] = {}
    allowed = list(_parts(registered, kind))
    for context, type_, wanted in _parts(asked, kind):
        for other, allowed_type, allowed_letters in allowed:
            shared = _shared_type(type_, allowed_type)
            if other == context and shared:
                letters.setdefault((context, shared), set()).update(set(wanted) & set(allowed_letters))
    return tuple(f"{context}/{type_}.{_ordered(kept)}" for (context, type_), kept in letters.items() if kept)


def _parts(scopes: Iterable[str], kind: PrincipalKind) -> Iterator[tuple[str, str, str]]:
    for scope in scopes:
        for grant in grants((scope,), kind):
            yield scope.partition("/")[0], grant.type, grant.letters


def _shared_type(one: str, other: str) -> str:
    if ANY_TYPE in {one, other}:
        return other if one == ANY_TYPE else one
    return one if one == other else ""


def _ordered(letters: set[str]) -> str:
    return "".join(letter for letter in _LETTERS if letter in letters)


def _invalid(description: str) -> OAuthRefusal:
    return OAuthRefusal("invalid_scope", description)
