"""Structural validation: what FHIR R4 itself asks of a resource, whoever sent it.

Checked are elements, JSON types, cardinalities, choices, the forms of primitives, required bindings, the types that
references name, extensions and contained resources. Not checked are the invariants in FHIRPath, profiles, and whether
a reference leads anywhere.
"""

from functools import cache

from lhcr.fhir.compiled_check import CompiledChecks
from lhcr.fhir.definitions.structures import load_definitions
from lhcr.fhir.expression import root
from lhcr.fhir.structural_check import StructuralCheck
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject


@cache
def _compiled_checks() -> CompiledChecks:
    return CompiledChecks(load_definitions())


def validate(resource: JsonObject) -> list[Issue]:
    """Give everything that is structurally wrong, at most 100 issues; none means valid.

    `expression` names elements as the JSON does: `Observation.component[0].valueQuantity.value`. Nothing that an issue
    says repeats a value of the resource.
    """
    if _compiled_checks().surely_valid(resource):
        return []
    check = StructuralCheck()
    check.resource(resource, root(resource))
    return check.issues


def require_valid(resource: JsonObject) -> None:
    """Raise Incorrect (400) with all issues unless the resource is structurally valid."""
    if issues := validate(resource):
        raise Incorrect(issues)
