"""The policy of relationships: whose word on what ties an organisation to a person counts, and for how long it does."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import msgspec

#: In the place of sources: the organisation itself alone, and anybody.
OWN: Final = "own"
ANY: Final = "any"
_Source = Annotated[str, msgspec.Meta(pattern="^(own|[A-Z0-9]{1,12})$")]
_Whoever = Annotated[str, msgspec.Meta(pattern="^(own|any)$")]
#: A misspelt kind would leave to itself what it was to open.
_Kind = Annotated[
    str,
    msgspec.Meta(
        pattern="^(registration|encounter|episode|referral|appointment|caseload|prescription|dispensing|nominated-pharmacy)$"
    ),
]


class RelationshipPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days after an entry was last recorded, or began, what it tells of may go on; kinds of fact that are not named, none.

    Nobody closes every encounter, and who closes one may mistype its end: no end, or a later one, counts as this many days, to
    which those are added for which a fact ties beyond its end. `encounter_days_open` says so for classes of encounter, by
    codes of HL7 v3 ActCode, in the place of what `days_open` says of `encounter`.

    `sources` says by kind of fact who may tell that it ties an organisation: `own`, that organisation alone; `any`, whoever
    contributes; or a list of ODS codes, in which `own` may stand too. Of a kind that is not named, only the organisation itself. A
    change counts for what is written from then on.
    """

    days_open: dict[str, int]
    encounter_days_open: dict[str, int]
    sources: dict[_Kind, _Whoever | list[_Source]] = {}

    def days(self, kind: str) -> int:
        return self.days_open.get(kind, 0)

    def encounter_days(self, code: str | None) -> int:
        """Return the days for a class of encounter, None for one that is not told or not understood."""
        usual = self.days("encounter")
        return usual if code is None else self.encounter_days_open.get(code, usual)

    def every_number(self) -> Iterable[int]:
        return (*self.days_open.values(), *self.encounter_days_open.values())

    def counts(self, kind: str, *, source: str, party: str) -> bool:
        """Return whether a source's word is taken that a fact of a kind ties an organisation to a person.

        Hazard: a record opened to whoever one system names.
        """
        told = self._told(kind)
        return ANY in told or source in told or (OWN in told and source == party)

    def _told(self, kind: str) -> Sequence[str]:
        told = self.sources.get(kind, OWN)
        return (told,) if isinstance(told, str) else told
