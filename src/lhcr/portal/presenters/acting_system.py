"""The system that acted for somebody, in plain words: what it is called, and whose it is."""

from lhcr.audit.entry import Agent


def system_words(actor: Agent | None) -> str:
    """Return such as "Pharmacy System of Cedar Pharmacy", empty where nobody acted for the asker."""
    if actor is None:
        return ""
    whose = actor.organisation_name or actor.organisation
    return f"{actor.name or actor.user}{f' of {whose}' if whose else ''}"
