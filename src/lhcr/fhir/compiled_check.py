"""The structural check that is quick: each structure compiled, when first met, to a function that only says yes.

A yes is as good as `structural_check` finding nothing. Anything else - a no, or an exception because a value is of
another type than the definitions say - means "ask the check that explains": also for what is rare and right, such as
extensions of primitives. So each test here may be too strict, and none may be too lenient.
"""

import threading
from collections.abc import Callable
from typing import Any

from lhcr.fhir.definitions.structures import Definitions, Element, Member
from lhcr.fhir.primitives import PRIMITIVES
from lhcr.fhir.structural_check import allowed_codes, allowed_codings

Check = Callable[[Any], object]

_FEW = 6
"""So many types are looked for one by one as quickly as in a set."""


class CompiledChecks:
    """The compiled structures of one process: some 30 KB for each resource type that it has met."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._structures: dict[str, Check] = {}
        self._underway: set[str] = set()
        self._compiling = threading.RLock()

    def surely_valid(self, resource: Any) -> bool:
        """Say yes only where the resource is valid; a no says nothing."""
        try:
            return bool(self._resource(resource))
        except (KeyError, TypeError, AttributeError):
            return False

    def _resource(self, resource: Any) -> object:
        return self._structure(resource["resourceType"])(resource)

    def _contained_resource(self, resource: Any) -> object:
        return "contained" not in resource and self._resource(resource)

    def _structure(self, name: str) -> Check:
        return self._structures.get(name) or self._compile(name)

    def _compile(self, name: str) -> Check:
        if name == "Resource":
            return self._resource
        structure = self._definitions.structures[name]
        if structure.kind == "resource" and structure.abstract:
            raise KeyError(name)
        with self._compiling:
            if name in self._underway:
                return self._later(name)  # A structure may hold itself.
            self._underway.add(name)
            check = self._structures[name] = self._compile_members(name)
            self._underway.discard(name)
        return check

    def _later(self, name: str) -> Check:
        def check(value: Any) -> object:
            return self._structures[name](value)

        return check

    def _compile_members(self, name: str) -> Check:
        table: dict[str, Check] = {}
        choices: dict[str, tuple[int, Check]] = {}
        bits = {
            element.name: 1 << place
            for place, element in enumerate(self._definitions.elements(name))
            if element.is_choice
        }
        for member in self._definitions.members(name).values():
            check = self._member(member)
            if member.element.is_choice:
                choices[member.name] = (bits[member.element.name], check)
            else:
                table[member.name] = check
        required = [element for element in self._definitions.elements(name) if element.min]
        names = frozenset(element.name for element in required if not element.is_choice)
        needed_bits = sum(bits[element.name] for element in required if element.is_choice)
        if self._definitions.structures[name].kind == "resource":
            table["resourceType"] = frozenset((name,)).__contains__
        if name == "Extension":
            return _extension(table, choices)
        return _with_choices(table, names, choices, needed_bits) if choices else _without_choices(table, names)

    def _member(self, member: Member) -> Check:
        single = self._single(member)
        return _each(single) if member.element.many else single

    def _single(self, member: Member) -> Check:
        element = member.element
        if self._definitions.is_primitive(member.type):
            return allowed_codes(element.codes).__contains__ if element.codes else PRIMITIVES[member.type]
        if member.type == "Resource":
            return self._contained_resource if member.name == "contained" else self._resource
        check = self._structure(member.type)
        if member.type == "Reference":
            return _reference(check, element, self._definitions)
        if member.type == "CodeableConcept" and element.codes:
            return _bound_concept(check, allowed_codings(element.codes))
        return check


def _each(check: Check) -> Check:
    def check_items(value: Any) -> bool:
        if type(value) is not list or not value:
            return False
        for each in value:  # noqa: SIM110 - a call from Python to Python costs half of one by way of all().
            if not check(each):
                return False
        return True

    return check_items


def _without_choices(table: dict[str, Check], required: frozenset[str]) -> Check:
    if not required:
        return _without_required(table)
    is_whole = _whole(required)

    def check(value: Any) -> bool:
        for name, member in value.items():
            if not table[name](member):
                return False
        return is_whole(value)

    return check


def _without_required(table: dict[str, Check]) -> Check:
    """Give the check of the commonest structures, such as Coding, without a call for what they need not have."""

    def check(value: Any) -> bool:
        for name, member in value.items():
            if not table[name](member):
                return False
        return len(value) > 1 or (len(value) == 1 and "id" not in value)

    return check


def _with_choices(
    table: dict[str, Check], required: frozenset[str], choices: dict[str, tuple[int, Check]], needed: int
) -> Check:
    is_whole = _whole(required)

    def check(value: Any) -> bool:
        seen = 0
        for name, member in value.items():
            if name in table:
                if not table[name](member):
                    return False
            else:
                bit, known = choices[name]
                if seen & bit or not known(member):
                    return False
                seen |= bit
        return seen & needed == needed and is_whole(value)

    return check


def _whole(required: frozenset[str]) -> Callable[[Any], bool]:
    """Give the test that an object has what it must, and more than an id. None requires an id."""
    if not required:
        return lambda value: len(value) > 1 or (len(value) == 1 and "id" not in value)
    first, *others = sorted(required)
    if not others:
        return lambda value: first in value

    def has_all(value: Any) -> bool:
        for name in required:  # noqa: SIM110 - as above.
            if name not in value:
                return False
        return True

    return has_all


def _extension(table: dict[str, Check], choices: dict[str, tuple[int, Check]]) -> Check:
    check_members = _with_choices(table, frozenset(("url",)), choices, 0)

    def check(value: Any) -> object:
        has_value = not choices.keys().isdisjoint(value)
        return has_value != ("extension" in value) and check_members(value)

    return check


def _reference(check: Check, element: Element, definitions: Definitions) -> Check:
    elsewhere = ("urn:", "#", "http://", "https://")
    targets = frozenset(element.targets or definitions.resource_types())

    def check_reference(value: Any) -> object:
        if "reference" in value:
            reference = value["reference"]
            named = reference.partition("/")[0].partition("?")[0]
            if named not in targets and not reference.startswith(elsewhere):
                return False
        return check(value)

    def check_reference_to_few(value: Any) -> object:
        return ("reference" not in value or value["reference"].startswith(few)) and check(value)

    few = (*(f"{target}{mark}" for target in sorted(targets) for mark in "/?"), *elsewhere)
    return check_reference_to_few if len(targets) <= _FEW else check_reference


def _bound_concept(check: Check, allowed: frozenset[tuple[str, str]]) -> Check:
    def check_concept(value: Any) -> object:
        for coding in value["coding"]:
            if (coding["system"], coding["code"]) in allowed:
                return check(value)
        return False

    return check_concept
