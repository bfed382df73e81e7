"""The report of a load: a table for people, or one JSON object for programs."""

import json
import re
import sys
from collections.abc import Iterator

from lhcr.cli.counted import counted
from lhcr.ingest.load import Summary
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.ods import OdsCode

_MOST_SHOWN = 20
_NUMBER = re.compile(r"(?<![0-9])[0-9]{10}(?![0-9])")


def report(summary: Summary, *, source: OdsCode, as_json: bool, readers: str = "") -> None:
    """Write the report to standard output; for people it ends with `readers`, a sentence about who can open what was loaded."""
    if as_json:
        sys.stdout.write(json.dumps(report_json(summary, source=source)) + "\n")
    else:
        lines = (*report_lines(summary, source=source), readers)
        sys.stdout.write("\n".join(line for line in lines if line) + "\n")


def report_json(summary: Summary, *, source: OdsCode) -> JsonObject:
    """Return the report. `quarantined_entries` lists at most 1,000 of what `quarantined` counts by reason."""
    tally = summary.tally
    return {
        "source": source.value,
        "files": summary.files,
        "accepted": tally.accepted,
        "unchanged": tally.unchanged,
        "folded": tally.folded,
        "set_apart": tally.apart,
        "quarantined": dict(tally.quarantined.most_common()),
        "quarantined_entries": [
            {"file": each.file, "place": each.place, "error": each.error, "reason": each.reason}
            for each in tally.rejected
        ],
        "dangling_references": sorted(map(shown, summary.missing)),
        "dangling_references_complete": not summary.missing_more,
        "seconds": round(summary.seconds, 3),
        "entries_per_second": round(rate(summary), 1),
    }


def report_lines(summary: Summary, *, source: OdsCode) -> Iterator[str]:
    tally = summary.tally
    yield f"Loaded for {source.value}: {counted(summary.files, 'file', 'files')} in {summary.seconds:,.1f} s, {rate(summary):,.0f} entries/s"
    yield f"  {tally.accepted:>9,}  accepted" + (
        f", of which {tally.folded:,} joined a person who was here" * bool(tally.folded)
    )
    if tally.apart:
        numbers = counted(tally.apart, "NHS number is", "NHS numbers are")
        yield f"  {'':>9}  {numbers} set apart: somebody else holds the number, and who is who must be looked at"
    yield f"  {tally.unchanged:>9,}  unchanged since an earlier load"
    yield f"  {tally.quarantined.total():>9,}  quarantined"
    for error, count in tally.quarantined.most_common():
        yield f"  {'':>9}    {count:,} {error}"
    yield from _rejected(summary)
    yield from _dangling(summary)


def _rejected(summary: Summary) -> Iterator[str]:
    if not summary.tally.rejected:
        return
    yield "Quarantined, kept as they came with the reason:"
    for each in summary.tally.rejected[:_MOST_SHOWN]:
        place = f" {each.place}" if each.place else ""
        yield f"  {each.file}{place}: {each.reason}"
    more = summary.tally.quarantined.total() - _MOST_SHOWN
    if more > 0:
        yield f"  ... and {more:,} more: --json lists up to 1,000, the quarantine holds all."


def _dangling(summary: Summary) -> Iterator[str]:
    if not summary.missing:
        return
    at_least = "At least " if summary.missing_more else ""
    missing = counted(len(summary.missing), "reference leads", "references lead")
    yield f"{at_least}{missing} to nothing that is here yet; all are kept and will lead there when it comes:"
    yield from (f"  {each}" for each in sorted(map(shown, summary.missing))[:_MOST_SHOWN])
    if len(summary.missing) > _MOST_SHOWN:
        yield f"  ... and {len(summary.missing) - _MOST_SHOWN:,} more: see --json."


def shown(reference: str) -> str:
    """Return a reference without what may be somebody's NHS number: in the query of a conditional one, or for an id.

    What is printed is kept in the logs of schedulers, and read by more people than the files are.
    """
    name, mark, _ = reference.partition("?")
    return f"{_NUMBER.sub('~', name)}{'?...' if mark else ''}"


def rate(summary: Summary) -> float:
    return summary.tally.entries / summary.seconds if summary.seconds else 0.0
