"""The oracle: search as FHIR R4 3.1.1 words it, over documents in memory; slow, and simple enough to be believed.

It reads nothing of the store's SQL. What a result is (a `Unit`): one resource, or one person with the Patient
contributions that may be seen.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.record.search.loading import Document
from tests.record.search.numbers import is_identifier, meant, read

from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir.search.homes import home, is_patient
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.fhir.search.query import (
    Chain,
    CompositeValue,
    Criterion,
    DateValue,
    Has,
    Hop,
    Include,
    MissingValue,
    Modifier,
    Node,
    NumberValue,
    PositionValue,
    Prefix,
    QuantityValue,
    ReferenceValue,
    SearchQuery,
    SortKey,
    StringValue,
    TokenValue,
    UriValue,
)
from lhcr.fhir.search.rows import CompositeRow
from lhcr.fhir.search.strings import fold
from lhcr.store.visibility import Visibility

NAMES = {number: name for name, number in type_ids().items()}


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    type: str
    person_id: int
    rid: int
    documents: tuple[Document, ...]

    @property
    def key(self) -> str:
        return self.documents[0].key

    @property
    def last_updated(self) -> int:
        return max(each.last_updated for each in self.documents)


class Oracle:
    def __init__(self, documents: Sequence[Document], *, visibility: Visibility, person: int | None) -> None:
        self.visibility = visibility
        self.person = person
        self.all = documents
        self.visible = [each for each in documents if self._may_be_seen(each)]
        self.by_place = {(each.person_id, each.key): each for each in self.visible}

    def _may_be_seen(self, document: Document) -> bool:
        if document.deleted:
            return False
        if document.person_id == 0:
            return document.class_id in self.visibility.classes
        is_entry = document.person_id > 0 and document.type != "Patient"
        return document.class_id in self.visibility.classes and (is_entry or not self._names_hidden(document))

    def _names_hidden(self, document: Document) -> bool:
        """An entry that names others is a person's own, and shown; but not whom else it names."""
        persons = self.visibility.persons
        return document.person_id != 0 and persons is not None and not set(document.members) <= set(persons)

    # Results.

    def search(self, query: SearchQuery) -> list[Unit]:
        found = [
            unit
            for unit in self.units(query.types)
            if self._is_in_reach(unit) and all(self.fulfils(unit, node) for node in query.criteria)
        ]
        for key in reversed(query.sort):
            found = self._sorted(found, key)
        return found

    def _sorted(self, units: list[Unit], key: SortKey) -> list[Unit]:
        """Sort stably; units without a value come last in either direction."""
        if not units:
            return []
        keyed = [(self.sort_value(unit, key), unit) for unit in units]
        valued = [pair for pair in keyed if pair[0] is not None]
        valued.sort(key=lambda pair: pair[0], reverse=key.descending)
        return [unit for _, unit in valued] + [unit for value, unit in keyed if value is None]

    def units(self, types: Sequence[str]) -> Iterator[Unit]:
        """Yield the results that there could be, in order of their numbers."""
        persons: dict[int, list[Document]] = {}
        for each in sorted(self.visible, key=lambda document: document.rid):
            if types and each.type not in types:
                continue
            if each.type == "Patient":
                persons.setdefault(each.person_id, []).append(each)
        firsts = {documents[0].rid: documents for documents in persons.values()}
        for each in sorted(self.visible, key=lambda document: document.rid):
            if each.rid in firsts:
                yield Unit("Patient", each.person_id, each.rid, tuple(firsts[each.rid]))
            elif each.type != "Patient" and (not types or each.type in types):
                yield Unit(each.type, each.person_id, each.rid, (each,))

    def _is_in_reach(self, unit: Unit) -> bool:
        if unit.person_id == 0:
            return self.person is None
        if self.person is not None and unit.person_id != self.person:
            return False
        return self.visibility.persons is None or unit.person_id in self.visibility.persons

    def person_unit(self, person_id: int) -> Unit | None:
        contributions = [each for each in self.visible if each.person_id == person_id and each.type == "Patient"]
        contributions.sort(key=lambda each: each.rid)
        return Unit("Patient", person_id, contributions[0].rid, tuple(contributions)) if contributions else None

    # Criteria.

    def fulfils(self, unit: Unit, node: Node) -> bool:
        match node:
            case Criterion():
                return self._criterion(unit, node)
            case Chain():
                return any(self._hop(unit, node, hop) for hop in node.hops)
            case Has():
                return self._has(unit, node)

    def _criterion(self, unit: Unit, criterion: Criterion) -> bool:
        parameters = [each for each in criterion.parameters if each.type == unit.type]
        if not parameters:
            return False
        (parameter,) = parameters
        if isinstance(criterion.values[0], MissingValue):
            return criterion.values[0].missing is not self._is_present(unit, parameter)
        found = any(self._has_value(unit, parameter, value, criterion.modifier) for value in criterion.values)
        return found is not (criterion.modifier is Modifier.NOT)

    def _is_present(self, unit: Unit, parameter: SearchParameter) -> bool:
        if parameter.kind is Kind.REFERENCE:
            identified = any(row[0] in parameter.rows for each in unit.documents for row in each.values.identifier)
            return identified or bool(self._references(unit, parameter)) or self._is_about_person(unit, parameter)
        return any(self._rows(each, parameter) for each in unit.documents)

    def _has_value(self, unit: Unit, parameter: SearchParameter, value: Any, modifier: Modifier | None) -> bool:
        if parameter.code == "_id":
            return any(each.id == value.code for each in unit.documents)
        if parameter.code == "_lastUpdated":
            return compares(value, unit.last_updated, unit.last_updated)
        if parameter.kind is Kind.REFERENCE and modifier is Modifier.IDENTIFIER:
            return self._has_identifier(unit, parameter, value)
        if parameter.kind is Kind.REFERENCE:
            return self._refers_to(unit, parameter, value)
        rows = [row for each in unit.documents for row in self._rows(each, parameter)]
        if parameter.code == "identifier":
            return any(is_identifier(value, row[1], row[2]) for row in rows)
        return any(matches(parameter.kind, row[1:], value, modifier) for row in rows)

    def _rows(self, document: Document, parameter: SearchParameter) -> list[Any]:
        """Return what was extracted; identifiers are read here, as what is tested reads them both in rows and in questions."""
        if parameter.code == "identifier":
            return [(parameter.id, *read(each)) for each in document.resource.get("identifier", ())]
        rows = getattr(document.values, parameter.kind.value)
        return [row for row in rows if row[0] in parameter.rows]

    # References.

    def _is_about_person(self, unit: Unit, parameter: SearchParameter) -> bool:
        """A home parameter means the person with whom the resource is, unless its subject is told to be something else."""
        if not parameter.home or unit.person_id <= 0 or unit.type == "Patient":
            return False
        subject = unit.documents[0].resource
        for name in home(unit.type).subjects[0].split("."):
            subject = subject.get(name, {})
        return is_patient(subject) or "reference" not in subject

    def _references(self, unit: Unit, parameter: SearchParameter) -> list[tuple[str, str, str]]:
        return [
            (NAMES.get(row[1], ""), row[2], row[3])
            for each in unit.documents
            for row in each.values.reference
            if row[0] in parameter.rows
        ]

    def _shown_references(self, unit: Unit, parameter: SearchParameter) -> list[tuple[str, str, str]]:
        """Of an entry that names somebody hidden nobody learns by asking to whom else it refers."""
        found = self._references(unit, parameter)
        if unit.type == "Patient" or not self._names_hidden(unit.documents[0]):
            return found
        return [each for each in found if each[0] not in {"", "Patient"} or self._is_own(unit, each)]

    def _is_own(self, unit: Unit, reference: tuple[str, str, str]) -> bool:
        key = f"{reference[0]}/{reference[1]}"
        return any(each.key == key == f"Patient/{each.id}" and each.person_id == unit.person_id for each in self.all)

    def _refers_to(self, unit: Unit, parameter: SearchParameter, value: ReferenceValue) -> bool:
        for target_type, target_id, version in self._shown_references(unit, parameter):
            same = target_id == value.id and (not value.types or target_type in value.types)
            if same and value.version in {None, version}:
                return True
        if not self._is_about_person(unit, parameter) or "Patient" not in value.types or value.absolute:
            return False
        return any(each.key == f"Patient/{value.id}" and each.person_id == unit.person_id for each in self.all)

    def _has_identifier(self, unit: Unit, parameter: SearchParameter, value: TokenValue) -> bool:
        shown = [each for each in unit.documents if unit.type == "Patient" or not self._names_hidden(each)]
        rows = [
            (row[0], *meant(row[1], row[2]))
            for each in shown
            for row in each.values.identifier
            if row[0] in parameter.rows
        ]
        if self._is_about_person(unit, parameter):
            person = self.person_unit(unit.person_id)
            known = type_parameter("Patient", "identifier")
            rows += [row for each in (person.documents if person else ()) for row in self._rows(each, known)]
        return any(is_identifier(value, row[1], row[2]) for row in rows)

    def targets(self, unit: Unit, parameter: SearchParameter, target: str) -> Iterator[Unit]:
        """Yield the resources of a type to which a unit refers through a parameter, as far as they may be seen."""
        if target == "Patient" and self._is_about_person(unit, parameter):
            person = self.person_unit(unit.person_id)
            if person is not None:
                yield person
        if target == "Patient" and parameter.home:
            return
        for target_type, target_id, _ in self._references(unit, parameter):
            if target_type == target:
                yield from self._target(unit, f"{target_type}/{target_id}", target)

    def _target(self, unit: Unit, key: str, target: str) -> Iterator[Unit]:
        for each in self.visible:
            if each.key != key or (unit.person_id == 0 and each.person_id != 0):
                continue
            if target == "Patient":
                person = self.person_unit(each.person_id)
                if each.person_id == unit.person_id and person is not None:
                    yield person
            elif each.person_id <= 0 or each.person_id == unit.person_id:
                yield Unit(each.type, each.person_id, each.rid, (each,))

    def _hop(self, unit: Unit, chain: Chain, hop: Hop) -> bool:
        parameters = [each for each in chain.parameters if each.type == unit.type]
        return any(
            self.fulfils(target, hop.criterion)
            for parameter in parameters
            for target in self.targets(unit, parameter, hop.target)
        )

    def _has(self, unit: Unit, has: Has) -> bool:
        return any(self.fulfils(source, has.criterion) for source in self.sources(unit, has.parameter))

    def sources(self, unit: Unit, parameter: SearchParameter) -> Iterator[Unit]:
        """Yield the resources that refer to a unit through a parameter, as far as they may be seen and reached."""
        keys = {each.key for each in unit.documents}
        for each in self.visible:
            if each.type != parameter.type or not self._may_refer(each, unit):
                continue
            source = Unit(each.type, each.person_id, each.rid, (each,))
            about = unit.type == "Patient" and self._is_about_person(source, parameter)
            if about or any(f"{t}/{i}" in keys for t, i, _ in self._references(source, parameter)):
                person = self.person_unit(each.person_id) if each.type == "Patient" else None
                yield person or source

    def _may_refer(self, source: Document, unit: Unit) -> bool:
        if source.person_id == unit.person_id:
            return True
        if unit.person_id > 0:
            return False
        if source.person_id == 0:
            return unit.person_id == 0
        persons = self.visibility.persons
        return self.person in {None, source.person_id} and (persons is None or source.person_id in persons)

    # Included resources.

    def included(self, query: SearchQuery, matches: Sequence[Unit]) -> list[str]:
        """Return the keys of what a query includes with its matches, in five rounds at most."""
        known = {unit.key for unit in matches}
        found: list[str] = []
        latest = list(matches)
        forward, reverse = query.includes, query.reverse_includes
        for _ in range(5):
            more: dict[str, Unit] = {}
            for unit in latest:
                for each in (*self._forward(unit, forward), *self._reverse(unit, reverse)):
                    if each.key not in known:
                        more[each.key] = each
            known |= set(more)
            found += more
            latest = list(more.values())
            forward = tuple(each for each in forward if each.iterate)
            reverse = tuple(each for each in reverse if each.iterate)
        return found

    def _forward(self, unit: Unit, includes: Sequence[Include]) -> Iterator[Unit]:
        for include in includes:
            for parameter in include.parameters:
                if parameter.type == unit.type:
                    for target in [include.target] if include.target else type_ids():
                        yield from self.targets(unit, parameter, target)

    def _reverse(self, unit: Unit, includes: Sequence[Include]) -> Iterator[Unit]:
        for include in includes:
            for parameter in include.parameters:
                if include.target in {None, unit.type}:
                    yield from self.sources(unit, parameter)

    # Order.

    def sort_value(self, unit: Unit, key: SortKey) -> Any:
        (parameter,) = (each for each in key.parameters if each.type == unit.type)
        if parameter.code == "_lastUpdated":
            return unit.last_updated
        if parameter.code == "_id":
            return unit.documents[0].id
        if parameter.clinical_date:
            clinical = unit.documents[0].values.clinical
            return None if clinical is None else clinical[0]
        if parameter.kind is Kind.REFERENCE:
            values: list[Any] = [each[1] for each in self._shown_references(unit, parameter)]
            if parameter.home and not values:
                values = [str(unit.person_id)]
        else:
            values = [sortable(parameter.kind, row) for each in unit.documents for row in self._rows(each, parameter)]
        return None if not values else max(values) if key.descending else min(values)


def type_parameter(resource_type: str, code: str) -> SearchParameter:
    from lhcr.fhir.search.catalogue import parameter

    found = parameter(resource_type, code)
    assert found is not None
    return found


def sortable(kind: Kind, row: Any) -> Any:
    if kind is Kind.TOKEN:
        return row[2]
    return fold(row[1]) if kind is Kind.STRING else row[1]


# Values.


def matches(kind: Kind, row: tuple[Any, ...], value: Any, modifier: Modifier | None) -> bool:
    match value:
        case TokenValue():
            return is_token(value, row[0], row[1])
        case StringValue():
            return is_string(value, row[0], modifier)
        case QuantityValue():
            return compares(value, row[0], row[1]) and is_unit(value, *row[2:5])
        case DateValue() | NumberValue():
            return compares(value, row[0], row[1])
        case UriValue(uri=uri):
            return bool(row[0] == uri)
        case PositionValue():
            return metres(value.latitude, value.longitude, row[0], row[1]) <= value.distance
        case CompositeValue():
            return is_composite(value, row)
    raise AssertionError(kind)


def is_token(value: TokenValue, system: str, code: str) -> bool:
    return (value.system is None or value.system == system) and (value.code is None or value.code == code)


def is_string(value: StringValue, text: str, modifier: Modifier | None) -> bool:
    if modifier is Modifier.EXACT:
        return text == value.text
    if modifier is Modifier.CONTAINS:
        return fold(value.text) in fold(text)
    return fold(text).startswith(fold(value.text))


def is_unit(value: QuantityValue, system: str, code: str, unit: str) -> bool:
    if value.system is None:
        return value.code is None or value.code in {code, unit}
    return value.system == system and value.code in {None, code}


def is_composite(value: CompositeValue, row: tuple[Any, ...]) -> bool:
    whole = CompositeRow(0, *row)
    second = value.components[1]
    if not matches(Kind.TOKEN, (whole.system1, whole.code1), value.components[0], None):
        return False
    match second:
        case TokenValue():
            return is_token(second, whole.system2 or "", whole.code2 or "")
        case QuantityValue():
            unit = is_unit(second, whole.system2 or "", whole.code2 or "", whole.text2 or "")
            return (
                whole.low2 is not None
                and whole.high2 is not None
                and compares(second, whole.low2, whole.high2)
                and unit
            )
        case DateValue() | NumberValue():
            return whole.low2 is not None and whole.high2 is not None and compares(second, whole.low2, whole.high2)
        case StringValue():
            return whole.text2 is not None and is_string(second, whole.text2, None)
    raise AssertionError(second)


def compares(value: DateValue | NumberValue | QuantityValue, low: float, high: float) -> bool:
    """Compare a row's interval with the query's, as the table of `lhcr.fhir.search.query` says."""
    inside = value.low <= low and high <= value.high
    return {
        Prefix.EQ: inside,
        Prefix.NE: not inside,
        Prefix.GT: high > value.high,
        Prefix.LT: low < value.low,
        Prefix.GE: high > value.high or inside,
        Prefix.LE: low < value.low or inside,
        Prefix.SA: low > value.high,
        Prefix.EB: high < value.low,
        Prefix.AP: low <= value.high and value.low <= high,
    }[value.prefix]


def metres(latitude1: float, longitude1: float, latitude2: float, longitude2: float) -> float:
    """The great-circle distance by the spherical law of cosines, unlike the store's haversine."""
    one, two = math.radians(latitude1), math.radians(latitude2)
    between = math.radians(longitude2 - longitude1)
    cosine = math.sin(one) * math.sin(two) + math.cos(one) * math.cos(two) * math.cos(between)
    return 6_371_008.8 * math.acos(max(-1.0, min(1.0, cosine)))
