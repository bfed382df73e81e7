"""Sensitive codes: which labels an entry has because one of its codings lies in a value set, wherever in the entry it stands.

Hazard guarded here: a sensitive item exposed. A label that a set gives is kept apart from the same label of a source, so that a set
that goes takes away nothing but its own.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from lhcr.access.security_label import VERY_RESTRICTED
from lhcr.access.sensitivity_spellings import READ_WITH_TERM, spellings, without_term
from lhcr.access.sensitivity_systems import READ_CODES, SNOMED_CT, code_system
from lhcr.fhir.json_document import read_json, write_json
from lhcr.kernel.json_types import JsonObject

#: Read by `canonical_label` as the system that its last part names, so that every rule takes it for the label itself.
_OF_SET: Final = "urn:lhcr:value-set:"
_MOST_LABELS: Final = 3
#: Shorter than an identifier of SNOMED CT (6 to 18 digits) with anything beside it: an expression, or an identifier with its term.
_SHORTEST_EXPRESSION: Final = 7
_IDENTIFIERS: Final = re.compile(r"(?<!\d)\d{6,18}(?!\d)")
_DIGITS: Final = re.compile(rb"[0-9]{6}")
#: Bodies are written compactly. A code with a quotation mark in it would be cut short here, and no set may name one.
_WRITTEN: Final = re.compile(rb'"code":"([^"]*)"')


class SetCode(NamedTuple):
    """One code of a set: its system as `code_system` spells it, and the set's label as `system|code`."""

    system: str
    code: str
    label: str


class _Meaning(NamedTuple):
    system: str
    label: str


def label_of_set(label: str) -> str:
    """Return a label `system|code` as one that a value set gives."""
    system, _, code = label.rpartition("|")
    return f"{_OF_SET}{system.rpartition('/')[2].removeprefix('v3-').casefold()}|{code}"


def is_label_of_set(label: str) -> bool:
    return label.startswith(_OF_SET)


def labels_of_sets(labels: Iterable[str]) -> frozenset[str]:
    """Return those of a class's labels that value sets give."""
    return frozenset(label for label in labels if is_label_of_set(label))


def joint_labels(own: Collection[str], of_sets: Collection[str]) -> tuple[str, ...]:
    """Return the labels of a class, sorted, of those that its rows have by themselves and those of value sets.

    More than three of sets become the strictest, so that there are few classes.
    """
    few = of_sets if len(of_sets) <= _MOST_LABELS else (label_of_set(VERY_RESTRICTED),)
    return tuple(sorted({*own, *few}))


@dataclass(frozen=True, slots=True)
class SensitiveCodes:
    """The codes of all sets as they stood at one epoch of sensitivity; none at epoch 0, which was never read.

    `written`: the codes as they stand in stored bodies.
    """

    epoch: int
    meanings: Mapping[str, tuple[_Meaning, ...]]
    written: frozenset[bytes]
    restricted: frozenset[tuple[int, int]] = frozenset()
    """Persons with the numbers of sources of which all that they contribute about the person is restricted by an order."""

    def __bool__(self) -> bool:
        return bool(self.meanings)

    def may_lie_in(self, body: bytes) -> bool:
        """Whether a stored body may hold one of the codes: nearly no body does, and this takes a sixth of the time of `labels_of`."""
        found = _WRITTEN.findall(body)
        if not self.written.isdisjoint(found):
            return True
        return any(len(each) >= _SHORTEST_EXPRESSION and not each.isdigit() and self._may_hold(each) for each in found)

    def _may_hold(self, written: bytes) -> bool:
        return _DIGITS.search(written) is not None or without_term(written.decode()).encode() in self.written

    def labels_in(self, body: bytes) -> frozenset[str]:
        """Return the labels that sets give a resource by its stored body."""
        return self.labels_of(read_json(body)) if self and self.may_lie_in(body) else frozenset()

    def labels_of(self, resource: JsonObject) -> frozenset[str]:
        """Return the labels that sets give a resource, for any coding in it, what it contains and the entries of a Bundle.

        A coding that names no system counts in every system. Words and values that are codes without being codings do not count.
        """
        found: set[str] = set()
        meanings = self.meanings
        pending: list[Any] = [resource]
        while pending:
            part = pending.pop()
            if part.__class__ is dict:
                code = part.get("code")
                if code.__class__ is str and (code in meanings or _is_composed(code)):
                    found.update(self._meant(code, part.get("system")))
                part = part.values()
            pending += [value for value in part if value.__class__ is dict or value.__class__ is list]
        return frozenset(found)

    def _meant(self, code: str, system: object) -> Iterable[str]:
        known = code_system(system) if isinstance(system, str) and system.strip() else ""
        codes = {code}
        if _is_composed(code) and known in {"", SNOMED_CT}:
            codes.update(_IDENTIFIERS.findall(code))
        if len(code) == READ_WITH_TERM and (not known or known in READ_CODES):
            codes.add(without_term(code))
        for each in codes & self.meanings.keys():
            for meaning in self.meanings[each]:
                if known in {"", meaning.system}:
                    yield meaning.label


def _is_composed(code: str) -> bool:
    """Whether a code may hold another: an identifier beside something else, or a Read code with that of its term behind it."""
    return len(code) >= _SHORTEST_EXPRESSION and not code.isdigit()


NO_CODES: Final = SensitiveCodes(epoch=0, meanings=MappingProxyType({}), written=frozenset())


def sensitive_codes(
    codes: Iterable[SetCode], *, epoch: int, restricted: Iterable[tuple[int, int]] = ()
) -> SensitiveCodes:
    """Return codes turned the way in which entries ask."""
    meanings: dict[str, set[_Meaning]] = {}
    for each in codes:
        system = code_system(each.system)
        for spelling in spellings(system, each.code):
            meanings.setdefault(spelling, set()).add(_Meaning(system, label_of_set(each.label)))
    return SensitiveCodes(
        epoch=epoch,
        meanings=MappingProxyType({code: tuple(sorted(of)) for code, of in meanings.items()}),
        written=frozenset(write_json(code)[1:-1] for code in meanings),
        restricted=frozenset(restricted),
    )
