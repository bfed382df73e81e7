"""Who is refused what, and in which words: 401, 403 and 404 as the public surface fixes them."""

from typing import Any

import pytest

from lhcr.kernel.json_types import JsonObject

NHS = "https://fhir.nhs.uk/Id/nhs-number"
CONFIDENTIAL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


def error_of(response: Any) -> str:
    code: str = response.json()["issue"][0]["details"]["coding"][0]["code"]
    assert response.json()["issue"][0]["details"]["coding"][0]["system"] == "urn:lhcr:error"
    return code


@pytest.fixture(scope="module")
async def known(area: Any) -> JsonObject:
    """A person who is registered with the practice, with an entry of the hospital that is hidden and one that is not."""
    supplier = area.supplier
    identifier = {"system": NHS, "value": "9990000042"}
    patient = await supplier.create(
        {"resourceType": "Patient", "name": [{"family": "Known"}], "identifier": [identifier]}
    )
    gp = area.gp
    subject = {"reference": f"Patient/{patient['id']}"}
    concept = {"code": {"text": "x"}, "subject": subject}
    hidden = {"resourceType": "Condition", "id": "hidden-condition", "meta": {"security": [CONFIDENTIAL]}, **concept}
    await supplier.send("PUT", "/Condition/hidden-condition", hidden)
    shown = await supplier.create({"resourceType": "Condition", **concept})
    await _register(area, patient["id"])
    return {"patient": patient["id"], "shown": shown["id"], "gp": gp}


async def _register(area: Any, patient_id: str) -> None:
    person = await area.rows("SELECT person_id FROM resource WHERE id = $1", patient_id)
    await area.rows(
        "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high)"
        " VALUES ($1, 'A81001', 'registration', 1, '2020-01-01', '2100-01-01')",
        person[0]["person_id"],
    )
    await area.rows("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", person[0]["person_id"])


@pytest.mark.parametrize("path", ["/Patient", "/Patient/1", "/_history", "/Nonsense", "/"])
async def test_without_a_token_nothing_is_answered(area: Any, path: str) -> None:
    response = await area.asker(None).get(path)
    assert (response.status_code, error_of(response)) == (401, "token-missing")
    assert response.headers["www-authenticate"] == 'Bearer realm="fhir"'


async def test_a_wrong_or_ended_token_is_401(area: Any) -> None:
    for token in ("nonsense", "ended"):
        response = await area.asker(token).get("/Organization")
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
    basic = await area.asker(None).get("/Organization", headers={"authorization": "Basic eA=="})
    assert basic.status_code == 401


async def test_a_purpose_can_only_be_one_that_the_token_carries(area: Any) -> None:
    chosen = await area.asker("supplier", **{"x-lhcr-purpose": "HOPERAT"}).get("/Organization?_count=1")
    assert chosen.status_code == 200
    for purpose in ("ETREAT", "HRESCH", "nonsense", ""):
        refused = await area.asker("supplier", **{"x-lhcr-purpose": purpose}).get("/Organization")
        assert (refused.status_code, error_of(refused)) == (403, "purpose")


async def test_a_refusal_names_its_rule_and_its_decision(area: Any, known: JsonObject) -> None:
    for path in (f"/Patient/{known['patient']}", f"/Patient/{known['patient']}/$everything"):
        response = await area.asker("pharmacist").get(path)
        assert (response.status_code, error_of(response)) == (403, "relationship")
        reference = response.json()["issue"][0]["diagnostics"].rpartition("Decision ")[2].rstrip(".")
        assert reference.startswith("D-")


async def test_a_stranger_and_nobody_are_refused_alike(area: Any, known: JsonObject) -> None:
    """Hazard: a refusal tells who has a record."""
    pharmacist = area.asker("pharmacist")
    for path in (
        "/Patient/{}",
        "/Patient/{}/$everything",
        "/Patient/{}/_history",
        "/Patient/{}/Observation",
        "/Observation?patient={}",
        "/Patient/{}/_history/1",
        "/Patient?_id={}",
    ):
        answers = [await pharmacist.get(path.format(id_)) for id_ in (known["patient"], "nobody")]
        assert [answer.status_code for answer in answers] == [403, 403], path
        told = [answer.json()["issue"][0]["diagnostics"].partition(" Decision")[0] for answer in answers]
        assert told[0] == told[1]


async def test_what_a_role_does_not_cover_is_403_whether_or_not_it_exists(area: Any, known: JsonObject) -> None:
    receptionist = area.asker("receptionist")
    for id_ in (known["shown"], "hidden-condition", "never-was"):
        response = await receptionist.get(f"/Condition/{id_}")
        assert (response.status_code, error_of(response)) == (403, "role")


async def test_a_hidden_row_reads_byte_for_byte_like_none(known: JsonObject) -> None:
    """Hazard: sensitive item exposed by its mere existence."""
    gp = known["gp"]
    assert (await gp.get(f"/Condition/{known['shown']}")).status_code == 200
    for path in (
        "/Condition/{}",
        "/Condition/{}/_history",
        "/Condition/{}/_history/1",
        "/Condition/{}/$meta",
        "/Condition/{}/$validate",
    ):
        hidden, absent = [await gp.get(path.format(id_)) for id_ in ("hidden-condition", "never-was")]
        assert hidden.status_code == 404
        assert hidden.content == absent.content
        headers = [{k: v for k, v in each.headers.items() if k != "x-request-id"} for each in (hidden, absent)]
        assert headers[0] == headers[1]
    found = await gp.get(f"/Patient/{known['patient']}/Condition")
    assert [each["resource"]["id"] for each in found.json()["entry"]] == [known["shown"]]
    everything = await gp.get(f"/Patient/{known['patient']}/$everything")
    assert "hidden-condition" not in everything.text


async def test_a_hidden_row_patches_and_deletes_like_none(area: Any, known: JsonObject) -> None:
    gp = known["gp"]
    patch = {"content": b'[{"op":"remove","path":"/code"}]', "headers": {"content-type": "application/json-patch+json"}}
    hidden, absent = [await gp.ask("PATCH", f"/Condition/{id_}", **patch) for id_ in ("hidden-condition", "never-was")]
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    hidden, absent = [await gp.ask("DELETE", f"/Condition/{id_}") for id_ in ("hidden-condition", "never-was")]
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (204, b"")
    assert await area.rows("SELECT body FROM resource WHERE id = 'hidden-condition' AND body IS NOT NULL")


async def test_an_id_of_another_source_is_taken_seen_or_not(known: JsonObject) -> None:
    subject = {"reference": f"Patient/{known['patient']}"}
    gp = known["gp"]
    for id_ in ("hidden-condition", known["shown"]):
        condition = {"resourceType": "Condition", "id": id_, "code": {"text": "x"}, "subject": subject}
        response = await gp.send("PUT", f"/Condition/{id_}", condition)
        assert (response.status_code, error_of(response)) == (409, "id-taken")


async def test_a_system_sees_its_own_organisations_alone(area: Any, known: JsonObject) -> None:
    other = area.asker("other-supplier")
    absent = await other.get("/Condition/never-was")
    for path in (f"/Condition/{known['shown']}", "/Condition/hidden-condition"):
        response = await other.get(path)
        assert (response.status_code, response.content) == (404, absent.content)
    assert "entry" not in (await other.get(f"/Condition?patient={known['patient']}")).json()


async def test_a_person_may_be_named_by_their_number(area: Any, known: JsonObject) -> None:
    """Hazard: a search by number is a way around the refusal of strangers."""
    number = f"{NHS}|9990000042"
    forms = (
        "/Condition?patient.identifier={}",
        "/Condition?subject:Patient.identifier={}",
        "/Condition?patient:identifier={}",
    )
    for form in forms[:2]:
        found = await known["gp"].get(form.format(number))
        assert [each["resource"]["id"] for each in found.json()["entry"]] == [known["shown"]], form
    for form in forms:
        for asked in (number, f"{NHS}|9990000050", f"{NHS}|nonsense"):
            refused = await area.asker("pharmacist").get(form.format(asked))
            assert (refused.status_code, error_of(refused)) == (403, "relationship")


async def test_people_are_searched_only_by_naming_one(gp: Any) -> None:
    response = await gp.get("/Observation?code=x")
    assert (response.status_code, error_of(response)) == (403, "person-not-named")
    assert (await gp.get("/Observation/_history")).status_code == 403
    assert (await gp.get("/Organization/_history")).status_code == 200


async def test_a_professional_writes_about_one_person_at_a_time(area: Any, gp: Any, known: JsonObject) -> None:
    """Hazard: wrong person."""
    other = await area.supplier.create({"resourceType": "Patient", "name": [{"family": "Other"}]})

    def entries(*ids: str) -> JsonObject:
        conditions = [
            {"resourceType": "Condition", "code": {"text": "x"}, "subject": {"reference": f"Patient/{id_}"}}
            for id_ in ids
        ]
        return {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [{"resource": each, "request": {"method": "POST", "url": "Condition"}} for each in conditions],
        }

    among = await gp.send("POST", "", entries(known["patient"], other["id"]))
    assert (among.status_code, error_of(among)) == (403, "relationship")
    stranger = await gp.send("POST", "", entries(other["id"]))
    assert (stranger.status_code, error_of(stranger)) == (403, "relationship")
    nobody = await gp.send("POST", "", entries("nobody"))
    assert (nobody.status_code, error_of(nobody)) == (403, "relationship")
    assert (await gp.send("POST", "", entries(known["patient"], known["patient"]))).status_code == 200
    await _register(area, other["id"])
    several = await gp.send("POST", "", entries(known["patient"], other["id"]))
    assert (several.status_code, error_of(several)) == (403, "several-persons")


async def test_a_role_that_may_not_write_writes_in_no_transaction(area: Any, known: JsonObject) -> None:
    condition = {
        "resourceType": "Condition",
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{known['patient']}"},
    }
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": condition, "request": {"method": "POST", "url": "Condition"}}],
    }
    response = await area.asker("receptionist").send("POST", "", bundle)
    assert (response.status_code, error_of(response)) == (403, "role")


async def test_every_refusal_is_in_the_log_before_it_is_told(area: Any, known: JsonObject) -> None:
    response = await area.asker("pharmacist").get(
        f"/Patient/{known['patient']}/$everything", headers={"x-request-id": "look-for-me"}
    )
    reference = response.json()["issue"][0]["diagnostics"].rpartition("Decision ")[2].rstrip(".")
    texts = [row["text"].decode() for row in await area.rows("SELECT text FROM audit_entry")]
    assert any(reference in text and '"outcome":"4"' in text for text in texts)
    assert any("look-for-me" in text for text in texts)
