"""Cases for the rules one by one: who asks, what, about whom, and which ties are known; the policy is the tests' own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import msgspec
from tests.access.conftest import Cast

from lhcr.access.case import Case
from lhcr.access.policy import Policy, baseline_policy
from lhcr.access.relationship import CLAIMED, EMERGENCY, Tie, user_party
from lhcr.access.request import AskedPerson, Interaction, Request
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.roles import Activity

LATER: Final = datetime(2027, 1, 1, tzinfo=UTC)
#: Ties by kind, with when they end.
IN_FORCE: Final = LATER
ENDED: Final = None
PERSON: Final = 7
BUCKET: Final = -3
DIRECTORY: Final = 0
CAST: Final = Cast()
CLINICAL: Final = ["product", "medication", "allergy", "problem", "result", "observation", "procedure", "document"]
#: What roles read and write is fixed here, so that these tests say what the rules do and not what an area chose.
POLICY: Final = Policy(
    msgspec.structs.replace(
        baseline_policy().file,
        reads_by_activity={
            Activity.VIEW_DEMOGRAPHICS.code: ["demographics"],
            Activity.VIEW_GP_SUMMARY.code: ["demographics", *CLINICAL],
        },
        writes_by_activity={Activity.AMEND_DEMOGRAPHICS.code: ["demographics"]},
        writes_by_role={"R8000": [*CLINICAL, "directory"]},
        citizen_reads=["demographics", *CLINICAL],
        sensitive_categories=["consent"],
        purposes_by_kind={PrincipalKind.PROFESSIONAL: ["TREAT", "ETREAT"], PrincipalKind.CITIZEN: ["PATRQT"]},
        relationship_days_after={"registration": 0, "encounter": 180, "contribution": 365},
    )
)


def asked(
    principal: Principal,
    interaction: Interaction = Interaction.READ,
    type_: str | None = "Observation",
    *,
    person: AskedPerson = PERSON,
    ties: Mapping[str, datetime | None] | None = None,
) -> Case:
    own_word = user_party(principal)
    known = tuple(
        Tie(party=own_word if kind in {CLAIMED, EMERGENCY} else "party", kind=kind, until=until)
        for kind, until in (ties or {}).items()
    )
    request = Request(interaction=interaction, type=type_, person=person)
    return Case(principal=principal, request=request, policy=POLICY, ties=known)


def able(principal: Principal, *activities: Activity) -> Principal:
    return replace(principal, activities=frozenset(activities))
