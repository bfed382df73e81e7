"""Facts that resources say, and what hostile or careless ones must not say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.access.projection import Said, contribution_fact, project_facts
from lhcr.access.span import BEGINNING, ENDLESS
from lhcr.kernel.json_types import JsonObject

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
BY_ODS = {"identifier": {"system": ODS, "value": "A81001"}}
Directory = Callable[[str], str | None]


#: Every source may tie every organisation: whose word counts is another matter (see the tests of sources).
TRUSTING = area_policy(
    msgspec.json.encode(
        {
            "relationships": msgspec.structs.replace(
                baseline_policy().file.relationships,
                sources=dict.fromkeys(baseline_policy().file.relationships.sources, "any"),
            ),
        }
    )
)


def said(*, names_proxies: bool = False, source: str = "RRE", policy: Policy = TRUSTING) -> Said:
    directory = {"Organization/1": "A81001", "Organization/2": "FA123"}
    return Said(recorded=NOW, source=source, resolve=directory.get, policy=policy, names_proxies=names_proxies)


def stay(code: str, system: str = "http://terminology.hl7.org/CodeSystem/v3-ActCode") -> JsonObject:
    return {"system": system, "code": code}


def facts(resource: JsonObject, **options: Any) -> list[tuple[str, str]]:
    return [(fact.party, fact.kind) for fact in project_facts(resource, said=said(**options))]


def test_a_patient_says_registration_nominated_pharmacy_and_who_they_are() -> None:
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": NHS, "value": "999 000 0018"}],
        "generalPractitioner": [{"reference": "Organization/1"}, {"reference": "Practitioner/9"}],
        "extension": [
            {
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NominatedPharmacy",
                "valueReference": {"identifier": {"system": ODS, "value": "FA123"}},
            }
        ],
    }
    assert facts(patient) == [
        ("A81001", "registration"),
        ("FA123", "nominated-pharmacy"),
        ("nhs-number|9990000018", "self"),
    ]


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": NHS, "value": "9999999999"},
        {"system": NHS, "value": "9990000019"},
        {"system": NHS, "value": "9990000018", "use": "old"},
        {"system": "urn:other", "value": "9990000018"},
        {"system": NHS, "value": None},
        "9990000018",
    ],
)
def test_hazard_wrong_person_a_number_that_proves_nothing_is_nobodys_self(identifier: object) -> None:
    assert facts({"resourceType": "Patient", "identifier": [identifier]}) == []


def test_a_finished_encounter_ties_for_as_long_after_its_end_as_the_policy_says() -> None:
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "serviceProvider": BY_ODS,
        "period": {"start": "2026-01-01T10:00:00Z", "end": "2026-01-02T10:00:00Z"},
    }
    (fact,) = project_facts(encounter, said=said())
    assert fact.low == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert abs(fact.high - datetime(2026, 1, 2, 10, tzinfo=UTC) - timedelta(days=180)) <= timedelta(seconds=1)


def test_an_encounter_that_nobody_closed_does_not_open_a_record_for_ever() -> None:
    encounter = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "serviceProvider": BY_ODS,
        "period": {"start": "2019-01-01"},
    }
    (fact,) = project_facts(encounter, said=said())
    assert fact.high == NOW + timedelta(days=180)


@pytest.mark.parametrize(
    ("resource", "days"),
    [
        ({"resourceType": "Encounter", "status": "in-progress", "serviceProvider": BY_ODS}, 180),
        ({"resourceType": "Encounter", "class": stay("AMB"), "serviceProvider": BY_ODS}, 180),
        ({"resourceType": "Encounter", "class": stay("IMP"), "serviceProvider": BY_ODS}, 270),
        ({"resourceType": "Encounter", "class": stay("IMP", "urn:x"), "serviceProvider": BY_ODS}, 180),
        ({"resourceType": "EpisodeOfCare", "managingOrganization": BY_ODS}, 360),
        ({"resourceType": "CareTeam", "managingOrganization": [BY_ODS]}, 180),
    ],
)
@pytest.mark.parametrize("period", [{}, {"start": "2019-01-01"}, {"start": "2026-03-02T09:30:00Z"}])
def test_what_has_no_end_or_one_far_off_opens_a_record_for_a_bounded_time(
    resource: JsonObject, days: int, period: JsonObject
) -> None:
    """Hazard: an end that was mistyped, or a long one to be on the safe side, opens a whole record for ever."""
    for end in ({"end": "2999-01-01"}, {"end": "9999"}, {}):
        (fact,) = project_facts(resource | {"period": period | end}, said=said())
        assert fact.high == NOW + timedelta(days=days)


def test_an_end_that_is_near_stands() -> None:
    ward = {"resourceType": "Encounter", "class": stay("IMP"), "serviceProvider": BY_ODS}
    (fact,) = project_facts(ward | {"period": {"start": "2026-03-01", "end": "2026-03-09T10:00:00Z"}}, said=said())
    assert abs(fact.high - datetime(2026, 3, 9, 10, tzinfo=UTC) - timedelta(days=180)) <= timedelta(seconds=1)


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "ServiceRequest", "performer": [BY_ODS], "authoredOn": "2026"},
        {"resourceType": "Appointment", "participant": [{"actor": BY_ODS}], "start": "2026"},
        {"resourceType": "MedicationRequest", "dispenseRequest": {"performer": BY_ODS}, "authoredOn": "2026"},
    ],
)
def test_what_happens_once_lasts_no_longer_because_only_its_year_is_told(resource: JsonObject) -> None:
    (fact,) = project_facts(resource, said=said())
    assert fact.high == NOW + timedelta(days=180)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"resourceType": "EpisodeOfCare", "status": "active", "managingOrganization": BY_ODS}, "episode"),
        ({"resourceType": "ServiceRequest", "status": "active", "performer": [BY_ODS]}, "referral"),
        ({"resourceType": "Appointment", "status": "booked", "participant": [{"actor": BY_ODS}]}, "appointment"),
        ({"resourceType": "CareTeam", "managingOrganization": [BY_ODS]}, "caseload"),
        ({"resourceType": "CareTeam", "participant": [{"member": BY_ODS}]}, "caseload"),
        ({"resourceType": "MedicationRequest", "dispenseRequest": {"performer": BY_ODS}}, "prescription"),
        ({"resourceType": "MedicationDispense", "performer": [{"actor": BY_ODS}]}, "dispensing"),
        ({"resourceType": "MedicationDispense", "location": {"reference": "Organization/1"}}, "dispensing"),
    ],
)
def test_what_else_ties_an_organisation(resource: JsonObject, expected: str) -> None:
    assert facts(resource) == [("A81001", expected)]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_was_withdrawn_ties_nobody(status: str) -> None:
    assert facts({"resourceType": "Encounter", "status": status, "serviceProvider": BY_ODS}) == []


def _proxy(*codes: str, **more: object) -> JsonObject:
    system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
    return {
        "resourceType": "RelatedPerson",
        "identifier": [{"system": NHS, "value": "9990000018"}],
        "relationship": [{"coding": [{"system": system, "code": code} for code in codes or ("GUARD",)]}],
        **more,
    }


def test_who_may_act_for_a_person_is_taken_only_from_whom_the_policy_lets_say_so() -> None:
    """Hazard: a record opened to somebody whom a stranger's system calls the guardian."""
    assert facts(_proxy(), names_proxies=True) == [("nhs-number|9990000018", "parent")]
    assert facts(_proxy("POWATT"), names_proxies=True) == [("nhs-number|9990000018", "proxy")]
    assert facts(_proxy(), names_proxies=False) == []


def test_being_a_mother_or_inactive_is_no_authority_to_act() -> None:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}
    assert facts(_proxy(relationship=[{"coding": [coding]}]), names_proxies=True) == []
    assert facts(_proxy(active=False), names_proxies=True) == []


def test_a_proxy_holds_for_the_period_that_is_told() -> None:
    ended = _proxy(period={"start": "2024-01-01", "end": "2025-01-01"})
    (fact,) = project_facts(ended, said=said(names_proxies=True))
    assert fact.high < NOW


@pytest.mark.parametrize("code", baseline_policy().file.proxies.appointed.relationships)
@pytest.mark.parametrize(
    "period",
    [
        {},
        {"start": "2019-01-01"},
        {"start": "2019-01-01", "end": "2999-01-01"},
        {
            "_end": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
                ]
            }
        },
        {"end": None},
    ],
)
def test_hazard_record_opened_for_ever_the_power_of_an_adults_proxy_must_be_told_again(
    code: str, period: JsonObject
) -> None:
    (fact,) = project_facts(_proxy(code, period=period), said=said(names_proxies=True))
    assert (fact.kind, fact.high) == ("proxy", NOW + timedelta(days=365))


def test_somebody_who_is_guardian_and_was_appointed_is_both() -> None:
    found = facts(_proxy("GUARD", "HPOWATT"), names_proxies=True)
    assert {kind for _, kind in found} == {"parent", "proxy"}


@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson"])
def test_hazard_wrong_person_a_number_counts_for_its_own_time(kind: str) -> None:
    """A number that was somebody's before, such as in error, opens nothing to whoever has it now."""
    then = {"start": "2020-01-01", "end": "2021-01-01"}
    number = {"system": NHS, "value": "9990000018", "period": then}
    resource = _proxy(resourceType=kind, identifier=[number])
    (fact,) = project_facts(resource, said=said(names_proxies=True))
    assert (fact.low.year, fact.high.year) == (2020, 2021)
    now = _proxy(period={"start": "2022-01-01"}, identifier=[number])
    assert project_facts(now, said=said(names_proxies=True)) == []


_TYING = [
    ({"resourceType": "Patient", "generalPractitioner": [BY_ODS]}, "registration"),
    (
        {
            "resourceType": "Patient",
            "extension": [
                {
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NominatedPharmacy",
                    "valueReference": BY_ODS,
                }
            ],
        },
        "nominated-pharmacy",
    ),
    ({"resourceType": "Encounter", "serviceProvider": BY_ODS}, "encounter"),
    ({"resourceType": "EpisodeOfCare", "managingOrganization": BY_ODS}, "episode"),
    ({"resourceType": "ServiceRequest", "performer": [BY_ODS]}, "referral"),
    ({"resourceType": "Appointment", "participant": [{"actor": BY_ODS}]}, "appointment"),
    ({"resourceType": "CareTeam", "participant": [{"onBehalfOf": BY_ODS}]}, "caseload"),
    ({"resourceType": "MedicationRequest", "dispenseRequest": {"performer": BY_ODS}}, "prescription"),
    ({"resourceType": "MedicationDispense", "location": BY_ODS}, "dispensing"),
]


@pytest.mark.parametrize(("resource", "kind"), _TYING, ids=[kind for _, kind in _TYING])
def test_hazard_record_opened_to_whom_a_system_names_others_are_tied_only_by_what_hands_a_person_on(
    resource: JsonObject, kind: str
) -> None:
    own = project_facts(resource, said=said(source="A81001", policy=baseline_policy()))
    others = project_facts(resource, said=said(source="RRE", policy=baseline_policy()))
    assert [fact.kind for fact in own] == [kind]
    assert [fact.kind for fact in others] == ([kind] if kind in {"referral", "prescription"} else [])


def test_a_contribution_is_a_relationship_for_a_year() -> None:
    fact = contribution_fact(source="RRE", recorded=NOW, policy=baseline_policy())
    assert (fact.party, fact.kind, fact.high - fact.low) == ("RRE", "contribution", timedelta(days=365))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["2026", "2026-13-01", "Organization/1", "A81001", ODS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "reference",
                    "identifier",
                    "system",
                    "value",
                    "start",
                    "end",
                    "actor",
                    "member",
                    "performer",
                    "coding",
                    "url",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_ELEMENTS = [
    "status",
    "period",
    "serviceProvider",
    "performer",
    "participant",
    "generalPractitioner",
    "extension",
    "identifier",
    "relationship",
    "start",
    "authoredOn",
    "dispenseRequest",
    "location",
    "managingOrganization",
    "whenHandedOver",
]
_TYPES = ["Patient", "RelatedPerson", "Encounter", "EpisodeOfCare", "Appointment", "CareTeam", "MedicationDispense"]


@given(st.sampled_from(_TYPES), st.dictionaries(st.sampled_from(_ELEMENTS), _JSON, max_size=5))
def test_no_json_breaks_projection_and_every_fact_can_be_stored(type_: str, elements: JsonObject) -> None:
    found = project_facts({**elements, "resourceType": type_}, said=said(names_proxies=True))
    assert all(BEGINNING - timedelta(days=40) <= fact.low < fact.high <= ENDLESS for fact in found)
    assert len({(fact.party, fact.kind) for fact in found}) == len(found)
