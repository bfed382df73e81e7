"""The policy of notice: of what is hidden for which reason who is told that something is, and nobody else."""

from collections.abc import Collection, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

PROFESSIONAL: Final = "professional"
PERSON: Final = "person"
PROXY: Final = "proxy"
#: A kind of asker, or a national role code, which means the professionals who have that role.
_Asker = Annotated[str, msgspec.Meta(pattern=f"^({PROFESSIONAL}|{PERSON}|{PROXY}|R[0-9]{{4}})$")]


class HiddenBy(Enum):
    """Why an entry is hidden from somebody who would see it otherwise."""

    OBJECTION = "objection"
    VALUE_SET = "value_set"
    LABEL = "label"
    """What its source labelled, or a kind of entry that the area takes for sensitive."""
    AGREEMENT = "agreement"


class NoticePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By reason, the askers who are told that something of a person's record is hidden from them; empty, nobody.

    An entry that is hidden for several reasons is told of where all of them may be. `never` are labels (`system|code`) of which nobody is
    told, for whatever reason the entry is hidden. `kinds`: who of those who are told reads on the pages of the portal also which
    kinds of entry are hidden, by category; a FHIR client never does.
    """

    objection: list[_Asker]
    value_set: list[_Asker]
    label: list[_Asker]
    agreement: list[_Asker]
    never: list[str]
    kinds: list[_Asker]

    def by_asker(self) -> Mapping[str, frozenset[HiddenBy]]:
        """Return the reasons of which each asker is told who is told of any."""
        named = {each: frozenset[str](getattr(self, each.value)) for each in HiddenBy}
        every = frozenset[str]().union(*named.values())
        return MappingProxyType({one: frozenset(each for each, some in named.items() if one in some) for one in every})

    def tells_kinds_to(self, askers: Collection[str]) -> bool:
        return not set(askers).isdisjoint(self.kinds)
