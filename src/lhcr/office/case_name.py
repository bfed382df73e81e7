"""The name of a case in addresses: letters alone, which nobody can guess and nobody can take for a person's number."""

from typing import Final

from lhcr.kernel.ids import Ids

_SIGNS: Final = "bcdfghjklmnpqrst"
_LETTERS: Final = str.maketrans("0123456789abcdef", _SIGNS)


def case_name(ids: Ids) -> str:
    return ids.token().translate(_LETTERS)


def may_be_case_name(text: str) -> bool:
    """Return whether a case may be called this: what comes in an address may hold what no database takes."""
    return bool(text) and frozenset(text) <= frozenset(_SIGNS)
