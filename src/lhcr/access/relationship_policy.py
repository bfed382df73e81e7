"""The policy of relationships: for how long what an entry tells of ties an organisation to a person."""

from collections.abc import Iterable

import msgspec


class RelationshipPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days after an entry was last recorded, or began, what it tells of may go on; kinds of fact that are not named, none.

    Nobody closes every encounter, and who closes one may mistype its end: no end, or a later one, counts as this many days, to
    which those are added for which a fact ties beyond its end. `encounter_days_open` says so for classes of encounter, by
    codes of HL7 v3 ActCode, in the place of what `days_open` says of `encounter`.
    """

    days_open: dict[str, int]
    encounter_days_open: dict[str, int]

    def days(self, kind: str) -> int:
        return self.days_open.get(kind, 0)

    def encounter_days(self, code: str | None) -> int:
        """Return the days for a class of encounter, None for one that is not told or not understood."""
        usual = self.days("encounter")
        return usual if code is None else self.encounter_days_open.get(code, usual)

    def every_number(self) -> Iterable[int]:
        return (*self.days_open.values(), *self.encounter_days_open.values())
