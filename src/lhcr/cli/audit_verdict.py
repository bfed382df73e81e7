"""What a verdict on the log says to people, or as JSON."""

import json
from collections.abc import Iterator

from lhcr.audit.reader import StoredHead
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.signed_note import read_note
from lhcr.audit.verdict import Verdict
from lhcr.cli.counted import counted

_MOST_SHOWN = 20


def verdict_text(verdict: Verdict, *, as_json: bool) -> str:
    return json.dumps(_json(verdict)) if as_json else "\n".join(_lines(verdict))


def head_json(head: StoredHead | None) -> str:
    """Return a head as JSON, `null` where there is none."""
    if head is None:
        return "null"
    told: dict[str, object] = {"size": head.tree_size, "root": head.root_hash.hex()}
    told |= {"recorded": head.recorded.isoformat(), "signed": bool(head.note)}
    if head.note:
        signed = SignedHead.read(read_note(head.note).text)
        told |= {"log": signed.origin, "number": signed.number, "note": head.note}
    return json.dumps(told)


def _json(verdict: Verdict) -> dict[str, object]:
    return {
        "intact": verdict.intact,
        "entries": verdict.entries,
        "texts": verdict.texts,
        "disposed": verdict.disposed if verdict.texts else None,
        "disposed_until": verdict.disposed_until.isoformat() if verdict.disposed_until else None,
        "writers": verdict.writers,
        "verified_to": {"size": verdict.verified_to.tree_size, "root": verdict.verified_to.root_hash.hex()},
        "signed_to": _signed_json(verdict.signed_to, verdict.key_id),
        "signed_heads": verdict.signed_heads,
        "keys": verdict.keys,
        "pauses": verdict.pauses,
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
    yield f"  {entries} of {writers}; {_texts(verdict)}"
    root = verdict.verified_to.root_hash.hex()
    yield f"  verified to head {verdict.verified_to.tree_size}:{root}"
    yield from _signed(verdict)
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


def _signed_json(head: SignedHead | None, key_id: str) -> dict[str, object] | None:
    if head is None:
        return None
    told = {"log": head.origin, "number": head.number, "size": head.tree_size}
    return {**told, "recorded": head.recorded.isoformat(), "key": key_id}


def _texts(verdict: Verdict) -> str:
    if not verdict.texts:
        return "their texts were left out of this export"
    if not verdict.disposed or verdict.disposed_until is None:
        return f"of {verdict.disposed:,} the text is not here"
    return f"of {verdict.disposed:,} the text was disposed of, as the log says of all before {verdict.disposed_until:%Y-%m-%d}"


def _signed(verdict: Verdict) -> Iterator[str]:
    head = verdict.signed_to
    if head is None:
        yield "  no signed head: nothing shows who says so"
        return
    heads, keys = counted(verdict.signed_heads, "signed head", "signed heads"), counted(verdict.keys, "key", "keys")
    yield f"  {heads} by {keys}; the last, number {head.number} of {head.recorded:%Y-%m-%d %H:%M:%S} UTC, by key {verdict.key_id}"
    yield f"  log {head.origin}"
    pause = verdict.longest_pause
    if pause is not None:
        since, until = f"{pause.since:%Y-%m-%d %H:%M}", f"{pause.until:%Y-%m-%d %H:%M}"
        times = counted(verdict.pauses, "time", "times")
        yield f"  {times} no head was signed for over two minutes, the longest from {since} to {until} UTC"
