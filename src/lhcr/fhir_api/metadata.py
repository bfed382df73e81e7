"""The interaction capabilities: the one answer that needs no token (FHIR R4 http 3.1.0.10)."""

from collections.abc import Sequence

from lhcr.fhir_api.parameters import Pair, invalid, refuse_unknown, single
from lhcr.fhir_api.refusals import MethodNotAllowed
from lhcr.fhir_api.subset import KNOWN, read_subset
from lhcr.fhir_api.told import Told


def metadata(method: str, pairs: Sequence[Pair], statement: bytes) -> Told:
    """Tell the statement, or the parts that are asked for.

    Raises MethodNotAllowed (405), and Incorrect (400) for another mode than `full`.
    """
    if method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(["GET", "HEAD"])
    refuse_unknown(pairs, known=KNOWN | {"mode"})
    if single(pairs, "mode") not in {None, "full"}:
        raise invalid("mode", "the value must be full")
    return Told(status=200, body=(read_subset(pairs).of(statement),))
