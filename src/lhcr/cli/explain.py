"""`lhcr explain`: why one access was allowed or refused."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json

if TYPE_CHECKING:
    from collections.abc import Iterator


def explain(
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="The decision's reference, such as D-0C4K2V7Q3M5ZT.")
    ],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Tell the full trace of one access decision: each rule with its verdict and reason, and what the decision was used for."""
    import asyncio
    import json
    import sys

    from lhcr.audit.reference import number_of
    from lhcr.cli.database import open_database

    number_of(reference)
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        explanation = asyncio.run(_explain(dsn, reference))
    text = json.dumps(explanation) if as_json else "\n".join(_lines(explanation))
    sys.stdout.write(text + "\n")
    return 0


async def _explain(dsn: str, reference: str) -> dict[str, Any]:
    from lhcr.access.explain import explain as explain_decision
    from lhcr.audit.reader import LogReader
    from lhcr.cli.oversight import overseeing

    async with overseeing(dsn, asked=reference) as parts:
        return await explain_decision(LogReader(parts.side_pool), reference)


def _lines(explanation: dict[str, Any]) -> "Iterator[str]":
    decisive = f" by the rule {explanation['rule']}" if explanation["rule"] else ""
    yield f"{explanation['reference']}: {explanation['outcome']}{decisive}"
    if explanation["trace"] is None:
        yield "Its trace is not kept any more."
    else:
        yield from _rules(explanation["trace"])
    more = " and more" if explanation["more_uses"] else ""
    yield f"What rests on it ({len(explanation['uses'])}{more}):"
    for use in explanation["uses"]:
        what = " ".join(part for part in (use["interaction"], use["asked"] or use["type"]) if part)
        yield f"  {use['recorded']}  {use['agent']['name']}, {use['purpose']}: {what}; {use['items']} items"


def _rules(trace: dict[str, Any]) -> "Iterator[str]":
    """Tell the rules in the order in which they were asked; a star marks the one that decided."""
    yield f"Policy {trace['policy']}, interaction {trace['interaction']}:"
    for verdict in trace["verdicts"]:
        mark = "*" if verdict["rule"] == trace["decisive"] else " "
        yield f"{mark} {verdict['rule']:<18}{verdict['verdict']:<22}{verdict['reason']}"
