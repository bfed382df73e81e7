"""Contributors in SQL: `_source` is answered by the access class of a row, which holds who contributed it, and has no row of its own.

What a sender says beside that has search rows like any other uri.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lhcr.fhir.contributor import source_named
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.search.query import Criterion, UriValue
from lhcr.store.search.compilation import PATIENT, Compilation, Place, Row, every

CONTRIBUTOR: Final = "_source"


def contributors_asked(criterion: Criterion) -> tuple[list[str], Criterion | None]:
    """Return the ODS codes of the contributors that a criterion names, and the criterion on what else it names, if anything."""
    uris = [value.uri for value in criterion.values if isinstance(value, UriValue)]
    codes = [code for uri in uris if (code := source_named(uri)) is not None]
    words = tuple(UriValue(uri=uri) for uri in uris if source_named(uri) is None)
    return codes, replace(criterion, values=words) if words else None


def has_contributor(
    c: Compilation, row: Row, parameters: tuple[SearchParameter, ...], codes: Sequence[str] | None = None
) -> str:
    """Say that one of some organisations, any without codes, contributed a row (a permitted contribution to a person, in PATIENT).

    Hazard: somebody who is restricted is found by whoever knows where they are.
    """
    alias, conditions = _contribution(c, row, parameters)
    if codes is not None:
        kind, source = c.alias("a"), c.alias("o")
        named = f"{source}.ods = ANY ({c.arguments.add(codes, 'text[]')})"
        classes = f"SELECT {kind}.class_id FROM {_sources(kind, source)} WHERE {named}"
        conditions.append(f"{alias}.class IN ({classes})")
    if alias == row.alias:
        return every(conditions)
    return f"EXISTS (SELECT FROM resource AS {alias} WHERE {every(conditions)})"


def contributor_of(c: Compilation, row: Row, parameters: tuple[SearchParameter, ...], *, aggregate: str) -> str:
    """Return the expression of the ODS code by which a row is sorted, null where it is not told; of several the `aggregate`."""
    alias, conditions = _contribution(c, row, parameters)
    kind, source = c.alias("a"), c.alias("o")
    tables = _sources(kind, source) + ("" if alias == row.alias else f" JOIN resource AS {alias} ON true")
    conditions.append(f"{kind}.class_id = {alias}.class")
    return f"(SELECT {aggregate}({source}.ods) FROM {tables} WHERE {every(conditions)})"


def _contribution(c: Compilation, row: Row, parameters: tuple[SearchParameter, ...]) -> tuple[str, list[str]]:
    """Return the alias of what was contributed, the row itself unless it stands for a person, and the conditions on it."""
    if row.place is not Place.PATIENT:
        return row.alias, c.placeless(row.alias, row.place, parameters)
    alias = c.alias("s")
    patient = c.arguments.named("patient", type_id(PATIENT), "smallint")
    conditions = [f"{alias}.person_id = {c.person(row)}", f"{alias}.type = {patient}", *c.visible(alias, row.place)]
    return alias, conditions + c.placeless(alias, row.place, parameters)


def _sources(kind: str, source: str) -> str:
    return f"access_class AS {kind} JOIN source AS {source} ON {source}.source_id = {kind}.source_id"
