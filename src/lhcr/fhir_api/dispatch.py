"""The dispatch of a request: every interaction that this server does, batches and transactions among them."""

from types import MappingProxyType
from typing import Final

from lhcr.fhir_api.interactions import INTERACTIONS, Handler, Table, find_handler
from lhcr.fhir_api.system_bundle import process_bundle
from lhcr.fhir_api.target import Kind, Target

#: The one table from which this server answers and by which it describes itself.
ALL_INTERACTIONS: Final[Table] = MappingProxyType(
    {**INTERACTIONS, Kind.SYSTEM: {**INTERACTIONS[Kind.SYSTEM], "POST": process_bundle}}
)


def handler_of(method: str, target: Target) -> Handler:
    """Return what answers a method at a target. Raises NotFound (404), MethodNotAllowed (405)."""
    return find_handler(ALL_INTERACTIONS, method, target)
