"""SMART App Launch scopes: what a token was granted, of all that its bearer might do (SMART 2.0, and 1.0's read and write).

A token without scopes is limited by its bearer's role alone. One with scopes does what one of them grants and nothing else. A
scope may be narrowed by one category (`?category=[system]|[code]`) of a type that can be searched by it: then it grants a search of that
type, which finds what is of that category alone, and a read by id of such an entry, and nothing else. Narrowed by anything else it grants
nothing, because granting all of it would widen it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lhcr.access.request import Interaction
from lhcr.fhir.search.catalogue import parameter, type_ids
from lhcr.fhir.search.parameter import Kind
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect, Issue

ANY_TYPE: Final = "*"
_SCOPE: Final = re.compile(
    r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,40})\.(c?r?u?d?s?|read|write|\*)"
    r"(?:\?category=([A-Za-z0-9:/._-]{1,90}\|[A-Za-z0-9._-]{1,40}))?"
)
_CATEGORY: Final = "category"
#: What a scope that is narrowed grants, of the letters that it names, and the interactions that are narrowed by it.
_NARROWED: Final = "rs"
_NARROWED_INTERACTIONS: Final = frozenset({Interaction.READ, Interaction.VREAD, Interaction.SEARCH})
_SHOWN: Final = 80
_OLD: Final[Mapping[str, str]] = {"read": "rs", "write": "cud", "*": "cruds"}
_NEEDED: Final[Mapping[Interaction, str]] = {
    Interaction.READ: "r",
    Interaction.VREAD: "r",
    Interaction.HISTORY: "r",
    Interaction.SEARCH: "s",
    Interaction.EVERYTHING: "rs",
    Interaction.CREATE: "c",
    Interaction.UPDATE: "u",
    Interaction.PATCH: "u",
    Interaction.DELETE: "d",
    Interaction.TRACE: "s",
    Interaction.AUDIT_READ: "s",
    # No letter of a scope stands for an order: no app is granted one.
    Interaction.ORDER: "-",
}
_OF_INTERACTION: Final[Mapping[Interaction, str]] = {Interaction.TRACE: "Patient", Interaction.AUDIT_READ: "AuditEvent"}
_USER: Final = frozenset({"user"})
#: A patient scope is about the bearer's own record or their child's; a professional's needs a launch that names the patient.
_CONTEXTS: Final[Mapping[PrincipalKind, frozenset[str]]] = {
    PrincipalKind.CITIZEN: frozenset({"patient", "user"}),
    PrincipalKind.SYSTEM: frozenset({"system"}),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """`category`: what a read or search of the type is narrowed to, as `system|code`; "" where it grants the whole type."""

    type: str
    letters: str
    category: str = ""


@lru_cache(maxsize=1024)
def grants(scopes: tuple[str, ...], kind: PrincipalKind) -> tuple[Grant, ...]:
    """Return what the scopes grant an asker of this kind; scopes of other forms (`openid`, `launch`) grant nothing here."""
    contexts = _CONTEXTS.get(kind, _USER)
    found = (_SCOPE.fullmatch(scope) for scope in scopes)
    return tuple(_grant(one) for one in found if one and one[1] in contexts and _can_be_held(one))


def _grant(one: re.Match[str]) -> Grant:
    letters = _OLD.get(one[3], one[3])
    if one[4] is None:
        return Grant(one[2], letters)
    return Grant(one[2], "".join(each for each in _NARROWED if each in letters), one[4])


def _can_be_held(one: re.Match[str]) -> bool:
    """Whether a scope is whole, or narrowed by a category of a type that is searched by one."""
    if one[4] is None:
        return True
    searched_by = parameter(one[2], _CATEGORY)
    return searched_by is not None and searched_by.kind is Kind.TOKEN


def is_narrowed_otherwise(scope: str) -> bool:
    """Return whether a scope is narrowed to what cannot be held exactly, so that it grants nothing."""
    one = _SCOPE.fullmatch(scope)
    return "?" in scope and (one is None or not _can_be_held(one) or not _grant(one).letters)


def require_granting(scopes: Iterable[str], kind: PrincipalKind) -> None:
    """Raise Incorrect (`scope-invalid`) for each scope that would grant an asker of this kind nothing, whatever is asked.

    Hazard: "none" inferred from absence, by whoever asks with a token that was misspelt and is shown less than they think.
    """
    contexts = sorted(_CONTEXTS.get(kind, _USER))
    wrong = [scope for scope in scopes if not _grants_something(scope, contexts)]
    if wrong:
        raise Incorrect([_invalid(scope, contexts) for scope in wrong])


def _grants_something(scope: str, contexts: Collection[str]) -> bool:
    one = _SCOPE.fullmatch(scope)
    if one is None or one[1] not in contexts or not _can_be_held(one):
        return False
    return bool(_grant(one).letters) and (one[2] == ANY_TYPE or one[2] in type_ids())


def _invalid(scope: str, contexts: Sequence[str]) -> Issue:
    forms = " or ".join(f"{context}/Observation.rs" for context in contexts)
    diagnostics = (
        f"{scope[:_SHOWN]!r}: such a scope would grant this token nothing. Write {forms}: a resource type of FHIR R4, or * for all, and "
        "behind the full stop what may be done, of c (create), r (read), u (update), d (delete) and s (search) in this order."
    )
    return Issue(code="value", error="scope-invalid", diagnostics=diagnostics)


def is_granted(principal: Principal, interaction: Interaction, resource_type: str | None) -> bool:
    """Return whether the token's scopes grant an interaction; over all types only a scope of all types does."""
    if not principal.scopes:
        return True
    wanted = _OF_INTERACTION.get(interaction, resource_type or ANY_TYPE)
    needed = _NEEDED[interaction]
    if interaction in _NARROWED_INTERACTIONS and narrowed_to(principal, wanted, letter=needed):
        return True
    letters = _whole_letters(principal, wanted)
    return all(each in letters for each in needed)


def narrowed_to(principal: Principal, resource_type: str, *, letter: str = "s") -> frozenset[str]:
    """Return the categories (`system|code`) to which the scopes narrow a search of a type, with the letter `r` a read of one
    of its entries; empty where they narrow none.
    """
    if not principal.scopes:
        return frozenset()
    found = grants(principal.scopes, principal.kind)
    categories = frozenset(
        each.category for each in found if each.type == resource_type and letter in each.letters and each.category
    )
    return frozenset() if categories and letter in _whole_letters(principal, resource_type) else categories


def _whole_letters(principal: Principal, wanted: str) -> str:
    """Return what the scopes grant of a whole type, together."""
    found = grants(principal.scopes, principal.kind)
    return "".join(each.letters for each in found if each.type in {ANY_TYPE, wanted} and not each.category)


def granted_types(principal: Principal) -> Collection[str] | None:
    """Return the types that the scopes let be read in any way as a whole, None where they name all or there are none."""
    types = {
        grant.type
        for grant in grants(principal.scopes, principal.kind)
        if not grant.category and not {"r", "s"}.isdisjoint(grant.letters)
    }
    return None if not principal.scopes or ANY_TYPE in types else types


def searched_types(principal: Principal, asked: str | None) -> Collection[str] | None:
    """Return the types whose rows a request reaches: those that may be read as a whole, and the one asked for, if it is narrowed."""
    types = granted_types(principal)
    if types is None or asked is None:
        return types
    return {*types, asked} if any(narrowed_to(principal, asked, letter=each) for each in _NARROWED) else types
