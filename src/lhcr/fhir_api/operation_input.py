"""The input of an operation: the parameters of its address, or a Parameters resource (FHIR R4 operations 3.2.0.1)."""

from collections.abc import Iterator

from lhcr.fhir_api.call import Call
from lhcr.fhir_api.parameters import Pair
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject


async def operation_pairs(call: Call) -> tuple[Pair, ...]:
    """Return simple input parameters as pairs. Raises Incorrect (400) for what no parameter of an address could be."""
    if call.method != "POST" or await call.content.is_empty():
        return call.pairs
    sent = await call.content.resource()
    if sent["resourceType"] != "Parameters":
        raise not_parameters()
    return (*call.pairs, *_pairs(sent))


def _pairs(sent: JsonObject) -> Iterator[Pair]:
    for index, parameter in enumerate(sent.get("parameter", ())):
        values = [value for name, value in parameter.items() if name.startswith("value")]
        if len(values) != 1 or isinstance(values[0], dict | list | bool):
            diagnostics = "The operation takes only simple values."
            place = f"Parameters.parameter[{index}]"
            raise Incorrect(
                [Issue(code="invalid", error="parameter-invalid", diagnostics=diagnostics, expression=place)]
            )
        yield parameter["name"], str(values[0])


def not_parameters() -> Incorrect:
    diagnostics = "The operation reads a Parameters resource."
    return Incorrect([Issue(code="invalid", error="type-mismatch", diagnostics=diagnostics)])
