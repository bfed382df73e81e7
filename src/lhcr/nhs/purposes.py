"""The purpose of use: why somebody asks for a record (HL7 v3 ActReason, PurposeOfUse)."""

from enum import Enum
from typing import Self

from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_REASON


class Purpose(Enum):
    """A code and the words that a reader of the log sees."""

    TREATMENT = ("TREAT", "treatment")
    EMERGENCY_TREATMENT = ("ETREAT", "emergency treatment")
    OPERATIONS = ("HOPERAT", "healthcare operations")
    PATIENT_REQUEST = ("PATRQT", "patient requested")
    RESEARCH = ("HRESCH", "healthcare research")
    PUBLIC_HEALTH = ("PUBHLTH", "public health")

    def __init__(self, code: str, display: str) -> None:
        self.code = code
        self.display = display

    @classmethod
    def parse(cls, code: str) -> Self:
        """Return the purpose with this code, letter for letter. Raises `Incorrect` (`purpose-unknown`)."""
        for purpose in cls:
            if purpose.code == code:
                return purpose
        known = ", ".join(purpose.code for purpose in cls)
        raise Incorrect(
            [Issue(code="value", error="purpose-unknown", diagnostics=f"A purpose of use is one of {known}.")]
        )

    @property
    def coding(self) -> JsonObject:
        """The purpose as a FHIR Coding."""
        return {"system": ACT_REASON, "code": self.code, "display": self.display}

    @property
    def is_care_of_the_person(self) -> bool:
        """Whether it serves the person's own care or their own asking, where the National Data Opt-out never applies."""
        return self in {Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT, Purpose.PATIENT_REQUEST}
