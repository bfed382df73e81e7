"""Paths that say where something is wrong: FHIRPath with the names that stand in the JSON.

`Observation.component[0].valueQuantity.value` names a choice as the sender wrote it. The `_` of a member that carries
extensions of a primitive is left out, because `Patient.birthDate.extension[0]` is where FHIRPath finds them. A name
that is no FHIR name is not repeated: it could hold anything, person data too.
"""

import re
from typing import Any

_is_name = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}").fullmatch
UNNAMEABLE = "%unknown"


def root(resource: Any) -> str:
    """Give the path of a resource itself: its type, where it has a nameable one."""
    resource_type = resource.get("resourceType") if isinstance(resource, dict) else None
    return resource_type if isinstance(resource_type, str) and _is_name(resource_type) else "Resource"


def child(path: str, name: str) -> str:
    """Give the path of a member of the object at `path`."""
    bare = name.removeprefix("_")
    return f"{path}.{bare if _is_name(bare) else UNNAMEABLE}"


def item(path: str, index: int) -> str:
    """Give the path of one item of the array at `path`."""
    return f"{path}[{index}]"
