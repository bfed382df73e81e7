"""The structures of FHIR R4: resource types, data types and their elements, read from `structures.json` when first asked."""

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

_one_reader = threading.Lock()

Kind = Literal["resource", "complex", "nested", "primitive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a structure, as the specification names it (`value[x]` for a choice of types).

    `types` are names of structures; an element with elements of its own, and one that refers to another's content,
    names a nested structure such as `Observation.component`. `targets` are the types that a Reference may name, none
    meaning any. `codes` is the canonical address of the value set that a required binding names.
    """

    name: str
    types: tuple[str, ...]
    min: int = 0
    many: bool = False
    targets: tuple[str, ...] = ()
    codes: str | None = None
    modifier: bool = False
    summary: bool = False

    @property
    def is_choice(self) -> bool:
        return self.name.endswith("[x]")

    def member_names(self) -> tuple[tuple[str, str], ...]:
        """Give (JSON member name, type) for each type that the element may take."""
        if not self.is_choice:
            return ((self.name, self.types[0]),)
        stem = self.name.removesuffix("[x]")
        return tuple((stem + name[0].upper() + name[1:], name) for name in self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A type with the elements that it adds to those of its base."""

    kind: Kind
    base: str | None
    abstract: bool
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One member that a JSON object of a structure may have: its element and, among a choice, the type it stands for."""

    name: str
    type: str
    element: Element


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that `structures.json` says."""

    fhir_version: str
    structures: Mapping[str, Structure]
    codes: Mapping[str, Mapping[str, tuple[str, ...]]]

    def is_resource_type(self, name: object) -> bool:
        """Tell whether a resource can have this type: abstract ones are none."""
        structure = self.structures.get(name) if isinstance(name, str) else None
        return structure is not None and structure.kind == "resource" and not structure.abstract

    def is_primitive(self, name: str) -> bool:
        return self.structures[name].kind == "primitive"

    def resource_types(self) -> tuple[str, ...]:
        return tuple(name for name in self.structures if self.is_resource_type(name))

    def elements(self, name: str) -> tuple[Element, ...]:
        """Give all elements of a structure, the inherited ones first, in the order of the specification."""
        structure = self.structures[name]
        inherited = self.elements(structure.base) if structure.base else ()
        return inherited + structure.elements

    def members(self, name: str) -> dict[str, Member]:
        """Give every JSON member that an object of the structure may have, save `resourceType` and `_` members."""
        return {
            member: Member(sys.intern(member), type_name, element)
            for element in self.elements(name)
            for member, type_name in element.member_names()
        }


@cache
def load_definitions() -> Definitions:
    """Read the definitions once a process, in about 20 ms; importing this module reads nothing.

    The decoder learns a type when it first meets it, and crashes the process where two threads have it learn the same one.
    """
    with _one_reader:
        return _read_definitions()


@cache
def _read_definitions() -> Definitions:
    return msgspec.json.decode(files(__package__).joinpath("structures.json").read_bytes(), type=Definitions)


def is_resource_type(name: object) -> bool:
    """Tell whether FHIR R4 has a resource type of this name."""
    return load_definitions().is_resource_type(name)
