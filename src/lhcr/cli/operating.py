"""Operating from the command line: whoever can reach the database changes what access depends on under a name of their own, in the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from lhcr.access.policy_change import PolicyChanges
from lhcr.cli.oversight import account_name
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.clock import Clock, SystemClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role
from lhcr.parts import Parts, running_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What a command changes policy with: a worker's parts, the operator, and where changes are made."""

    parts: Parts
    operator: Principal
    changes: PolicyChanges


@asynccontextmanager
async def operating(dsn: str) -> AsyncIterator[Operating]:
    settings, clock = Settings(), SystemClock()
    async with running_parts(settings, dsn, clock=clock) as parts:
        changes = PolicyChanges(pool=parts.side_pool, log=parts.log, clock=clock, site=settings.area_name)
        yield Operating(parts=parts, operator=_operator(clock), changes=changes)


def _operator(clock: Clock) -> Principal:
    account = account_name()
    return Principal(
        user_id=f"lhcr-command:{account}",
        name=f"Account {account} at the command line",
        kind=PrincipalKind.OPERATOR,
        role_code=Role.SYSTEMS_SUPPORT.code,
        role_display=Role.SYSTEMS_SUPPORT.display,
        activities=frozenset(),
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
