"""Oversight from the command line: whoever can reach the database reads the log under a name of their own, and that is logged."""

import getpass
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from lhcr.access.request import Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.entry import EntryDraft, Outcome
from lhcr.audit.export_entry import exported
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock, SystemClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity, Role
from lhcr.parts import Parts, running_parts


@asynccontextmanager
async def overseeing(dsn: str, *, asked: str, takes_out: bool = False) -> AsyncIterator[Parts]:
    """Lend a worker's parts to a command that reads the log, or takes it out; `asked` is what the log says was asked. Raises Refused."""
    clock = SystemClock()
    async with running_parts(Settings(), dsn, clock=clock) as parts:
        draft = await oversight_draft(parts, asked=asked)
        draft = exported(draft) if takes_out else draft
        await parts.log.release([draft.complete(recorded=clock.now(), outcome=Outcome.SUCCESS)], Answer(status=200))
        yield parts


async def oversight_draft(parts: Parts, *, asked: str) -> EntryDraft:
    """Return what the log will say of something that the command does besides. Raises Refused."""
    request = Request(interaction=Interaction.AUDIT_READ, type="AuditEvent", person=None, asked=asked)
    return (await parts.gate.decide(command_principal(parts.clock), request)).entry


def command_principal(clock: Clock) -> Principal:
    return account_principal(clock, PrincipalKind.OFFICE, Role.PRIVACY_OFFICER, activities={Activity.VIEW_LOGS})


def account_principal(
    clock: Clock, kind: PrincipalKind, role: Role, *, activities: Collection[Activity] = ()
) -> Principal:
    """Return whoever gives a command, as somebody of a kind and role, for as long as a command takes."""
    account = account_name()
    return Principal(
        user_id=f"lhcr-command:{account}",
        name=f"Account {account} at the command line",
        kind=kind,
        role_code=role.code,
        role_display=role.display,
        activities=frozenset(activities),
        organisation="",
        organisation_name="",
        person_nhs_number=None,
        purposes=(Purpose.OPERATIONS,),
        purpose=Purpose.OPERATIONS,
        scopes=(),
        token_id="",
        expires=clock.now() + timedelta(minutes=5),
        sign_in=SignIn.COMMAND_LINE,
    )


def account_name() -> str:
    """Return the name of the account of the system that gives a command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "without a name"
