"""`lhcr client`: register systems and apps with the authorization server, say for whom they act, list them, and end them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.client_acting import act, facts, words
from lhcr.cli.options import DatabaseUrl, DataDir, Json
from lhcr.cli.plain_help import PlainCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from lhcr.identity.acting_registration import ActingRegistration
    from lhcr.identity.clients import Client, ClientKind, Clients
    from lhcr.store.database import Pool

_Id = Annotated[str, typer.Argument(metavar="ID", help="The client's id.")]


def make_client() -> typer.Typer:
    app = typer.Typer(
        help="Register systems and apps with the authorization server, list them, end them.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.command(cls=PlainCommand)(register)
    app.command(cls=PlainCommand)(act)
    app.command(name="list", cls=PlainCommand)(list_clients)
    app.command(cls=PlainCommand)(end)
    return app


def register(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What users and the log call it.")],
    scope: Annotated[
        list[str],
        typer.Option("--scope", metavar="SCOPE", help="A SMART scope that it may ask for; may be given again."),
    ],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="system (asks for itself) or app (asks for a user).")
    ] = "system",
    ods: Annotated[str, typer.Option("--ods", metavar="ODS", help="The organisation whose system it is.")] = "",
    organisation: Annotated[str, typer.Option("--organisation", metavar="NAME", help="That organisation's name.")] = "",
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="FILE", exists=True, dir_okay=False, help="Its public keys, a JSON Web Key Set."
        ),
    ] = None,
    redirect: Annotated[
        list[str] | None,
        typer.Option("--redirect", metavar="URL", help="Where an app's users are led back to; may be given again."),
    ] = None,
    client_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its id; without it one is made.")] = "",
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Let an app ask inside an emergency that its user began.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
    as_json: Json = False,
) -> int:
    """Register a client and print its id. A system names its organisation and its keys, an app where it is led back to."""
    from lhcr.identity.clients import Client, new_client_id

    client = Client(
        client_id=client_id or new_client_id(),
        name=name,
        kind=_kind(kind),
        organisation=ods,
        organisation_name=organisation,
        public_keys=keys.read_bytes() if keys else b"",
        redirect_uris=tuple(redirect or ()),
        scopes=_scopes(scope, kind),
        emergency=emergency,
    )
    _run(lambda clients, _: clients.register(client), data_dir, database_url)
    _tell({client: None}, as_json=as_json)
    return 0


def list_clients(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """List the clients that are registered: id, kind, organisation, scopes, name, and for whom they act."""
    found: dict[Client, ActingRegistration | None] = {}

    async def read(clients: "Clients", pool: "Pool") -> None:
        from lhcr.identity.acting_registration import ActingRegistrations
        from lhcr.kernel.clock import SystemClock

        acting = ActingRegistrations(pool, clock=SystemClock())
        found.update({each: await acting.find(each.client_id) for each in await clients.all()})

    _run(read, data_dir, database_url)
    _tell(found, as_json=as_json)
    return 0


def end(client_id: _Id, data_dir: DataDir = None, database_url: DatabaseUrl = "") -> int:
    """End a client: it gets no more tokens, and those that it has are refused within a second by every worker."""
    import sys

    _run(lambda clients, _: clients.end(client_id), data_dir, database_url)
    sys.stdout.write(f"Ended: {client_id}\n")
    return 0


def _kind(told: str) -> "ClientKind":
    from lhcr.identity.clients import ClientKind

    if told not in {each.value for each in ClientKind}:
        raise typer.BadParameter("--kind is system or app.")
    return ClientKind(told)


def _scopes(told: "Sequence[str]", kind: str) -> tuple[str, ...]:
    """Raises Incorrect for a scope that would grant a client of this kind nothing."""
    from lhcr.access.smart_scope import require_granting
    from lhcr.auth.granted_scopes import BESIDE
    from lhcr.identity.principal import PrincipalKind

    scopes = tuple(dict.fromkeys(word for scope in told for word in scope.split()))
    holder = PrincipalKind.SYSTEM if kind == "system" else PrincipalKind.CITIZEN
    require_granting([each for each in scopes if kind == "system" or each not in BESIDE], holder)
    return scopes


def _run(work: "Callable[[Clients, Pool], Awaitable[None]]", data_dir: Path | None, database_url: str) -> None:
    import asyncio

    from lhcr.cli.database import open_database

    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        asyncio.run(_with_clients(work, dsn))


async def _with_clients(work: "Callable[[Clients, Pool], Awaitable[None]]", dsn: str) -> None:
    from lhcr.identity.clients import Clients
    from lhcr.kernel.clock import SystemClock
    from lhcr.store.database import open_pool

    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await work(Clients(pool, clock=SystemClock()), pool)


def _tell(clients: "Mapping[Client, ActingRegistration | None]", *, as_json: bool) -> None:
    import json
    import sys

    listed = [
        {
            "id": each.client_id,
            "kind": each.kind.value,
            "organisation": each.organisation,
            "scopes": each.scopes,
            "name": each.name,
            "emergency": each.emergency,
            "acts": facts(acting),
        }
        for each, acting in clients.items()
    ]
    if as_json:
        sys.stdout.write(json.dumps({"clients": listed}) + "\n")
        return
    for each, acting in clients.items():
        sys.stdout.write(
            f"{each.client_id}  {each.kind.value}  {each.organisation or '-'}  {' '.join(each.scopes)}  {each.name}\n"
        )
        if each.emergency:
            sys.stdout.write("    asks inside emergencies that its users began\n")
        if acting is not None:
            sys.stdout.write(f"    acts for {words(acting)}\n")
