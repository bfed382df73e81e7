"""The policy of sharing agreements and of secondary use: what holds where nothing is agreed, and which purposes serve nobody's own care."""

from enum import Enum

import msgspec

from lhcr.nhs.purposes import Purpose


class Otherwise(Enum):
    """What two organisations share that no agreement is about."""

    OPEN = "open"
    OFF = "off"


class AgreementPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`otherwise`: whether organisations that no agreement names together share everything or nothing."""

    otherwise: Otherwise


class SecondaryUsePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`purposes` are codes of purposes of use that the National Data Opt-out is about, such as HRESCH.

    Who may ask for such a purpose, `purposes_by_kind` says.
    """

    purposes: list[str]

    def is_secondary(self, purpose: Purpose) -> bool:
        return purpose.code in self.purposes

    def refuse_care(self) -> None:
        """Raise ValueError where it names a purpose of the person's own care or asking, which an opt-out never stops, or an unknown one."""
        known = {each.code: each for each in Purpose}
        if unknown := set(self.purposes) - known.keys():
            raise ValueError(f"the policy names purposes that are not known: {sorted(unknown)}")
        if wrong := sorted(each for each in self.purposes if known[each].is_care_of_the_person):
            raise ValueError(f"the policy takes the person's own care for secondary use: {wrong}")
