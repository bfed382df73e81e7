"""Operating from the command line: whoever can reach the database changes what access depends on under a name of their own, in the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lhcr.access.policy_change import PolicyChanges
from lhcr.cli.oversight import account_principal
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
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
        yield Operating(
            parts=parts,
            operator=account_principal(clock, PrincipalKind.OPERATOR, Role.SYSTEMS_SUPPORT),
            changes=changes,
        )
