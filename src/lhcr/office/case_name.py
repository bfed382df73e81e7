"""The name of a case in addresses: letters alone, which nobody can guess and nobody can take for a person's number."""

from typing import Final

from lhcr.kernel.ids import Ids

_LETTERS: Final = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


def case_name(ids: Ids) -> str:
    return ids.token().translate(_LETTERS)
