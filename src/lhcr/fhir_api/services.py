"""The services that interactions use: the one door, the gate, and what is fixed for this area."""

from dataclasses import dataclass

from lhcr.access.decide import Gate
from lhcr.audit.log import AuditLog
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.reader import LogReader
from lhcr.fhir_api.cursor import Cursors
from lhcr.fhir_api.failures import Failures
from lhcr.fhir_api.trace import TraceLimit
from lhcr.kernel.clock import Clock
from lhcr.record.record import Record
from lhcr.record.search.searching import Searching


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`base` is the address of the API without a slash at its end."""

    record: Record
    searching: Searching
    gate: Gate
    log: AuditLog
    reader: LogReader
    mask: QueryMask
    clock: Clock
    cursors: Cursors
    failures: Failures
    traces: TraceLimit
    base: str
