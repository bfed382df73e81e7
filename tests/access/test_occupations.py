"""What each occupation reads and writes: the table of the baseline policy, and the reasons for it.

Where a national role is shared by several occupations, the occupation decides which of the role's entries its work needs. The
sections of the Core Information Standard say so for social care; what community pharmacy asks for says so for its technicians.
"""

from dataclasses import replace

import msgspec
import pytest
from tests.access.conftest import GP, World

from lhcr.access.case import Case
from lhcr.access.coverage import readable_categories, writable_categories
from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import DIRECTORY, Policy, area_policy, baseline_policy
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.access.trace import trace_text
from lhcr.nhs.roles import OCCUPATIONS, activities_of

_NEVER = {DIRECTORY}
#: What somebody of an occupation is not shown, with the reason.
NOT_SHOWN = {
    "doctor": (),
    "nurse": (),
    # At the scene anything may matter.
    "paramedic": (),
    # Risks and formulation are no part of a pharmacy's record; a safeguarding flag is.
    "pharmacist": ("formulation",),
    # Dispensing and reconciling needs medicines, their reasons and what they must not be given with.
    "pharmacy-technician": (
        "administrative",
        "care-plan",
        "consent",
        "document",
        "encounter",
        "examination",
        "family-history",
        "formulation",
        "investigation",
        "observation",
        "other",
        "procedure",
        "request",
        "result",
    ),
    # Care at home is planned without what was examined and found in the body, or in the family's.
    "social-worker": ("examination", "family-history", "investigation", "result"),
}


@pytest.mark.parametrize("occupation", NOT_SHOWN)
def test_an_occupation_reads_what_its_work_needs(policy: Policy, occupation: str) -> None:
    role = OCCUPATIONS[occupation].role
    principal = replace(GP, occupation=occupation, role_code=role.code, activities=activities_of(role))
    readable = readable_categories(principal, policy=policy)
    assert sorted(set(policy.categories) - readable - _NEVER) == sorted(NOT_SHOWN[occupation])


def test_every_occupation_that_borrows_a_role_has_a_line_of_its_own(policy: Policy) -> None:
    borrowing = {key for key, occupation in OCCUPATIONS.items() if occupation.nearest_only}
    assert policy.file.reads_by_occupation.keys() >= borrowing - {"paramedic"}
    assert policy.file.reads_by_occupation.keys() <= OCCUPATIONS.keys()


@pytest.mark.parametrize("occupation", ["receptionist", "privacy-officer", "caldicott-guardian", "systems-support"])
def test_an_occupation_never_reads_more_than_its_role(policy: Policy, occupation: str) -> None:
    """Hazard: a claim of an occupation that opens what the role's activities do not cover."""
    for claimed in OCCUPATIONS:
        role = OCCUPATIONS[occupation].role
        own = replace(GP, role_code=role.code, activities=activities_of(role))
        claiming = replace(own, occupation=claimed)
        assert readable_categories(claiming, policy=policy) <= readable_categories(own, policy=policy)
        assert writable_categories(claiming, policy=policy) <= writable_categories(own, policy=policy)


def test_a_technician_writes_what_is_dispensed_and_reconciled(policy: Policy) -> None:
    technician = replace(GP, occupation="pharmacy-technician", role_code="R8003")
    expected = {"demographics", "product", "medication", "allergy", "list"}
    assert writable_categories(technician, policy=policy) == expected
    pharmacist = replace(technician, occupation="pharmacist")
    assert writable_categories(pharmacist, policy=policy) > writable_categories(technician, policy=policy)


async def test_a_trace_says_what_policy_kept_from_an_occupation(world: World) -> None:
    """Whoever asks later why an entry was not shown finds it in the log."""
    technician = replace(GP, occupation="pharmacy-technician", role_code="R8003", token_id="token-technician")
    request = Request(interaction=Interaction.SEARCH, type="Observation", person=UNKNOWN)
    with pytest.raises(Refused) as refused:
        await world.gate.decide(technician, request)
    assert refused.value.verdict.rule == "role"
    case = Case(principal=technician, request=request, policy=baseline_policy())
    trace = msgspec.json.decode(trace_text(case, fold(judge_all(case, RULES))))
    assert trace["occupation"] == "pharmacy-technician"
    assert trace["withheld"] == sorted(NOT_SHOWN["pharmacy-technician"])


@pytest.mark.parametrize(
    "setting",
    [
        b'{"reads_by_occupation": {"wizard": ["demographics"]}}',
        b'{"writes_by_occupation": {"wizard": ["product"]}}',
        b'{"writes_by_occupation": {"pharmacist": ["observation"]}}',
        b'{"reads_by_occupation": {"pharmacist": ["no-such-category"]}}',
    ],
)
def test_a_policy_that_names_nobody_or_half_a_type_is_refused(setting: bytes) -> None:
    with pytest.raises(ValueError):
        area_policy(setting)
