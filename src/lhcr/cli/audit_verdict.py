"""What a verdict on the log says to people, or as JSON."""

import json
from collections.abc import Iterator

from lhcr.audit.verdict import Verdict
from lhcr.cli.counted import counted

_MOST_SHOWN = 20


def verdict_text(verdict: Verdict, *, as_json: bool) -> str:
    return json.dumps(_json(verdict)) if as_json else "\n".join(_lines(verdict))


def _json(verdict: Verdict) -> dict[str, object]:
    return {
        "intact": verdict.intact,
        "entries": verdict.entries,
        "disposed": verdict.disposed,
        "writers": verdict.writers,
        "verified_to": {"size": verdict.verified_to.tree_size, "root": verdict.verified_to.root_hash.hex()},
        "unsequenced": verdict.unsequenced,
        "witnessed_to": verdict.witnessed_to,
        "defect_count": verdict.defect_count,
        "defects": [{"kind": each.kind, "where": each.where, "meaning": each.meaning} for each in verdict.defects],
    }


def _lines(verdict: Verdict) -> Iterator[str]:
    yield (
        "The log is intact."
        if verdict.intact
        else f"The log is NOT intact: {counted(verdict.defect_count, 'defect', 'defects')}."
    )
    entries, writers = counted(verdict.entries, "entry", "entries"), counted(verdict.writers, "writer", "writers")
    yield f"  {entries} of {writers}; of {verdict.disposed:,} the text is not here"
    root = verdict.verified_to.root_hash.hex()
    yield f"  verified to head {verdict.verified_to.tree_size}:{root}"
    waiting = counted(verdict.unsequenced, "entry has", "entries have")
    yield f"  {waiting} no place in the tree yet; there the writers' own chains prove what they can"
    if verdict.witnessed_to:
        yield f"  agrees with a head that somebody else kept, up to entry {verdict.witnessed_to:,}"
    else:
        yield "  no head that somebody else kept was compared (--witness): a log that was made anew as a whole would not show"
    for each in verdict.defects[:_MOST_SHOWN]:
        yield f"  {each.kind}, {each.where}: {each.meaning}"
    if verdict.defect_count > _MOST_SHOWN:
        yield f"  ... and {verdict.defect_count - _MOST_SHOWN:,} more"
