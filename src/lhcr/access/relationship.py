"""Relationship facts: what ties a person to a party, as rules read them and as `record` writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.identity.principal import Principal, PrincipalKind

SELF: Final = "self"
PROXY: Final = "proxy"
#: A proxy by parental responsibility, whose say ends with the child's age.
PARENT: Final = "parent"
CONTRIBUTION: Final = "contribution"
#: What a professional says themself, for a time: facts about one user, which no entry tells of.
CLAIMED: Final = "claimed"
EMERGENCY: Final = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipFact:
    """A row to be: `party` is an ODS code, a `citizen_party` or a `user_party`; it holds from `low` up to, not including, `high` (UTC)."""

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


def user_party(principal: Principal) -> str:
    """Return the party of what a professional claims. Hazard: a word given for one organisation that opens records at another."""
    return f"user|{principal.organisation}|{principal.user_id}"


def holds_own_word(principal: Principal, ties: Iterable[Tie], *, kind: str) -> bool:
    """Return whether what a professional said themself is in force. Hazard: what one said that opens a record to their colleagues."""
    party = user_party(principal)
    return any(tie.kind == kind and tie.until is not None and tie.party == party for tie in ties)


def parties_of(principal: Principal) -> tuple[str, ...]:
    """Return the parties whose facts count for a principal: a citizen's number, or else the organisation and, of who cares, the user."""
    if principal.kind is PrincipalKind.CITIZEN:
        return (citizen_party(principal.person_nhs_number),) if principal.person_nhs_number else ()
    if not principal.organisation:
        return ()
    is_professional = principal.kind is PrincipalKind.PROFESSIONAL and bool(principal.user_id)
    return (principal.organisation, user_party(principal)) if is_professional else (principal.organisation,)
