"""Addresses in the invented town of Aldermere, and telephone numbers that ring nowhere.

No postcode begins with Q, so the postcodes here can never become somebody's; the telephone numbers lie in the ranges
that Ofcom keeps free for drama.
"""

from dataclasses import dataclass
from typing import Final

from lhcr.kernel.json_types import JsonObject

_STREETS: Final = (
    "Mill Lane",
    "Weir Street",
    "Chapel Walk",
    "Station Road",
    "Orchard Close",
    "Tannery Row",
    "Beck Side",
    "Priory Avenue",
    "Foundry Street",
    "Lark Rise",
    "Canal Terrace",
    "Quarry Bank",
)
_TOWNS: Final = ("Aldermere", "Wexcombe", "Northbeck", "Hollin Bridge")
# The second half of a postcode never uses C, I, K, M, O or V.
_INWARD_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Address:
    line: str
    town: str
    postcode: str

    def as_fhir(self, *, use: str = "home") -> JsonObject:
        return {
            "use": use,
            "line": [self.line],
            "city": self.town,
            "district": "Fellshire",
            "postalCode": self.postcode,
            "country": "GBR",
        }


def address(index: int) -> Address:
    """The index-th address: each index has its own house."""
    street = _STREETS[index % len(_STREETS)]
    house = 1 + index // len(_STREETS)
    return Address(f"{house} {street}", _TOWNS[index % len(_TOWNS)], _postcode(index))


def _postcode(index: int) -> str:
    first = _INWARD_LETTERS[index % 20]
    second = _INWARD_LETTERS[index // 20 % 20]
    return f"QA{1 + index % 9} {1 + index // 9 % 9}{first}{second}"


def landline(index: int) -> str:
    return f"01632 960{index % 1000:03d}"


def mobile(index: int) -> str:
    return f"07700 900{index % 1000:03d}"
