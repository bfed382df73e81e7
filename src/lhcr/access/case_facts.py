"""The facts of a case in words: as a trace keeps them, and as a hypothetical case names them.

They tell how two parties stand to one another, never who they are: no number and no instant, so that the many cases that stand
alike are told in the same words. A fact that a rule comes to read is told here as soon as `Case` and `Standing` hold it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple, get_type_hints

import msgspec

from lhcr.access.case import Case
from lhcr.access.competence import OF_UNKNOWN_AGE, Competence, competence_of
from lhcr.access.consent import EVERY, Consents, Objection, Part
from lhcr.access.facts import Standing
from lhcr.access.policy import Policy
from lhcr.access.relationship import CLAIMED, EMERGENCY, PROXY, SELF, Tie, citizen_party, user_party
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject

_NOT_FACTS: Final = frozenset({"principal", "request", "policy"})
_OWN_WORD: Final = frozenset({CLAIMED, EMERGENCY})
_IN_FORCE: Final = datetime(9999, 12, 31, tzinfo=UTC)
_MOST: Final = msgspec.Meta(max_length=100)
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Code = Annotated[str, msgspec.Meta(max_length=64)]


class Relationship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of fact that ties the asker to the person: their organisation, or for an own word, themself or a proxy the asker."""

    kind: _Word
    in_force: bool = True


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept back, or excepted: of one source (ODS code) and category, or of every one where nothing is said."""

    source: _Code = EVERY
    category: _Code = EVERY


class ObjectionFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An objection in force that concerns the asker's organisation; `by_name`: it names that organisation."""

    denied: Annotated[list[Kept], msgspec.Meta(min_length=1, max_length=100)]
    excepted: Annotated[list[Kept], _MOST] = []
    by_name: bool = False


class Age(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person's age says: whether a parent may open the record for them, and whether they may themselves."""

    parents_may: bool = OF_UNKNOWN_AGE.parents_may
    person_may: bool = OF_UNKNOWN_AGE.person_may


class _Form(NamedTuple):
    """How one fact of a case is named in JSON, and what type it has there."""

    name: str
    type: Any


#: Facts that have words of their own; every other is told as it is.
_OWN_WORDS: Final[Mapping[str, _Form]] = MappingProxyType(
    {
        "ties": _Form("relationships", Annotated[list[Relationship], _MOST]),
        "consents": _Form("objections", Annotated[list[ObjectionFact], _MOST]),
        "competence": _Form("age", Age),
    }
)


@cache
def fact_names() -> tuple[str, ...]:
    """Return the fields of `Case` that are facts."""
    return tuple(each.name for each in fields(Case) if each.name not in _NOT_FACTS)


@cache
def _forms() -> Mapping[str, _Form]:
    hints = get_type_hints(Case)
    return MappingProxyType({name: _OWN_WORDS.get(name) or _Form(name, hints[name]) for name in fact_names()})


def written_facts(case: Case) -> JsonObject:
    """Return the facts of a case as JSON, in an order that says nothing."""
    told: JsonObject = {
        form.name: msgspec.to_builtins(getattr(case, name), order="sorted")
        for name, form in _forms().items()
        if name not in _OWN_WORDS
    }
    age: JsonObject = {"parents_may": case.competence.parents_may, "person_may": case.competence.person_may}
    return told | {"relationships": _ties_told(case), "objections": _consents_told(case.consents), "age": age}


def known_facts(standing: Standing, *, policy: Policy, now: datetime) -> dict[str, Any]:
    """Return the fields of a `Case` that are known of a person: as they stand, and what the policy makes of their birth date."""
    known = {name: getattr(standing, name) for name in fact_names() if hasattr(standing, name)}
    return known | {"competence": competence_of(standing.born, policy=policy.file.proxies, now=now)}


def read_facts(written: Mapping[str, Any], principal: Principal) -> dict[str, Any]:
    """Return the fields of a `Case` of this asker that JSON names; those that it does not name are left out.

    Raises Incorrect (422, `what-if-invalid`) for a fact that no rule knows, or one in another form.
    """
    by_name = {form.name: (name, form) for name, form in _forms().items()}
    if unknown := sorted(written.keys() - by_name.keys()):
        raise invalid(f"facts.{unknown[0]}"[:100], f"the facts that rules read are {', '.join(sorted(by_name))}")
    return {
        name: _read(name, form, written[form.name], principal)
        for name, form in by_name.values()
        if form.name in written
    }


def _read(name: str, form: _Form, value: Any, principal: Principal) -> Any:
    try:
        read = msgspec.convert(value, type=form.type)
    except (msgspec.ValidationError, RecursionError, ValueError) as error:
        raise invalid(f"facts.{form.name}{place_of(error)}") from error
    if name == "ties":
        return ties_of(read, principal)
    if name == "competence":
        return Competence(parents_may=read.parents_may, person_may=read.person_may)
    return Consents(tuple(_objection(each) for each in read)) if name == "consents" else read


def ties_of(told: Iterable[Relationship], principal: Principal) -> tuple[Tie, ...]:
    """Return the ties of an asker that words tell of. One kind that is told twice is in force if either is."""
    in_force: dict[str, bool] = {}
    for each in told:
        in_force[each.kind] = in_force.get(each.kind, False) or each.in_force
    return tuple(
        Tie(party=_party(kind, principal), kind=kind, until=_IN_FORCE if is_now else None)
        for kind, is_now in in_force.items()
    )


def _party(kind: str, principal: Principal) -> str:
    if kind in _OWN_WORD:
        return user_party(principal)
    return citizen_party(principal.person_nhs_number or "") if kind in {SELF, PROXY} else principal.organisation


def _objection(told: ObjectionFact) -> Objection:
    denied, excepted = (
        frozenset(Part(each.source, each.category) for each in kept) for kept in (told.denied, told.excepted)
    )
    return Objection(denied, excepted, told.by_name)


def _ties_told(case: Case) -> list[JsonObject]:
    """Whose word it is need not be said: one's own word counts where it is the asker's own, and every other tie is theirs."""
    in_force: dict[str, bool] = {}
    for tie in case.ties:
        if tie.kind not in _OWN_WORD or tie.party == user_party(case.principal):
            in_force[tie.kind] = in_force.get(tie.kind, False) or tie.until is not None
    return [{"kind": kind, "in_force": is_now} for kind, is_now in sorted(in_force.items())]


def _consents_told(consents: Consents) -> list[JsonObject]:
    told: list[JsonObject] = [
        {"denied": _parts(each.denied), "excepted": _parts(each.excepted), "by_name": each.by_name}
        for each in consents.objections
    ]
    return sorted(told, key=msgspec.json.encode)


def _parts(parts: Iterable[Part]) -> list[JsonObject]:
    return [{"source": part.source, "category": part.category} for part in sorted(parts)]


def place_of(error: Exception) -> str:
    """Return where a value is that is not understood, without what was sent."""
    _, found, place = str(error).rpartition(" - at `$")
    return place.rstrip("`") if found else ""


def invalid(place: str, why: str = "") -> Incorrect:
    said = f"The hypothetical case is not understood at {place}" if place else "The hypothetical case is not understood"
    return Incorrect(
        [Issue(code="value", error="what-if-invalid", diagnostics=f"{said}{f': {why}' if why else ''}.")], status=422
    )
