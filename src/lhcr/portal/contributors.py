"""The contributors of one record as a page calls them: by name, or, where places are withheld, by their kind alone.

Hazard: the address of a restricted person is exposed. Whoever knows somebody's practice or pharmacy knows their town. What a reader
still needs is how many contribute and what they are: a practice's list of medicines is read otherwise than a hospital's. The kind
of an organisation tells no place, and it is read from the form of its ODS code, because what an organisation calls itself may.
"""

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.access.own_choice import PEOPLE
from lhcr.views.entry import Source

NOT_STATED: Final = Source("", "Source not stated")
#: What the person, or a proxy for them, said on their own page.
THEMSELF: Final = Source(PEOPLE, "The person themself")
_KINDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "GP practice": re.compile(r"[A-HJ-NP]\d{5}"),
        "Community pharmacy": re.compile(r"F[A-Z0-9]{2,4}"),
        "NHS trust": re.compile(r"R[A-Z0-9]{2,4}"),
    }
)
_ANY_OTHER: Final = "Care organisation"


class Contributors:
    """Calls each organisation of one record by one name. `names` are those by ODS code."""

    def __init__(self, names: Mapping[str, str], *, by_kind: bool) -> None:
        self._names = names
        self._by_kind = by_kind
        self._called: dict[str, Source] = {}
        self._of_kind = Counter[str]()

    def of(self, ods: str) -> Source:
        if not ods:
            return NOT_STATED
        if ods == PEOPLE:
            return THEMSELF
        if not self._by_kind:
            return Source(ods, self._names.get(ods, ods))
        if ods not in self._called:
            self._called[ods] = self._numbered(_kind(ods))
        return self._called[ods]

    def _numbered(self, kind: str) -> Source:
        """Hazard: two sources that contradict each other read as one."""
        self._of_kind[kind] += 1
        number = self._of_kind[kind]
        return Source("", kind if number == 1 else f"{kind} {number}")


def _kind(ods: str) -> str:
    return next((kind for kind, form in _KINDS.items() if form.fullmatch(ods)), _ANY_OTHER)
