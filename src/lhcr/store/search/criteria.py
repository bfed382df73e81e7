"""Criteria: the condition on a row that it, what it refers to, or what refers to it, fulfils what is asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from lhcr.fhir.search.catalogue import parameter, type_id
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.fhir.search.query import (
    Chain,
    Criterion,
    DateValue,
    Has,
    MissingValue,
    Modifier,
    Node,
    ReferenceValue,
    TokenValue,
    Value,
)
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.store.search.chains import referred_from_fulfilling, refers_to_fulfilling
from lhcr.store.search.clinical import NO_DATE
from lhcr.store.search.compilation import NEVER, PATIENT, Compilation, Place, Row, every, negated, of_row, some
from lhcr.store.search.contributors import CONTRIBUTOR, contributors_asked, has_contributor
from lhcr.store.search.homes import is_about_person, names_person
from lhcr.store.search.intervals import COMPARISONS, compare_any, comparison
from lhcr.store.search.values import TABLES, matches_value

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def condition(c: Compilation, row: Row, node: Node) -> str:
    match node:
        case Criterion():
            return _criterion(c, row, node)
        case Chain():
            return refers_to_fulfilling(c, row, node, condition)
        case Has():
            return referred_from_fulfilling(c, row, node, condition)


def _criterion(c: Compilation, row: Row, criterion: Criterion) -> str:
    match criterion.values[0]:
        case MissingValue(missing=missing):
            present = _is_present(c, row, criterion.parameters)
            return negated(present) if missing else present
        case _:
            found = _fulfils(c, row, criterion)
            return negated(found) if criterion.modifier is Modifier.NOT else found


def _is_present(c: Compilation, row: Row, parameters: tuple[SearchParameter, ...]) -> str:
    if parameters[0].code in {"_id", "_lastUpdated"}:
        return every([])
    dated, others = part_dated(row, parameters)
    if dated:
        present = [every([*types_of(c, row, dated, others), f"{row.alias}.clinical_high > {NO_DATE}"])]
        return some([*present, _is_present(c, row, others)] if others else present)
    if parameters[0].code == CONTRIBUTOR:
        return has_contributor(c, row, parameters)
    kind = parameters[0].kind
    # That somebody has a number tells nothing, and everybody's restricted record would lack one.
    telling = tuple(each for each in parameters if each.code != "identifier")
    arms = [exists(c, row, TABLES[kind], parameters, lambda _: "", telling=telling)]
    if kind is Kind.REFERENCE:
        arms.append(exists(c, row, "search_token", parameters, lambda _: "", telling=telling))
        about = is_about_person(c, row, parameters)
        arms += [] if about == NEVER else [about]
    return some(arms)


def _fulfils(c: Compilation, row: Row, criterion: Criterion) -> str:
    code, kind = criterion.parameters[0].code, criterion.parameters[0].kind
    if code == "_id":
        return _has_id(c, row, criterion)
    if code == "_lastUpdated":
        return some([_is_updated(c, row, value) for value in criterion.values if isinstance(value, DateValue)])
    dated, others = part_dated(row, criterion.parameters)
    if dated:
        fulfilled = [every([*types_of(c, row, dated, others), _is_dated(c, row, criterion)])]
        return some([*fulfilled, _fulfils(c, row, replace(criterion, parameters=others))] if others else fulfilled)
    if code == CONTRIBUTOR:
        return _has_source(c, row, criterion)
    if kind is Kind.REFERENCE and criterion.modifier is Modifier.IDENTIFIER:
        return _refers_by_identifier(c, row, criterion)
    found = _exists_fulfilling(c, row, TABLES[kind], kind, criterion)
    if kind is not Kind.REFERENCE:
        return found
    arms = (names_person(c, row, criterion), found, _is_itself(c, row, criterion))
    return some([arm for arm in arms if arm != NEVER])


def _has_source(c: Compilation, row: Row, criterion: Criterion) -> str:
    """Compare who contributed, and what the sender says is the source where that names no contributor."""
    codes, words = contributors_asked(criterion)
    arms = [has_contributor(c, row, criterion.parameters, codes)] if codes else []
    arms += [_exists_fulfilling(c, row, TABLES[Kind.URI], Kind.URI, words)] if words else []
    return some(arms)


def _is_itself(c: Compilation, row: Row, criterion: Criterion) -> str:
    """Say that a row is what a reference names, where a compartment asks for that too: its resource belongs to it."""
    owners = [each.type for each in of_row(row, criterion.parameters) if each.code == "_id"]
    if not owners:
        return NEVER
    types = c.arguments.add([type_id(name) for name in owners], "smallint[]")
    return f"({row.alias}.type = ANY ({types}) AND {_has_id(c, row, criterion)})"


def _exists_fulfilling(c: Compilation, row: Row, table: str, kind: Kind, criterion: Criterion) -> str:
    return exists(
        c,
        row,
        table,
        criterion.parameters,
        lambda alias: _matches(c, row, kind, alias, criterion),
        telling=telling(criterion),
    )


def _matches(c: Compilation, row: Row, kind: Kind, alias: str, criterion: Criterion) -> str:
    """Compare the values; of a masked row neither whom it names nor the numbers that stand for them can be asked for."""
    matched = matches_value(c, kind, alias, criterion.values, criterion.modifier)
    if matched == NEVER or criterion.parameters[0].kind is not Kind.REFERENCE:
        return matched
    if kind is Kind.REFERENCE:
        return every([matched, *c.shown_references(alias, row)])
    masked = c.masked(row.alias, row.place)
    return matched if masked == NEVER else every([matched, negated(masked)])


def telling(criterion: Criterion) -> tuple[SearchParameter, ...]:
    """Return the parameters that may tell where somebody is. Whoever asks by NHS number learns nothing of that."""
    numbered = all(isinstance(each, TokenValue) and each.system == NHS_NUMBER for each in criterion.values)
    return tuple(each for each in criterion.parameters if not (numbered and each.code == "identifier"))


def exists(
    c: Compilation,
    row: Row,
    table: str,
    parameters: tuple[SearchParameter, ...],
    matches: Callable[[str], str],
    *,
    telling: tuple[SearchParameter, ...],
) -> str:
    """Ask for a permitted search row of the resource (of any permitted contribution of the person, in PATIENT).

    `telling`: those of the parameters that may tell where somebody is, as they are asked.
    """
    alias = c.alias("s")
    matched = matches(alias)
    if matched == NEVER:
        return NEVER
    conditions = [f"{alias}.person_id = {c.person(row)}", c.parameters(alias, parameters), matched]
    if row.place is not Place.PATIENT:
        conditions.append(f"{alias}.rid = {row.alias}.rid")
    conditions += c.permitted(alias)
    conditions += c.placeless(alias, row.place, telling)
    if row.place is Place.PATIENT:
        conditions += c.of_visible_contribution(alias)
    return f"EXISTS (SELECT FROM {c.table(table, row.place)} AS {alias} WHERE {every([each for each in conditions if each])})"


Parameters: TypeAlias = tuple[SearchParameter, ...]


def part_dated(row: Row, parameters: Parameters) -> tuple[Parameters, Parameters]:
    """Part off the parameters that the row's own clinical columns answer, which have no search rows."""
    if row.place is Place.PATIENT:
        return (), parameters
    dated = tuple(each for each in parameters if each.clinical_date)
    return dated, tuple(each for each in parameters if not each.clinical_date)


def types_of(c: Compilation, row: Row, dated: Parameters, others: Parameters) -> list[str]:
    """Keep rows of the types whose clinical columns are asked, where the same is asked of others in another way."""
    if not others:
        return []
    types = c.arguments.add([type_id(each.type) for each in dated], "smallint[]")
    return [f"{row.alias}.type = ANY ({types})"]


def _is_dated(c: Compilation, row: Row, criterion: Criterion) -> str:
    values = [value for value in criterion.values if isinstance(value, DateValue)]
    compared = compare_any(c.arguments, values, low=f"{row.alias}.clinical_low", high=f"{row.alias}.clinical_high")
    return f"({row.alias}.clinical_high > {NO_DATE} AND {compared})"


def _has_id(c: Compilation, row: Row, criterion: Criterion) -> str:
    """Compare ids. A person is asked for by the id of any permitted contribution: each names the same person."""
    ids = [named for value in criterion.values if (named := _id_in(value)) is not None]
    if row.place is not Place.PATIENT:
        return f"{row.alias}.id = ANY ({c.arguments.add(ids, 'text[]')})"
    alias = c.alias("i")
    conditions = [
        f"{alias}.person_id = {c.person(row)}",
        f"{alias}.type = {c.arguments.named('patient', type_id(PATIENT), 'smallint')}",
        f"{alias}.id = ANY ({c.arguments.add(ids, 'text[]')})",
        *c.visible(alias, row.place),
    ]
    return f"EXISTS (SELECT FROM resource AS {alias} WHERE {every(conditions)})"


def _id_in(value: Value) -> str | None:
    match value:
        case TokenValue(code=named) | ReferenceValue(id=named):
            return named
        case _:
            return None


def _is_updated(c: Compilation, row: Row, value: DateValue) -> str:
    column = last_updated(c, row)
    ends = instant(value.low), instant(value.high)
    return comparison(c.arguments, COMPARISONS[value.prefix], ends, "timestamptz", low=column, high=column)


def last_updated(c: Compilation, row: Row) -> str:
    """Return the expression of a row's last update: of a person, the last of any permitted contribution."""
    if row.place is not Place.PATIENT:
        return f"{row.alias}.last_updated"
    alias = c.alias("u")
    patient = c.arguments.named("patient", type_id(PATIENT), "smallint")
    conditions = [f"{alias}.person_id = {c.person(row)}", f"{alias}.type = {patient}", *c.visible(alias, row.place)]
    conditions.remove(f"{alias}.body IS NOT NULL")
    return f"(SELECT max({alias}.last_updated) FROM resource AS {alias} WHERE {every(conditions)})"


def instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _refers_by_identifier(c: Compilation, row: Row, criterion: Criterion) -> str:
    """Compare the logical identifier of a reference; through a home parameter also the identifiers of the person."""
    arms = [_exists_fulfilling(c, row, "search_token", Kind.TOKEN, criterion)]
    about = is_about_person(c, row, criterion.parameters)
    identifier = parameter(PATIENT, "identifier")
    if about != NEVER and identifier is not None:
        person = Row(row.alias, Place.PATIENT)
        asked = Criterion(parameters=(identifier,), values=criterion.values)
        arms.append(every([about, _exists_fulfilling(c, person, "search_token", Kind.TOKEN, asked)]))
    return some([arm for arm in arms if arm != NEVER])
