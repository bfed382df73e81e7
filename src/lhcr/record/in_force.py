"""In force: what still counts although its date lies before a period that is asked for, such as an allergy of long ago.

Patient/$everything speaks of care dates (FHIR R4 patient-operation-everything): an active problem or medicine is part of the care
of every day since it began. An entry has ended only where every code of one of its status elements says so; without a status, or
with a code that says anything else, it is in force. Hazard: an active allergy that is left out of a period reads as none.
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
ENDED: Final = (
    *("inactive", "resolved", "refuted", "entered-in-error"),
    *("completed", "cancelled", "stopped", "not-taken", "revoked"),
)
"""The codes of those elements that end an entry. A problem in remission is in force."""


@cache
def lasting_types() -> list[int]:
    """Return the numbers of the types of which an entry stays in force after its date."""
    return [type_id(name) for name, _ in _STATUS]


@cache
def status_rows() -> list[int]:
    """Return the numbers under which the search rows of their status elements stand."""
    return row_ids(tuple(parameters_of(name)[code] for name, codes in _STATUS for code in codes))
