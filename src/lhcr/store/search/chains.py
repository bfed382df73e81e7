"""Chains: conditions on what a row refers to (`subject:Patient.name=x`), and on what refers to it (`_has`).

A hop joins on the person or goes to the directory. Between the shelf or the directory and persons no statement joins: what
is fulfilled there was looked up before, and stands in the bindings.
"""

from collections.abc import Callable

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import Chain, Has, Hop, Node
from lhcr.store.search.compilation import NEVER, PATIENT, Compilation, Place, Row, every, of_row, some
from lhcr.store.search.homes import is_about_person, place_of

Condition = Callable[[Compilation, Row, Node], str]


def refers_to_fulfilling(c: Compilation, row: Row, chain: Chain, condition: Condition) -> str:
    arms = [arm for hop in chain.hops for arm in _hop(c, row, chain, hop, condition)]
    return some([arm for arm in arms if arm != NEVER])


def _hop(c: Compilation, row: Row, chain: Chain, hop: Hop, condition: Condition) -> list[str]:
    target = place_of(hop.target)
    arms: list[str] = []
    if not of_row(row, chain.parameters):
        return arms
    if target is Place.PATIENT and row.place is Place.PERSON:
        arms.append(_refers_to_own_person(c, row, chain, hop, condition))
    through_rows = target is not Place.PATIENT or not all(each.home for each in chain.parameters)
    if through_rows and (target is Place.DIRECTORY or row.place is not Place.DIRECTORY):
        arms.append(_refers_through_rows(c, row, chain, hop, condition))
    if ids := c.bindings.targets.get((chain, hop)):
        arms.append(_refers_to_one_of(c, row, chain, hop, ids))
    return arms


def _refers_to_own_person(c: Compilation, row: Row, chain: Chain, hop: Hop, condition: Condition) -> str:
    about = is_about_person(c, row, chain.parameters)
    return about if about == NEVER else every([about, _person_fulfils(c, row, hop.criterion, condition)])


def _person_fulfils(c: Compilation, row: Row, node: Node, condition: Condition) -> str:
    """Ask for the person of a row, who is known to the reader only through a permitted Patient contribution."""
    alias = c.alias("p")
    conditions = [
        f"{alias}.person_id = {c.person(row)}",
        f"{alias}.type = {_patient(c)}",
        *c.visible(alias, Place.PATIENT),
    ]
    conditions.append(condition(c, Row(alias, Place.PATIENT), node))
    return f"EXISTS (SELECT FROM resource AS {alias} WHERE {every(conditions)})"


def _refers_through_rows(c: Compilation, row: Row, chain: Chain, hop: Hop, condition: Condition) -> str:
    reference, target, place = c.alias("f"), c.alias("t"), place_of(hop.target)
    joined = [
        f"{target}.person_id = {'0' if place is Place.DIRECTORY else f'{reference}.person_id'}",
        f"{target}.type = {reference}.target_type",
        f"{target}.id = {reference}.target_id",
    ]
    conditions = [
        *_reference_rows(c, row, chain, reference),
        f"{reference}.target_type = {c.arguments.add(type_id(hop.target), 'smallint')}",
        *c.visible(target, place),
        condition(c, Row(target, place), hop.criterion),
    ]
    return (
        f"EXISTS (SELECT FROM {c.table('search_reference', row.place)} AS {reference} "
        f"JOIN {c.table('resource', place)} AS {target} ON {every(joined)} WHERE {every(conditions)})"
    )


def _refers_to_one_of(c: Compilation, row: Row, chain: Chain, hop: Hop, ids: tuple[str, ...]) -> str:
    reference = c.alias("f")
    conditions = [
        *_reference_rows(c, row, chain, reference),
        f"{reference}.target_type = {c.arguments.add(type_id(hop.target), 'smallint')}",
        f"{reference}.target_id = ANY ({c.arguments.add(ids, 'text[]')})",
    ]
    return f"EXISTS (SELECT FROM {c.table('search_reference', row.place)} AS {reference} WHERE {every(conditions)})"


def _reference_rows(c: Compilation, row: Row, chain: Chain, alias: str) -> list[str]:
    conditions = [f"{alias}.person_id = {c.person(row)}", c.parameters(alias, of_row(row, chain.parameters))]
    if row.place is not Place.PATIENT:
        conditions.append(f"{alias}.rid = {row.alias}.rid")
    conditions += c.permitted(alias)
    conditions += c.placeless(alias, row.place, chain.parameters)
    return conditions + c.of_visible_contribution(alias) if row.place is Place.PATIENT else conditions


def referred_from_fulfilling(c: Compilation, row: Row, has: Has, condition: Condition) -> str:
    source = place_of(has.parameter.type)
    arms = []
    if row.place is Place.PATIENT and has.parameter.home:
        arms.append(_has_about_person(c, row, has, condition))
    elif (row.place is Place.DIRECTORY) == (source is Place.DIRECTORY):
        arms.append(_has_through_rows(c, row, has, condition))
    if ids := c.bindings.sources.get(has):
        arms.append(_is_one_of(c, row, ids))
    return some(arms)


def _has_about_person(c: Compilation, row: Row, has: Has, condition: Condition) -> str:
    alias = c.alias("o")
    source = Row(alias, Place.PERSON)
    conditions = [
        f"{alias}.person_id = {c.person(row)}",
        f"{alias}.type = {c.arguments.add(type_id(has.parameter.type), 'smallint')}",
        *c.visible(alias, Place.PERSON),
        is_about_person(c, source, (has.parameter,)),
        condition(c, source, has.criterion),
    ]
    return f"EXISTS (SELECT FROM resource AS {alias} WHERE {every(conditions)})"


def _has_through_rows(c: Compilation, row: Row, has: Has, condition: Condition) -> str:
    reference, source, place = c.alias("f"), c.alias("o"), place_of(has.parameter.type)
    joined = f"{source}.person_id = {reference}.person_id AND {source}.rid = {reference}.rid"
    tables = (
        f"{c.table('search_reference', place)} AS {reference} JOIN {c.table('resource', place)} AS {source} ON {joined}"
    )
    conditions = [
        f"{reference}.person_id = {c.person(row)}",
        c.parameters(reference, (has.parameter,)),
        *c.permitted(reference),
        *c.placeless(reference, place, (has.parameter,)),
        *c.visible(source, place),
        condition(c, Row(source, place), has.criterion),
    ]
    if row.place is Place.PATIENT:
        contribution = c.alias("p")
        tables += f" JOIN resource AS {contribution} ON {contribution}.person_id = {reference}.person_id"
        conditions += [f"{contribution}.type = {_patient(c)}", *c.visible(contribution, Place.PATIENT)]
    else:
        contribution = row.alias
    conditions += [
        f"{reference}.target_type = {contribution}.type",
        f"{reference}.target_id = {contribution}.id",
    ]
    return f"EXISTS (SELECT FROM {tables} WHERE {every(conditions)})"


def _is_one_of(c: Compilation, row: Row, ids: tuple[str, ...]) -> str:
    """What is referred to from other persons' records is in the directory or on the shelf."""
    among = f"{row.alias}.id = ANY ({c.arguments.add(ids, 'text[]')})"
    return among if row.place is Place.DIRECTORY else f"({row.alias}.person_id < 0 AND {among})"


def _patient(c: Compilation) -> str:
    return c.arguments.named("patient", type_id(PATIENT), "smallint")
