"""The policy of access of the area whose database a command works on."""

from lhcr.access.policy import Policy, area_policy
from lhcr.identity.area_settings import ACCESS_POLICY, read_setting
from lhcr.store.database import open_pool


async def read_area_policy(dsn: str) -> Policy:
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        return area_policy(await read_setting(pool, ACCESS_POLICY))
