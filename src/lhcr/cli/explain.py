"""`lhcr explain`: why one access was allowed or refused, and what would be decided of a hypothetical one."""

from typing import Annotated, Any

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json


def explain(
    reference: Annotated[
        str | None,
        typer.Argument(
            metavar="REFERENCE", help="The decision's reference, such as D-0C4K2V7Q3M5ZT.", show_default=False
        ),
    ] = None,
    what_if: Annotated[
        str,
        typer.Option(
            "--what-if",
            metavar="FILE",
            help="A hypothetical case in JSON instead, - for standard input: what would be decided of it.",
            show_default=False,
        ),
    ] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Tell the full trace of one access decision: each rule with its verdict and reason, and what the decision was used for.

    With --what-if tell what would be decided of a hypothetical person, role, relationship or objection; nothing is opened.
    """
    import asyncio
    import sys

    from lhcr.access.explain import as_line
    from lhcr.access.what_if import read_what_if
    from lhcr.audit.reference import number_of
    from lhcr.cli.database import open_database
    from lhcr.cli.explain_question import answer_question, explain_reference, read_question
    from lhcr.cli.explain_text import explanation_text
    from lhcr.cli.explain_what_if_text import what_if_text

    if (reference is None) is not bool(what_if):
        raise typer.BadParameter("Give a REFERENCE, or --what-if with a FILE.")
    asked = read_what_if(read_question(what_if)) if what_if else None
    if reference is not None:
        number_of(reference)
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        told: dict[str, Any] = asyncio.run(
            answer_question(dsn, asked) if asked else explain_reference(dsn, reference or "")
        )
    in_words = what_if_text if asked else explanation_text
    sys.stdout.write(as_line(told) if as_json else in_words(told) + "\n")
    return 0
