"""In force: what still counts although its date lies before a period that is asked for, such as an allergy of long ago.

Patient/$everything speaks of care dates (FHIR R4 patient-operation-everything): an active problem or medicine is part of the care
of every day since it began. An entry has ended only where every code of one of its status elements says so; without a status, or
with a code that says anything else, it is in force. A code means what FHIR says only in FHIR's own systems, or without one: a
sender's own `inactive` ends nothing. Hazard: an active allergy that is left out of a period reads as none.
"""

from functools import cache
from typing import Final

from lhcr.fhir.search.catalogue import parameters_of, type_id
from lhcr.store.search.compilation import row_ids

_STATUS: Final = (
    ("AllergyIntolerance", ("clinical-status", "verification-status")),
    ("Condition", ("clinical-status", "verification-status")),
    ("MedicationRequest", ("status",)),
    ("MedicationStatement", ("status",)),
    ("CarePlan", ("status",)),
)
_ENDING: Final = (
    *("inactive", "resolved", "refuted", "entered-in-error"),
    *("completed", "cancelled", "stopped", "not-taken", "revoked"),
)
_OF_R4: Final = (
    *("allergyintolerance-clinical", "allergyintolerance-verification"),
    *("condition-clinical", "condition-ver-status"),
)
_OF_STU3: Final = (
    *("allergy-clinical-status", "allergy-verification-status"),
    *("condition-clinical", "condition-ver-status"),
)
_SYSTEMS: Final = (
    "",
    *(f"http://terminology.hl7.org/CodeSystem/{name}" for name in _OF_R4),
    *(f"http://hl7.org/fhir/{name}" for name in _OF_STU3),
)
ENDED: Final = tuple(f"{system}|{code}" for system in _SYSTEMS for code in _ENDING)
"""The codes of those elements that end an entry, each after its system. A problem in remission is in force."""


@cache
def lasting_types() -> list[int]:
    """Return the numbers of the types of which an entry stays in force after its date."""
    return [type_id(name) for name, _ in _STATUS]


@cache
def status_rows() -> list[int]:
    """Return the numbers under which the search rows of their status elements stand."""
    return row_ids(tuple(parameters_of(name)[code] for name, codes in _STATUS for code in codes))
