"""How people sign in to one area, made from its settings: the providers that it is a client of, and what they are kept with."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final

from lhcr.audit.log import AuditLog
from lhcr.identity.area_settings import setting_made_once
from lhcr.identity.openid.attempts import Attempts
from lhcr.identity.openid.code_flow import CodeFlow
from lhcr.identity.openid.failed_sign_ins import SLOWED_SECONDS, FailedSignIns
from lhcr.identity.openid.outgoing import Outgoing
from lhcr.identity.openid.provider import read_providers
from lhcr.identity.role_choices import RoleChoices
from lhcr.identity.sessions import Sessions
from lhcr.kernel.clock import Clock
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode
from lhcr.portal.back_channel import BackChannel
from lhcr.portal.provider_sign_in import HavePart, ProviderSignIns, Wait
from lhcr.portal.sign_in_log import SignInLog
from lhcr.portal.sign_in_upkeep import SignInUpkeep
from lhcr.store.database import Pool

#: A setting of the area: the key under which addresses and subjects of failed sign-ins are counted.
_COUNT_KEY: Final = "sign-in-count-key"
_CONTRIBUTORS: Final = "SELECT ods FROM source WHERE ods = ANY($1::text[])"


def make_sign_in_log(settings: Settings, log: AuditLog, clock: Clock) -> SignInLog:
    """Raises Incorrect where the setting names no ODS code."""
    overseer = settings.oversight_organisation
    return SignInLog(
        log=log, clock=clock, site=settings.area_name, overseer=OdsCode(overseer).value if overseer else ""
    )


async def make_providers(
    settings: Settings, pool: Pool, *, journal: SignInLog, clock: Clock, wait: Wait = asyncio.sleep
) -> ProviderSignIns | None:
    """Return how people sign in by a provider, None where no provider is set. Raises Incorrect for settings that are not right."""
    providers = read_providers(settings)
    if not providers:
        return None
    attempts, outgoing = Attempts(pool, clock=clock), Outgoing()
    key = await setting_made_once(pool, _COUNT_KEY, make=lambda: secrets.token_bytes(32))
    return ProviderSignIns(
        flows={
            service: CodeFlow(each, attempts=attempts, outgoing=outgoing, clock=clock)
            for service, each in providers.items()
        },
        sessions=Sessions(pool, clock=clock),
        choices=RoleChoices(pool, clock=clock),
        failures=FailedSignIns(pool=pool, clock=clock, key=key),
        journal=journal,
        have_part=_have_part(settings, pool),
        clock=clock,
        level_claim=settings.staff_level_claim,
        wait=wait,
        slowed_seconds=SLOWED_SECONDS,
        back_channel=BackChannel(pool=pool, journal=journal, clock=clock),
    )


def make_upkeep(pool: Pool, *, clock: Clock) -> SignInUpkeep:
    kept = (Sessions(pool, clock=clock), Attempts(pool, clock=clock), RoleChoices(pool, clock=clock))
    return SignInUpkeep([*(each.sweep for each in kept), FailedSignIns(pool=pool, clock=clock, key=b"").sweep])


def _have_part(settings: Settings, pool: Pool) -> HavePart:
    """Those whom the operator named, or else those that contribute to the record."""
    named = frozenset(OdsCode(code).value for code in settings.staff_organisations.split())

    async def have_part(codes: Sequence[str]) -> frozenset[str]:
        if named:
            return named.intersection(codes)
        plain = [code for code in codes if "\0" not in code]
        return frozenset(row["ods"] for row in await pool.fetch(_CONTRIBUTORS, plain))

    return have_part
