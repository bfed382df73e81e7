"""References: the condition that a (target type, id, version) row names one of the resources asked for."""

from collections.abc import Sequence

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import ReferenceValue
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import Compilation, some


def matches_reference(c: Compilation, alias: str, values: Sequence[ReferenceValue]) -> str:
    """Compare the type and id, and the version where one is asked for. The text does not grow with the values.

    An address whose type cannot be told is compared alone, whatever type the row's reference says that it has.
    """
    if len(values) == 1 and values[0].types and values[0].version is None:
        return _matches_key(c, alias, values[0])
    ids = c.arguments.add([bounded(value.id) for value in values], "text[]")
    typed = [value for value in values if value.types]
    arms = []
    if any(value.version is None for value in typed):
        arms.append(_matches_keys(c, alias, [value for value in typed if value.version is None]))
    if any(value.version is not None for value in typed):
        arms.append(_matches_versions(c, alias, [value for value in typed if value.version is not None]))
    if len(typed) < len(values):
        arms.append(_matches_addresses(c, alias, [value for value in values if not value.types]))
    return f"({alias}.target_id = ANY ({ids}) AND {some(arms)})"


def _matches_key(c: Compilation, alias: str, value: ReferenceValue) -> str:
    named = f"{alias}.target_id = {c.arguments.add(bounded(value.id), 'text')}"
    types = [type_id(name) for name in value.types]
    return f"({named} AND {alias}.target_type = ANY ({c.arguments.add(types, 'smallint[]')}))"


def _matches_keys(c: Compilation, alias: str, values: Sequence[ReferenceValue]) -> str:
    keys = [f"{type_id(name)}/{bounded(value.id)}" for value in values for name in value.types]
    return f"{alias}.target_type || '/' || {alias}.target_id = ANY ({c.arguments.add(keys, 'text[]')})"


def _matches_versions(c: Compilation, alias: str, values: Sequence[ReferenceValue]) -> str:
    keys = [f"{type_id(name)}/{bounded(value.id)}|{value.version}" for value in values for name in value.types]
    stored = f"{alias}.target_type || '/' || {alias}.target_id || '|' || {alias}.target_version"
    return f"{stored} = ANY ({c.arguments.add(keys, 'text[]')})"


def _matches_addresses(c: Compilation, alias: str, values: Sequence[ReferenceValue]) -> str:
    plain = [bounded(value.id) for value in values if value.version is None]
    versions = [f"{bounded(value.id)}|{value.version}" for value in values if value.version is not None]
    arms = []
    if plain:
        arms.append(f"{alias}.target_id = ANY ({c.arguments.add(plain, 'text[]')})")
    if versions:
        arms.append(f"{alias}.target_id || '|' || {alias}.target_version = ANY ({c.arguments.add(versions, 'text[]')})")
    return some(arms)
