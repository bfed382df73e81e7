"""The `lhcr` command: its subcommands, and how an error becomes a sentence and an exit code (0 done, 1 failed, 2 misused)."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from lhcr.cli.agreement import make_agreement
from lhcr.cli.audit import make_audit
from lhcr.cli.client import make_client
from lhcr.cli.demo import demo
from lhcr.cli.entry import make_entry
from lhcr.cli.explain import explain
from lhcr.cli.load import load
from lhcr.cli.migrate import migrate
from lhcr.cli.office import make_office
from lhcr.cli.opt_out import make_opt_out
from lhcr.cli.person import make_person
from lhcr.cli.plain_help import PlainCommand, PlainGroup
from lhcr.cli.policy import make_policy
from lhcr.cli.retention import make_retention
from lhcr.cli.sensitivity import make_sensitivity
from lhcr.cli.serve import serve
from lhcr.cli.session import make_session
from lhcr.cli.settings import settings
from lhcr.cli.signing_key import make_signing_key
from lhcr.cli.staff import make_staff
from lhcr.cli.stopping import signals_stop
from lhcr.cli.token import token
from lhcr.kernel.errors import Incorrect, LhcrError

DONE: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
_TRACE: Final = "LHCR_TRACE"
_SUMMARY: Final = "Open LHCR: the Local Health and Care Record of an area."
_GROUPS: Final[Mapping[str, Callable[[], typer.Typer]]] = MappingProxyType(
    {
        "policy": make_policy,
        "agreement": make_agreement,
        "opt-out": make_opt_out,
        "sensitivity": make_sensitivity,
        "audit": make_audit,
        "entry": make_entry,
        "person": make_person,
        "retention": make_retention,
        "client": make_client,
        "staff": make_staff,
        "office": make_office,
        "session": make_session,
        "signing-key": make_signing_key,
    }
)


def make_app() -> typer.Typer:
    app = typer.Typer(cls=PlainGroup, help=_SUMMARY, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    app.command(cls=PlainCommand)(demo)
    app.command(cls=PlainCommand)(serve)
    app.command(cls=PlainCommand)(load)
    app.command(cls=PlainCommand)(token)
    app.command(cls=PlainCommand)(explain)
    for name, make in _GROUPS.items():
        app.add_typer(make(), name=name, cls=PlainGroup)
    app.command(cls=PlainCommand)(migrate)
    app.command(cls=PlainCommand)(settings)
    return app


def main() -> None:
    """Run the command that the arguments name, and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code. A mistake of the user is told in a sentence, never as a trace."""
    command = get_command(make_app())
    try:
        with signals_stop():
            # Outside its standalone mode the command returns what it would have exited with.
            returned = command.main(arguments, prog_name="lhcr", standalone_mode=False)
    except KeyboardInterrupt:
        return _tell("Stopped. What was done until then stays; the same command can be given again.", FAILED)
    except LhcrError as error:
        return _tell_each(
            [issue.diagnostics for issue in error.issues], MISUSED if isinstance(error, Incorrect) else FAILED
        )
    except typer.Abort:
        return _tell("Stopped before anything was done.", FAILED)
    except TyperException as error:
        return _show(error)
    except Exception as error:
        if _TRACE in os.environ:
            raise
        name = type(error).__name__
        advice = f"Set {_TRACE}=1 and give the command again to see where, and report it."
        return _tell(
            f"The command met an error that it does not know ({name}). Nothing is known to be lost. {advice}", FAILED
        )
    return returned if isinstance(returned, int) else DONE


def _show(error: TyperException) -> int:
    """Show what was misused, with the usage of the command where the error knows it."""
    show = getattr(error, "show", None)
    if callable(show):
        show()
        return MISUSED
    return _tell(error.format_message(), MISUSED)


def _tell_each(messages: Iterable[str], code: int) -> int:
    """Tell each on a line of its own: whoever sets up an area gets a list of what to do, and no paragraph."""
    for message in messages:
        _tell(message, code)
    return code


def _tell(message: str, code: int) -> int:
    sys.stderr.write(f"lhcr: {message}\n")
    return code
