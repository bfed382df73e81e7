"""`lhcr explain`: why one access was allowed or refused."""

from typing import Annotated, Any

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json


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
    from lhcr.cli.explain_text import explanation_text

    number_of(reference)
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        explanation = asyncio.run(_explain(dsn, reference))
    text = json.dumps(explanation) if as_json else explanation_text(explanation)
    sys.stdout.write(text + "\n")
    return 0


async def _explain(dsn: str, reference: str) -> dict[str, Any]:
    from lhcr.access.explain import explain as explain_decision
    from lhcr.audit.reader import LogReader
    from lhcr.cli.oversight import overseeing

    async with overseeing(dsn, asked=reference) as parts:
        return await explain_decision(LogReader(parts.side_pool), reference)
