"""The system that acted for somebody, in plain words: what it is called, and whose it is."""

from lhcr.audit.entry import APP, Agent


def system_words(actor: Agent | None) -> str:
    """Return such as "Pharmacy System of Cedar Pharmacy" or "the app My Tablets", empty where nobody acted for the asker."""
    if actor is None:
        return ""
    if actor.kind == APP:
        return f"the app {actor.name}"
    whose = actor.organisation_name or actor.organisation
    return f"{actor.name or actor.user}{f' of {whose}' if whose else ''}"
