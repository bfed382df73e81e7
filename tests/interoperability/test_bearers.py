"""Those who ask, over HTTP: what the area's own tokens open, and what stays shut for each of them."""

import base64
import json
from typing import Any

import pytest
from tests.interoperability import canary
from tests.interoperability.bearers import CITIZEN
from tests.interoperability.live_area import Caller, LiveArea
from tests.interoperability.outcomes import codes_of


@pytest.fixture(scope="module")
def hospital(live_area: LiveArea) -> Caller:
    return live_area.caller("hospital")


@pytest.fixture(scope="module")
def patient(hospital: Caller) -> dict[str, Any]:
    """Somebody whom the hospital refers to the practice of gp and receptionist, who is the citizen, and of whom it knows an allergy."""
    made = hospital.create(canary.patient(index=CITIZEN))
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    about = {"reference": f"Patient/{made['id']}"}
    hospital.create(
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "subject": about,
            "performer": [practice],
        }
    )
    hospital.create({"resourceType": "AllergyIntolerance", "patient": about, "code": {"text": "Penicillin"}})
    return made


def test_a_gp_with_a_relationship_reads_what_the_hospital_wrote(live_area: LiveArea, patient: dict[str, Any]) -> None:
    gp = live_area.caller("gp")
    found = gp.get("/AllergyIntolerance", params={"patient": patient["id"]})
    assert found.status_code == 200, found.text
    assert [each["resource"]["code"]["text"] for each in found.json()["entry"]] == ["Penicillin"]
    whole = gp.get(f"/Patient/{patient['id']}/$everything").json()["entry"]
    assert {each["resource"]["resourceType"] for each in whole} >= {"Patient", "ServiceRequest", "AllergyIntolerance"}


def test_a_gp_without_a_relationship_is_refused_with_a_reference(live_area: LiveArea, hospital: Caller) -> None:
    stranger = hospital.create(canary.patient(index=2))
    answer = live_area.caller("gp").get(f"/Patient/{stranger['id']}/$everything")
    assert codes_of(answer, 403)
    assert canary.traces_in(answer.text) == []


def test_a_receptionist_sees_demographics_and_nothing_clinical(live_area: LiveArea, patient: dict[str, Any]) -> None:
    receptionist = live_area.caller("receptionist")
    assert receptionist.get(f"/Patient/{patient['id']}").status_code == 200
    answer = receptionist.get("/AllergyIntolerance", params={"patient": patient["id"]})
    assert answer.status_code == 403 or "entry" not in answer.json(), answer.text
    assert "Penicillin" not in answer.text


def test_a_citizen_sees_their_own_record_alone(live_area: LiveArea, hospital: Caller, patient: dict[str, Any]) -> None:
    citizen = live_area.caller("citizen")
    own = citizen.get("/AllergyIntolerance", params={"patient": patient["id"]})
    assert (own.status_code, len(own.json().get("entry", []))) == (200, 1), own.text
    other = hospital.create(canary.patient(index=3))
    codes_of(citizen.get(f"/Patient/{other['id']}"), {403, 404})
    codes_of(citizen.send("POST", "/AllergyIntolerance", {"resourceType": "AllergyIntolerance",
             "patient": {"reference": f"Patient/{patient['id']}"}}), 403)  # fmt: skip


def test_a_system_sees_what_its_organisation_wrote_and_nothing_else(
    live_area: LiveArea, patient: dict[str, Any]
) -> None:
    pharmacy = live_area.caller("pharmacy")
    found = pharmacy.get("/AllergyIntolerance", params={"patient": patient["id"], "_total": "accurate"})
    assert found.status_code == 200
    assert (found.json()["total"], "entry" in found.json()) == (0, False)
    codes_of(pharmacy.get(f"/Patient/{patient['id']}"), {403, 404})


def test_what_is_hidden_reads_like_what_never_was(
    live_area: LiveArea, hospital: Caller, patient: dict[str, Any]
) -> None:
    """Hazard: sensitive item exposed by its mere existence."""
    about = {"reference": f"Patient/{patient['id']}"}
    made = hospital.create({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": about})
    pharmacy = live_area.caller("pharmacy")
    for path in ("/Observation/{}", "/Observation/{}/_history", "/Observation/{}/_history/1", "/Observation/{}/$meta"):
        answers = [
            pharmacy.get(path.format(id_), headers={"x-request-id": "same"}) for id_ in (made["id"], "never-was")
        ]
        assert codes_of(answers[0], 404)
        assert answers[0].content == answers[1].content
        told = [{name: value for name, value in answer.headers.items() if name != "date"} for answer in answers]
        assert told[0] == told[1]


def _unsigned(token: str) -> str:
    """Make the token say that it needs no signature."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_a_token_that_is_none_opens_nothing(live_area: LiveArea) -> None:
    token = live_area.tokens["hospital"]
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "ods": "A81001"}).encode()).rstrip(b"=").decode()
    nobody = live_area.caller(None)
    for wrong in (
        "",
        "Bearer",
        f"Basic {token}",
        "Bearer x",
        f"Bearer {token[:-4]}AAAA",
        f"Bearer {head}.{other}.{signature}",
        f"Bearer {_unsigned(token)}",
        f"Bearer {token} {token}",
        f"Bearer {'a' * 20_000}",
    ):
        answer = nobody.get("/Organization", headers={"authorization": wrong})
        assert codes_of(answer, 401) & {"token-missing", "token-invalid"}, wrong[:30]
        assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_a_purpose_that_the_token_does_not_carry_is_refused(live_area: LiveArea, patient: dict[str, Any]) -> None:
    for purpose in ("ETREAT", "HRESCH", "nonsense", ""):
        gp = live_area.caller("gp", **{"x-lhcr-purpose": purpose})
        codes_of(gp.get(f"/Patient/{patient['id']}"), 403)
    assert live_area.caller("gp", **{"x-lhcr-purpose": "TREAT"}).get(f"/Patient/{patient['id']}").status_code == 200
