"""SMART App Launch scopes: what a token was granted, of all that its bearer might do (SMART 2.0, and 1.0's read and write).

A token without scopes is limited by its bearer's role alone. One with scopes does what one of them grants and nothing else. A
scope that is narrowed by a query (`?category=...`) grants nothing here, because granting all of it would widen it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lhcr.access.request import Interaction
from lhcr.fhir.search.catalogue import type_ids
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect, Issue

ANY_TYPE: Final = "*"
_SCOPE: Final = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,40})\.(c?r?u?d?s?|read|write|\*)")
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
    type: str
    letters: str


@lru_cache(maxsize=1024)
def grants(scopes: tuple[str, ...], kind: PrincipalKind) -> tuple[Grant, ...]:
    """Return what the scopes grant an asker of this kind; scopes of other forms (`openid`, `launch`) grant nothing here."""
    contexts = _CONTEXTS.get(kind, _USER)
    found = (_SCOPE.fullmatch(scope) for scope in scopes)
    return tuple(Grant(one[2], _OLD.get(one[3], one[3])) for one in found if one and one[1] in contexts)


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
    return one is not None and one[1] in contexts and bool(one[3]) and (one[2] == ANY_TYPE or one[2] in type_ids())


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
    letters = "".join(
        grant.letters for grant in grants(principal.scopes, principal.kind) if grant.type in {ANY_TYPE, wanted}
    )
    return all(needed in letters for needed in _NEEDED[interaction])


def granted_types(principal: Principal) -> Collection[str] | None:
    """Return the types that the scopes let be read in any way, None where they name all or there are none."""
    types = {
        grant.type for grant in grants(principal.scopes, principal.kind) if not {"r", "s"}.isdisjoint(grant.letters)
    }
    return None if not principal.scopes or ANY_TYPE in types else types
