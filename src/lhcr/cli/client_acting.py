"""`lhcr client act`: say for whose people a client may act, and how the list of clients tells it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lhcr.identity.acting_registration import ActingRegistration
    from lhcr.kernel.json_types import JsonObject


def act(
    client_id: Annotated[str, typer.Argument(metavar="ID", help="The client's id.")],
    for_: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="ODS", help="An organisation for whose people it acts; may be given again."),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="A SMART scope (user/...) that it may have for them; may be given again."
        ),
    ] = None,
    purpose: Annotated[
        list[str] | None,
        typer.Option("--purpose", metavar="CODE", help="What for: TREAT (without this), HOPERAT; may be given again."),
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="It acts for nobody any more.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
) -> int:
    """Let a client with keys act for the signed-in professionals of organisations. What it was let before ends at once."""
    import sys

    if nobody == bool(for_ or scope or purpose):
        raise typer.BadParameter("Give --for and --scope, or --nobody.")
    registration = None if nobody else _registration(for_ or [], scope or [], purpose or [])
    _run(client_id, registration, data_dir, database_url)
    told = "nobody" if registration is None else words(registration)
    sys.stdout.write(f"{client_id}  acts for {told}\n")
    return 0


def words(registration: "ActingRegistration") -> str:
    purposes = " ".join(each.code for each in registration.purposes)
    return f"{' '.join(registration.organisations)}: {' '.join(registration.scopes)} ({purposes})"


def facts(registration: "ActingRegistration | None") -> "JsonObject | None":
    """Return for whom a client may act as JSON, None for nobody."""
    if registration is None:
        return None
    return {
        "organisations": list(registration.organisations),
        "scopes": list(registration.scopes),
        "purposes": [each.code for each in registration.purposes],
    }


def _registration(
    organisations: "Sequence[str]", scopes: "Sequence[str]", purposes: "Sequence[str]"
) -> "ActingRegistration":
    """Raises Incorrect for a scope that would grant a professional nothing, or a purpose that is none."""
    from lhcr.access.smart_scope import require_granting
    from lhcr.identity.acting_registration import ActingRegistration
    from lhcr.identity.principal import PrincipalKind
    from lhcr.nhs.purposes import Purpose

    wanted = tuple(dict.fromkeys(word for scope in scopes for word in scope.split()))
    require_granting(wanted, PrincipalKind.PROFESSIONAL)
    return ActingRegistration(
        organisations=tuple(dict.fromkeys(organisations)),
        scopes=wanted,
        purposes=tuple(Purpose.parse(code) for code in dict.fromkeys(purposes or ("TREAT",))),
    )


def _run(client_id: str, registration: "ActingRegistration | None", data_dir: Path | None, database_url: str) -> None:
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_change(client_id, registration, dsn))


async def _change(client_id: str, registration: "ActingRegistration | None", dsn: str) -> None:
    from lhcr.identity.acting_registration import ActingRegistrations
    from lhcr.kernel.clock import SystemClock
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        registrations = ActingRegistrations(pool, clock=SystemClock())
        await (registrations.end(client_id) if registration is None else registrations.replace(client_id, registration))
