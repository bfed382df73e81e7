"""`lhcr token`: a bearer token of a persona, in a demonstration alone."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json

if TYPE_CHECKING:
    from lhcr.identity.claims import Claims

_LIFETIME: Final = timedelta(hours=12)


def token(
    persona: Annotated[str, typer.Option("--persona", metavar="NAME", help="Who the token is for, such as gp.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="A SMART scope, such as user/Observation.rs; may be given again."
        ),
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", metavar="PURPOSE", help="A purpose of use, such as TREAT.")] = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Print a bearer token of a persona, good for twelve hours. Only a database marked as demonstration knows personas."""
    import asyncio
    import json
    import sys

    from lhcr.cli.database import open_database

    claims = _claims(persona, tuple(scope or ()), purpose)
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        issued = asyncio.run(_issue(dsn, claims, base_url=_base_url(data_dir, database_url)))
    told = {"access_token": issued, "token_type": "Bearer", "expires_in": int(_LIFETIME.total_seconds())}
    sys.stdout.write((json.dumps(told) if as_json else issued) + "\n")
    return 0


def _claims(name: str, scopes: tuple[str, ...], purpose: str) -> "Claims":
    from lhcr.access.smart_scope import require_granting
    from lhcr.demo.persona_claims import persona_claims
    from lhcr.demo.personas import BY_NAME
    from lhcr.kernel.errors import Incorrect, Issue
    from lhcr.nhs.purposes import Purpose

    if name not in BY_NAME:
        diagnostics = f"There is no such persona. There are: {', '.join(BY_NAME)}."
        raise Incorrect([Issue(code="value", error="persona-unknown", diagnostics=diagnostics)])
    every = persona_claims(BY_NAME[name], scopes=tuple(part for scope in scopes for part in scope.split()))
    if scopes and not every.scopes:
        # Hazard: a token without scopes does all that its bearer may, and whoever names some wants less.
        diagnostics = (
            "--scope names no scope. Leave it out for a token that does all that the persona may. No token was made."
        )
        raise Incorrect([Issue(code="value", error="scope-invalid", diagnostics=diagnostics)])
    require_granting(every.scopes, every.kind)
    if not purpose:
        return every
    chosen = Purpose.parse(purpose)
    if chosen.code not in every.purposes:
        diagnostics = f"{name} has no such purpose of use. There are: {', '.join(every.purposes)}."
        raise Incorrect([Issue(code="value", error="purpose-unknown", diagnostics=diagnostics)])
    return persona_claims(BY_NAME[name], purposes=(chosen,), scopes=tuple(every.scopes))


def _base_url(data_dir: Path | None, database_url: str) -> str:
    """Return the address that the running demonstration serves, else the one that the settings name."""
    from lhcr.cli.demo_lock import running_at
    from lhcr.kernel.settings import Settings
    from lhcr.store.embedded import default_data_dir

    running = None if database_url else running_at(data_dir or default_data_dir())
    return running or Settings().base_url


async def _issue(dsn: str, claims: "Claims", *, base_url: str) -> str:
    from lhcr.app import open_tokens
    from lhcr.identity.area_settings import is_demonstration
    from lhcr.kernel.clock import SystemClock
    from lhcr.kernel.errors import Forbidden, Issue
    from lhcr.kernel.settings import Settings
    from lhcr.parts import running_parts

    settings = Settings().model_copy(update={"base_url": base_url})
    async with running_parts(settings, dsn, clock=SystemClock()) as parts:
        if not await is_demonstration(parts.side_pool):
            diagnostics = "Personas exist only in a demonstration, and this database is none. No token was made."
            raise Forbidden([Issue(code="forbidden", error="persona-outside-demonstration", diagnostics=diagnostics)])
        return (await open_tokens(parts)).issue(claims, lifetime=_LIFETIME)
