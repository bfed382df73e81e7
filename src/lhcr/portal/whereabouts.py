"""Whereabouts on a page: what its reader is shown of where a restricted person lives, by the decision and by what the record left.

The record leaves places out; a page only has to know that it did, so that it neither names a contributor nor calls what is missing
"not recorded".
"""

from collections.abc import Sequence

from lhcr.access.decision import AccessDecision
from lhcr.fhir.subsetted import is_subsetted
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.identifier import compared
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.store.visibility import Places
from lhcr.views.completeness import Whereabouts
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.person import is_restricted


def whereabouts_of(decision: AccessDecision, patients: Sequence[JsonObject]) -> Whereabouts:
    """Return what is shown, given the Patients that were read.

    Hazard: a person who became restricted between decision and reading. What was left out of them says so, too.
    """
    if decision.visibility.places is not Places.SHOWN or any(map(_is_cut, patients)):
        return Whereabouts.WITHHELD
    own = decision.principal.person_nhs_number
    return Whereabouts.OWN if own and any(_has_number(one, own) for one in patients) else Whereabouts.SHOWN


def names_nobody(whereabouts: Whereabouts, patients: Sequence[JsonObject]) -> bool:
    """Whether contributors may not be named: their names would tell where somebody lives."""
    return whereabouts is Whereabouts.WITHHELD and any(map(is_restricted, patients))


def _is_cut(patient: JsonObject) -> bool:
    return is_restricted(patient) and is_subsetted(object_of(patient.get("meta")))


def _has_number(patient: JsonObject, number: str) -> bool:
    said = objects_of(patient.get("identifier"))
    return any(compared(text_of(one.get("system")), text_of(one.get("value"))) == (NHS_NUMBER, number) for one in said)
