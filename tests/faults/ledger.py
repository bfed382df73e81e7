"""The ledger of a test: what the database holds and what the log says, against what callers were told."""

from collections import Counter

from tests.faults.stream import Stream
from tests.interoperability.apart import run_apart
from tests.interoperability.live_area import LiveArea
from tests.logged import logged_entry

from lhcr.audit.verdict import Verdict
from lhcr.audit.verify import verify_log
from lhcr.store.database import open_pool

_ENTRIES = "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry"
_OBSERVATIONS = "SELECT id, body FROM resource WHERE body LIKE '%Pulse%'::bytea"


def check_ledger(area: LiveArea, stream: Stream) -> None:
    """Every acknowledged write is there as it was acknowledged; it, every answered read and nothing else has a durable entry."""
    assert stream.wrong == []
    stored = {row["id"]: bytes(row["body"]) for row in area.rows(_OBSERVATIONS)}
    assert {id_: stored.get(id_) for id_ in stream.written} == {id_: body for id_, (body, _) in stream.written.items()}
    entries = [logged_entry(row["text"]) for row in area.rows(_ENTRIES)]
    logged = Counter(each["request"] for each in entries if each["outcome"] == "0")
    assert [name for _, name in stream.written.values() if logged[name] != 1] == []
    assert [name for name in stream.answered if logged[name] < 1] == []
    # What nobody was told of is there wholly or not at all: each stored resource was created by exactly one entry.
    created = Counter(
        item[1] for each in entries if each["action"] == "C" and each["outcome"] == "0" for item in each["items"]
    )
    assert {id_: created[id_] for id_ in stored} == dict.fromkeys(stored, 1)
    verdict = verified(area)
    assert verdict.intact, verdict.defects


def verified(area: LiveArea) -> Verdict:
    async def run() -> Verdict:
        async with await open_pool(area.dsn, smallest=1, largest=1) as pool:
            return await verify_log(pool)

    return run_apart(run())
