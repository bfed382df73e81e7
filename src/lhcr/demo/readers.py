"""Who can open what a source contributes: the personas who care for people and work there."""

from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import PERSONAS
from lhcr.identity.principal import PrincipalKind


def readers_of(ods: str) -> tuple[str, ...]:
    """The names of the personas for whom it counts as a relationship that this organisation contributed to a record."""
    return readers_by_source().get(ods, ())


def readers_by_source() -> dict[str, tuple[str, ...]]:
    """The names of personas by ODS code, in the order of the personas."""
    found: dict[str, tuple[str, ...]] = {}
    for persona in PERSONAS:
        if persona.organisation and persona_claims(persona).kind is PrincipalKind.PROFESSIONAL:
            found[persona.organisation] = (*found.get(persona.organisation, ()), persona.name)
    return found
