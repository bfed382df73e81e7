"""Relationship facts: what ties a person to a party, as rules read them and as `record` writes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.identity.principal import Principal, PrincipalKind

SELF: Final = "self"
PROXY: Final = "proxy"
CONTRIBUTION: Final = "contribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipFact:
    """A row to be: `party` is an ODS code or a `citizen_party`; it holds from `low` up to, not including, `high` (UTC)."""

    party: str
    kind: str
    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What the facts of one kind and party say now: `until` is when the last of them ends, None where all have ended."""

    party: str
    kind: str
    until: datetime | None


def citizen_party(nhs_number: str) -> str:
    return f"nhs-number|{nhs_number}"


def parties_of(principal: Principal) -> tuple[str, ...]:
    """Return the parties whose facts count for a principal: a citizen's number, or else the organisation."""
    if principal.kind is PrincipalKind.CITIZEN:
        return (citizen_party(principal.person_nhs_number),) if principal.person_nhs_number else ()
    return (principal.organisation,) if principal.organisation else ()
