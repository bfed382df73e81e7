"""Qualifiers: modifier extensions, which may turn the meaning of whatever holds them round (FHIR R4, 2.5.4)."""

from lhcr.fhir.json_objects import every_object
from lhcr.kernel.json_types import JsonObject


def is_qualified(resource: JsonObject) -> bool:
    """Whether a resource holds a modifier extension at any depth. None is understood here, so each one counts.

    Hazard: a dose that is not to be given, or a reaction that never happened, read as one that was, because what says so stands
    inside a dosage, a reaction or a contained resource.
    """
    return any(part.get("modifierExtension") for part in every_object(resource))
