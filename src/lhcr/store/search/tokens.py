"""Tokens: the condition that a (system, code) row fulfils one of the values asked for."""

from collections.abc import Sequence

from lhcr.fhir.search.query import TokenValue
from lhcr.store.search.bounded import bounded
from lhcr.store.search.compilation import Compilation, some


def matches_token(c: Compilation, alias: str, values: Sequence[TokenValue], *, suffix: str = "") -> str:
    """Compare the columns `system` and `code` (with a suffix in composite rows). The text does not grow with the values.

    A system that no row was ever written with matches nothing.
    """
    system, code = f"{alias}.system{suffix}", f"{alias}.code{suffix}"
    known = [value for value in values if value.system is None or value.system in c.bindings.systems]
    coded = [value for value in known if value.code is not None]
    whole = [c.bindings.systems[value.system] for value in known if value.code is None and value.system is not None]
    arms = [_matches_codes(c, coded, system=system, code=code)] if coded else []
    if whole:
        arms.append(f"{system} = ANY ({c.arguments.add(whole, 'integer[]')})")
    return some(arms)


def _matches_codes(c: Compilation, values: Sequence[TokenValue], *, system: str, code: str) -> str:
    systems = {value.system for value in values}
    codes = [bounded(value.code or "") for value in values]
    if len(codes) == 1:
        among = f"{code} = {c.arguments.add(codes[0], 'text')}"
    else:
        among = f"{code} = ANY ({c.arguments.add(codes, 'text[]')})"
    if systems == {None}:
        return among
    if len(systems) == 1:
        number = c.bindings.systems[values[0].system or ""]
        return f"({system} = {c.arguments.add(number, 'integer')} AND {among})"
    return f"({among} AND {_matches_pairs(c, values, codes, system=system, code=code)})"


def _matches_pairs(c: Compilation, values: Sequence[TokenValue], codes: list[str], *, system: str, code: str) -> str:
    anywhere = [text for value, text in zip(values, codes, strict=True) if value.system is None]
    pairs = [
        f"{c.bindings.systems[value.system]}|{text}"
        for value, text in zip(values, codes, strict=True)
        if value.system is not None
    ]
    arms = [f"{system} || '|' || {code} = ANY ({c.arguments.add(pairs, 'text[]')})"]
    if anywhere:
        arms.append(f"{code} = ANY ({c.arguments.add(anywhere, 'text[]')})")
    return some(arms)
