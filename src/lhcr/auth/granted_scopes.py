"""The scopes that are granted: what is asked, as far as it was registered; never wider than either (SMART App Launch 2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lhcr.access.smart_scope import ANY_TYPE, Grant, grants, is_narrowed_otherwise, require_granting
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
#: Letters of all that is granted, with which a token that says who its user is still is short enough to be taken.
_LONGEST: Final = 2_000


def granted_scopes(asked: str, *, registered: Iterable[str], kind: PrincipalKind) -> tuple[str, ...]:
    """Return what is granted to an asker of this kind. A scope that is narrowed by what cannot be held exactly is left out of it.

    Raises OAuthRefusal (`invalid_scope`) where a scope is of no form that could grant something, where none is asked for, and where
    nothing is left. Hazards: a token without scopes does all that its bearer may, so none is ever issued; and whoever misspells one
    takes "nothing recorded" from what they may not see.
    """
    words = [word for word in asked.split(" ") if word]
    allowed = tuple(registered)
    if not words or len(words) > _MOST:
        raise _invalid("Name the scopes that are wanted, such as system/Observation.rs.")
    resource_scopes = [word for word in words if word not in BESIDE and not _is_passed_over(word)]
    _require_form(resource_scopes, kind)
    found = _narrowed(resource_scopes, allowed, kind)
    if not found:
        raise _invalid("Nothing that was asked for was registered for this client and may be granted to this user.")
    if sum(map(len, found)) > _LONGEST:
        raise _invalid("So many scopes are more than a token can say. Name fewer of those that were registered.")
    beside = (OFFLINE,) if kind is not PrincipalKind.CITIZEN else BESIDE
    return (*found, *(each for each in beside if each in words and each in allowed))


def _is_passed_over(word: str) -> bool:
    return word in _PASSED_OVER or is_narrowed_otherwise(word)


def _require_form(scopes: list[str], kind: PrincipalKind) -> None:
    try:
        require_granting(scopes, PrincipalKind.SYSTEM if kind is PrincipalKind.SYSTEM else PrincipalKind.CITIZEN)
    except Incorrect as error:
        raise _invalid("A scope is of a form that grants nothing here. Write such as system/Observation.rs.") from error


def _narrowed(asked: Iterable[str], registered: Iterable[str], kind: PrincipalKind) -> tuple[str, ...]:
    letters: dict[tuple[str, str, str], set[str]] = {}
    allowed = list(_parts(registered, kind))
    for context, wanted in _parts(asked, kind):
        for other, registered_grant in allowed:
            for shared in _shared(wanted, registered_grant) if other == context else ():
                letters.setdefault((context, shared.type, shared.category), set()).update(shared.letters)
    found = ((key, kept) for key, kept in letters.items() if kept)
    return tuple(_written(key, kept) for key, kept in found if not _is_covered(key, letters))


def _parts(scopes: Iterable[str], kind: PrincipalKind) -> Iterator[tuple[str, Grant]]:
    for scope in scopes:
        for grant in grants((scope,), kind):
            yield scope.partition("/")[0], grant


def _shared(one: Grant, other: Grant) -> Iterator[Grant]:
    """Yield what two grants both let: where one of them is narrowed to a category, no more than what that grants."""
    type_, categories = _shared_type(one.type, other.type), {one.category, other.category} - {""}
    letters = set(one.letters) & set(other.letters)
    if not type_ or not letters or len(categories) > 1:
        return
    # A grant of all types together with one that is narrowed is of that one's type.
    yield Grant(type_, _ordered(letters), *categories)


def _is_covered(key: tuple[str, str, str], letters: Mapping[tuple[str, str, str], set[str]]) -> bool:
    """Whether what is narrowed to a category is granted as a whole besides."""
    context, type_, category = key
    whole = (letters.get((context, each, ""), set()) for each in (type_, ANY_TYPE))
    return bool(category) and letters[key] <= set().union(*whole)


def _written(key: tuple[str, str, str], letters: set[str]) -> str:
    context, type_, category = key
    return f"{context}/{type_}.{_ordered(letters)}" + (f"?category={category}" if category else "")


def _shared_type(one: str, other: str) -> str:
    if ANY_TYPE in {one, other}:
        return other if one == ANY_TYPE else one
    return one if one == other else ""


def _ordered(letters: set[str]) -> str:
    return "".join(letter for letter in _LETTERS if letter in letters)


def _invalid(description: str) -> OAuthRefusal:
    return OAuthRefusal("invalid_scope", description)
