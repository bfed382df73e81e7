"""Settings that live in the area's own database: what it is, and the keys that it made for itself."""

from collections.abc import Callable
from typing import Final

from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.identity", "area_settings.sql")
#: Marks a demonstration: only such a database knows personas.
DEMONSTRATION: Final = "demonstration"
#: The private key with which bearer tokens are signed, as a JSON Web Key.
TOKEN_KEY: Final = "token-key"  # noqa: S105 - the name of a setting, no secret.
#: The key under which identifiers in logged queries are digested.
QUERY_MASK_KEY: Final = "query-mask-key"
#: What the area replaces of the baseline policy of access, as JSON.
ACCESS_POLICY: Final = "access-policy"


async def read_setting(source: Connection | Pool, name: str) -> bytes | None:
    value: bytes | None = await source.fetchval(_SQL["read"], name)
    return value


async def setting_made_once(source: Connection | Pool, name: str, *, make: Callable[[], bytes]) -> bytes:
    """Return a setting, which is made where it is missing; of workers that start at once, all get the same."""
    found = await read_setting(source, name)
    if found is not None:
        return found
    await source.execute(_SQL["make"], name, make())
    made = await read_setting(source, name)
    if made is None:
        raise RuntimeError("a setting that was just made is not there")
    return made


async def replace_setting(connection: Connection, name: str, value: bytes) -> None:
    """Let a value take the place of the one before, in the caller's transaction."""
    await connection.execute(_SQL["replace"], name, value)


async def is_demonstration(source: Connection | Pool) -> bool:
    return await read_setting(source, DEMONSTRATION) is not None
