"""The services that interactions use: the one door, the gate, and what is fixed for this area."""

from dataclasses import dataclass

from lhcr.access.decide import Gate
from lhcr.fhir_api.cursor import Cursors
from lhcr.kernel.clock import Clock
from lhcr.record.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`base` is the address of the API without a slash at its end."""

    record: Record
    gate: Gate
    clock: Clock
    cursors: Cursors
    base: str
