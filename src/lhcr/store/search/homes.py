"""Homes in SQL: a reference to the person whom a resource is about has no row, because the row's own person answers it."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from lhcr.fhir.search.catalogue import parameters_of, type_id
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Criterion, ReferenceValue
from lhcr.store.search.bindings import Key
from lhcr.store.search.compilation import NEVER, PATIENT, Compilation, Place, Row, every, row_ids


def place_of(resource_type: str) -> Place:
    if resource_type == PATIENT:
        return Place.PATIENT
    return Place.DIRECTORY if home(resource_type).kind is HomeKind.DIRECTORY else Place.PERSON


@cache
def home_parameters(resource_type: str) -> tuple[SearchParameter, ...]:
    """Return every parameter of a type that means exactly the person whom a resource is about."""
    return tuple(each for each in parameters_of(resource_type).values() if each.home)


def is_about_person(c: Compilation, row: Row, parameters: tuple[SearchParameter, ...]) -> str:
    """Say that the row refers, through a home parameter, to the person with whom it is at home.

    A resource may be at home with a person through what it is about (a Device's Observation with the Device's person). Then
    one of the type's home parameters has a row, for the Device, and none means the person. Few records hold any such row:
    that is asked once, before each row is.
    """
    homes = [parameter for parameter in parameters if parameter.home]
    if row.place is not Place.PERSON or not homes:
        return NEVER
    person = c.person(row)
    conditions = [] if (c.scope.person or 0) > 0 else [f"{person} > 0"]
    if len(homes) < len(parameters):
        types = c.arguments.add([type_id(each.type) for each in homes], "smallint[]")
        conditions.append(f"{row.alias}.type = ANY ({types})")
    rows = row_ids(tuple(each for home_ in homes for each in home_parameters(home_.type)))
    named = c.arguments.add(rows, "smallint[]")
    patient = c.arguments.named("patient", type_id(PATIENT), "smallint")
    alias = c.alias("h")
    other = (
        f"SELECT FROM search_reference AS {alias} WHERE {alias}.person_id = {person}"
        f" AND {alias}.param = ANY ({named}) AND {alias}.target_type <> {patient}"
    )
    conditions.append(f"(NOT EXISTS ({other}) OR NOT EXISTS ({other} AND {alias}.rid = {row.alias}.rid))")
    return every(conditions)


def names_person(c: Compilation, row: Row, criterion: Criterion) -> str:
    """Say that a home criterion names the row's person by the id of one of the person's Patients."""
    persons = persons_named(c.bindings.persons, criterion)
    if not persons or row.place is not Place.PERSON or not any(each.home for each in criterion.parameters):
        return NEVER
    about = is_about_person(c, row, criterion.parameters)
    if c.scope.person is not None and c.scope.person not in persons:
        return f"(false AND {about})"
    named = dict(_named(c.bindings.persons, criterion))
    if unseen := sorted(named.keys() & c.bindings.unseen):
        known = {person for key, person in named.items() if key not in c.bindings.unseen}
        return f"({_is_named_by_seen(c, row, known, unseen)} AND {about})"
    if c.scope.person is None:
        among = c.arguments.add(sorted(persons), "bigint[]")
        return f"({row.alias}.person_id = ANY ({among}) AND {about})"
    return about


def _is_named_by_seen(c: Compilation, row: Row, known: Collection[int], unseen: Collection[Key]) -> str:
    """Say that a row's person is known, or has one of some Patients who may be seen, deleted or not.

    Hazard: the id of another source's Patient that finds what the own source wrote about the same person tells whose it is.
    """
    person, patient = c.person(row), c.arguments.named("patient", type_id(PATIENT), "smallint")
    alias, ids = c.alias("n"), c.arguments.add(sorted(each[1] for each in unseen), "text[]")
    seen = [f"{alias}.person_id = {person}", f"{alias}.type = {patient}", f"{alias}.id = ANY ({ids})"]
    exists = f"EXISTS (SELECT FROM resource AS {alias} WHERE {every([*seen, *c.permitted(alias)])})"
    return f"({person} = ANY ({c.arguments.add(sorted(known), 'bigint[]')}) OR {exists})" if known else exists


def persons_named(persons: Mapping[Key, int], criterion: Criterion) -> frozenset[int]:
    """Return the persons whom the values of a reference criterion name as Patients."""
    return frozenset(person for _, person in _named(persons, criterion))


def _named(persons: Mapping[Key, int], criterion: Criterion) -> Iterator[tuple[Key, int]]:
    for value in criterion.values:
        if isinstance(value, ReferenceValue) and PATIENT in value.types and not value.absolute:
            key = type_id(PATIENT), value.id
            if persons.get(key, 0) > 0:
                yield key, persons[key]
