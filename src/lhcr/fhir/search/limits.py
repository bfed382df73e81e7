"""Limits of a search query, so that no request can ask for unbounded work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`pairs`: parameters in a request. `text`: characters of one name or value. `values`: alternatives of one parameter.
    `chain`: references that one parameter may pass through. `hops`: typed paths that ambiguous chains may expand to in
    all. `sort_keys`, `includes`: of one request. `include_depth`: rounds of `:iterate`, for the store to keep.
    """

    pairs: int = 64
    text: int = 16_384
    values: int = 500
    chain: int = 4
    hops: int = 64
    sort_keys: int = 5
    includes: int = 16
    include_depth: int = 4


STANDARD = Limits()
