"""`lhcr settings`: what an operator can decide, what holds now, and what the area's policy of access leaves out."""

from pathlib import Path

from lhcr.cli.options import DatabaseUrl, DataDir, Json


def settings(data_dir: DataDir = None, database_url: DatabaseUrl = "", as_json: Json = False) -> int:
    """List the settings: environment variables LHCR_* (or a .env file), what holds now, and what each means.

    Where a database is named it is said too whose word the area's policy takes nobody's for.
    """
    import json
    import sys

    from lhcr.kernel.settings import Settings

    now = Settings()
    rows = [
        {
            "name": f"LHCR_{name.upper()}",
            "value": _shown(name, getattr(now, name)),
            "default": _shown(name, field.default),
            "meaning": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        for row in rows:
            sys.stdout.write(f"{row['name']}={row['value']}\n    {row['meaning']} (default: {row['default']!r})\n")
    if database_url or data_dir:
        sys.stderr.writelines(f"Policy of access: {gap}\n" for gap in _gaps(data_dir, database_url))
    return 0


def _gaps(data_dir: Path | None, database_url: str) -> tuple[str, ...]:
    import asyncio

    from lhcr.access.policy_gaps import policy_gaps
    from lhcr.cli.area_policy import read_area_policy
    from lhcr.cli.database import open_database
    from lhcr.kernel.errors import LhcrError

    try:
        with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
            return tuple(policy_gaps(asyncio.run(read_area_policy(dsn))))
    except LhcrError as error:
        # The settings hold whether or not the database can be asked.
        return (f"it cannot be read now. {error}",)


def _shown(name: str, value: object) -> object:
    """An address of a database may hold its password."""
    if name == "database_url" and isinstance(value, str) and "@" in value:
        scheme, _, place = value.partition("://")
        return f"{scheme}://...@{place.rpartition('@')[2]}"
    return value
