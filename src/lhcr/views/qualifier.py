"""Qualifiers: modifier extensions, which may turn the meaning of whatever holds them round (FHIR R4, 2.5.4)."""

from lhcr.kernel.json_types import JsonObject


def is_qualified(resource: JsonObject) -> bool:
    """Whether a resource holds a modifier extension at any depth. None is understood here, so each one counts.

    Hazard: a dose that is not to be given, or a reaction that never happened, read as one that was, because what says so stands
    inside a dosage, a reaction or a contained resource.
    """
    ahead: list[object] = [resource]
    while ahead:
        part = ahead.pop()
        if isinstance(part, dict):
            if part.get("modifierExtension"):
                return True
            ahead += [value for value in part.values() if isinstance(value, dict | list)]
        elif isinstance(part, list):
            ahead += [item for item in part if isinstance(item, dict | list)]
    return False
