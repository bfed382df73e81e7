"""`lhcr settings`: what an operator can decide, and what holds now."""

from lhcr.cli.options import Json


def settings(as_json: Json = False) -> int:
    """List the settings: environment variables LHCR_* (or a .env file), what holds now, and what each means."""
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
        return 0
    for row in rows:
        sys.stdout.write(f"{row['name']}={row['value']}\n    {row['meaning']} (default: {row['default']!r})\n")
    return 0


def _shown(name: str, value: object) -> object:
    """An address of a database may hold its password."""
    if name == "database_url" and isinstance(value, str) and "@" in value:
        scheme, _, place = value.partition("://")
        return f"{scheme}://...@{place.rpartition('@')[2]}"
    return value
