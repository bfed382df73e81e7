"""Specification of the other named people: each record shows what its story says."""

import base64
from datetime import UTC, datetime
from typing import Protocol

from lhcr.access.consent_projection import project_consent
from lhcr.access.policy import area_policy
from lhcr.access.projection import Said
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.demo.people import BY_KEY
from lhcr.demo.stories.restricted_address import REFUGE
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER


class Area(Protocol):
    by_reference: dict[str, JsonObject]

    def of(self, key: str, *types: str, source: str = "") -> list[JsonObject]: ...


def labels(resource: JsonObject) -> set[str]:
    return {label["code"] for label in resource["meta"].get("security", [])}


def codes_of(resources: list[JsonObject]) -> set[str]:
    return {coding["code"] for found in resources for coding in found["code"].get("coding", [])}


def test_sensitive_entries_carry_their_labels_and_plain_ones_none(area: Area) -> None:
    found = [labels(resource) for resource in area.of("sensitive")]
    assert {"R", "STD"} in found
    assert {"V", "SDV"} in found
    assert {"R", "PSY"} in found
    assert set() in found


def test_a_service_that_shows_nothing_of_its_care_shows_no_number_of_its_own_either(area: Area) -> None:
    """Hazard: a sensitive service exposed by the number that it gave, in the demographics that every reader folds."""
    clinic = area.of("sensitive", source="ZCT")
    assert {found["resourceType"] for found in clinic} > {"Patient", "Condition"}
    assert all("STD" in labels(found) for found in clinic)
    assert not labels(area.of("sensitive", "Patient", source="A81001")[0])


def test_a_sensitive_letter_says_so_inside_the_document_too(area: Area) -> None:
    letters = [letter for letter in area.of("sensitive", "DocumentReference") if labels(letter)]
    assert letters
    assert all(letter["securityLabel"] for letter in letters)


def test_the_restricted_person_is_flagged_by_one_source_alone_and_named_in_many_places(area: Area) -> None:
    # Hazard: her whereabouts leak through the source that does not know of the flag, or through an entry.
    flagged = {found["id"]: labels(found) for found in area.of("restricted-address", "Patient")}
    assert [wearing for wearing in flagged.values() if wearing] == [{"R"}]
    assert len(flagged) == 4
    home = BY_KEY["restricted-address"].person.home
    letter = area.of("restricted-address", "DocumentReference")[0]
    assert home.postcode in base64.b64decode(letter["content"][0]["attachment"]["data"]).decode()
    assert area.of("restricted-address", "Appointment")
    assert area.of("restricted-address", "MedicationDispense")
    assert "NominatedPharmacy" in str(area.of("restricted-address", "Patient", source="A81001"))
    (council,) = area.of("restricted-address", "Patient", source="ZCC")
    assert not labels(council)
    assert council["address"][0]["postalCode"] == council["contact"][0]["address"]["postalCode"] == REFUGE.postcode
    (friend,) = area.of("restricted-address", "RelatedPerson", source="RRE")
    assert friend["address"][0]["postalCode"] == REFUGE.postcode != home.postcode


def test_the_objection_is_a_consent_of_the_practice_that_denies(area: Area) -> None:
    consent = area.of("objection", "Consent")
    assert [found["provision"]["type"] for found in consent] == ["deny"]
    assert consent[0]["organization"][0]["reference"] == "Organization/a81001"
    assert consent[0]["policyRule"]["coding"][0]["code"] == "No"
    assert area.of("objection", "Encounter", source="RRE"), "another source knows him too"


def test_the_last_months_hold_decision_places_medicines_and_plan(area: Area) -> None:
    observations = {found["code"]["text"]: found for found in area.of("end-of-life", "Observation")}
    decision = observations["Cardio-pulmonary resuscitation (CPR) decision"]
    assert decision["valueCodeableConcept"]["coding"][0]["code"] == "450476008"
    assert observations["Preferred place of death, first choice"]["valueString"] == "At home"
    assert len(area.of("end-of-life", "MedicationRequest")) == 4
    assert {"adr"} == {found["scope"]["coding"][0]["code"] for found in area.of("end-of-life", "Consent")}
    assert [plan["title"] for plan in area.of("end-of-life", "CarePlan")] == ["End of life care plan"]


def test_the_merged_registration_points_to_the_one_that_replaced_it(area: Area) -> None:
    hospital = {found["id"]: found for found in area.of("merged", "Patient", source="RRE")}
    first, second = hospital["rre-patient-0005-first"], hospital["rre-patient-0005"]
    assert first["active"] is False
    assert first["link"] == [{"other": {"reference": "Patient/rre-patient-0005"}, "type": "replaced-by"}]
    assert second["link"] == [{"other": {"reference": "Patient/rre-patient-0005-first"}, "type": "replaces"}]
    assert NHS_NUMBER not in {identifier["system"] for identifier in first["identifier"]}
    assert first["identifier"][0]["value"] != second["identifier"][1]["value"]
    assert any("first" in found["subject"]["reference"] for found in area.of("merged", "Encounter"))


def test_the_deceased_has_died_in_every_source_and_takes_nothing_more(area: Area) -> None:
    patients = area.of("deceased", "Patient")
    assert len(patients) == 2
    assert len({found["deceasedDateTime"] for found in patients}) == 1
    assert {found["status"] for found in area.of("deceased", "MedicationRequest")} == {"stopped"}
    died = patients[0]["deceasedDateTime"]
    assert all(found["period"]["end"] <= died for found in area.of("deceased", "Encounter"))


def test_the_namesakes_are_told_apart_by_what_matters(area: Area) -> None:
    # Hazard: the one is given what would kill the other.
    assert codes_of(area.of("same-name-1", "AllergyIntolerance")) == {"91936005"}
    assert codes_of(area.of("same-name-2", "AllergyIntolerance")) == {"716186003"}
    assert "Amoxicillin" in str(area.of("same-name-2", "MedicationRequest"))
    assert "icillin" not in str(area.of("same-name-1", "MedicationRequest"))


def test_two_people_are_in_hospital_now_for_whoever_works_there(area: Area) -> None:
    def here_now(key: str) -> list[str]:
        open_ones = [found for found in area.of(key, "Encounter") if found["status"] == "in-progress"]
        assert all("end" not in found["period"] for found in open_ones)
        return [found["location"][0]["location"]["reference"] for found in open_ones]

    assert here_now("same-name-1") == ["Location/rre-emergency"]
    assert here_now("merged") == ["Location/rre-ward-7"]


def test_the_childs_mother_is_named_with_her_own_number_and_has_a_record(area: Area) -> None:
    mother = BY_KEY["carer"].person
    proxies = area.of("child", "RelatedPerson")
    assert [proxy["identifier"][0]["value"] for proxy in proxies] == [mother.nhs_number.value]
    assert area.of("carer", "Patient")


def test_the_child_is_a_child_with_an_allergy_that_two_sources_know(area: Area) -> None:
    assert codes_of(area.of("child", "AllergyIntolerance", source="A81001")) == {"91935009"}
    assert codes_of(area.of("child", "AllergyIntolerance", source="RRE")) == {"91935009"}


def test_of_one_person_nothing_at_all_is_recorded(area: Area) -> None:
    # Hazard: "none" read into a record in which nobody has written.
    assert [found["resourceType"] for found in area.of("nothing-recorded")] == ["Patient"]


def test_the_objection_is_to_everybody_but_the_practice(area: Area) -> None:
    policy = area_policy(ACCESS_POLICY)
    (consent,) = area.of("objection", "Consent")
    said = Said(
        recorded=datetime(2026, 3, 2, tzinfo=UTC),
        source="A81001",
        resolve=lambda _: None,
        policy=policy,
        names_proxies=True,
    )
    facts = project_consent(consent, said=said)
    assert [(each.permits, each.organisation, each.source, each.category) for each in facts] == [
        (False, "", "", ""),
        (True, "A81001", "", ""),
    ]
