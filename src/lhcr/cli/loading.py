"""Loading: the loader of one source, made from the parts of a worker."""

from lhcr.ingest.attempts import Attempts
from lhcr.ingest.loader import Loader
from lhcr.ingest.loading_principal import loading_principal
from lhcr.ingest.loading_record import LoadingRecord
from lhcr.ingest.quarantine import Quarantine
from lhcr.ingest.whereabouts import Whereabouts
from lhcr.nhs.ods import OdsCode
from lhcr.parts import Parts


async def make_loader(parts: Parts, *, source: OdsCode, source_name: str) -> Loader:
    """Return a loader that contributes for `source`, whose name in the log is `source_name` where it is known."""
    base = parts.settings.fhir_base
    principal = loading_principal(source, now=parts.clock.now(), name=source_name)
    record = LoadingRecord(parts.record, parts.gate, principal=principal)
    source_id = await record.source_id()
    return Loader(
        Attempts(record),
        Quarantine(parts.side_pool, source_id=source_id),
        Whereabouts(parts.side_pool, source_id=source_id, base=base),
        base=base,
    )
