"""Who can open what was loaded: told in a demonstration, where it depends on the source that was named."""

import asyncio

from lhcr.nhs.ods import OdsCode


def tell_readers(dsn: str, source: OdsCode) -> str:
    """Return a sentence about who can open the loaded records; empty where no personas sign in."""
    return readers_sentence(source) if asyncio.run(_is_demonstration(dsn)) else ""


def readers_sentence(source: OdsCode) -> str:
    from lhcr.demo.readers import readers_by_source, readers_of

    names = readers_of(source.value)
    if names:
        return f"In the demonstration you can open these records as {_either(names)}: they work for {source.value}."
    known = "; ".join(f"{ods} for {_either(each)}" for ods, each in readers_by_source().items())
    return (
        f"No persona of the demonstration works for {source.value}, so none can open people whom only {source.value} knows. "
        f"To open them, name one of these as --source: {known}."
    )


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(names)


async def _is_demonstration(dsn: str) -> bool:
    from lhcr.cli.database import connect
    from lhcr.identity.area_settings import is_demonstration

    connection = await connect(dsn)
    try:
        return await is_demonstration(connection)
    finally:
        await connection.close()
