"""A restricted person over HTTP. Hazard: their address is exposed by a source that does not know that it must not be told."""

from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate

NHS = "https://fhir.nhs.uk/Id/nhs-number"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
PLACE = "Hideaway"
NUMBERS = {"restricted": "9990000085", "control": "9990000093"}


def somebody(build: Any, which: str, *, restricted: bool = False) -> dict[str, Any]:
    patient: dict[str, Any] = build.patient(
        id=f"{which}-{'r' if restricted else 'p'}",
        identifier=[{"system": NHS, "value": NUMBERS[which]}],
        birthDate="1980-01-01",
        address=[{"line": [f"1 {PLACE} Street"], "city": PLACE}],
        telecom=[{"system": "phone", "value": f"{PLACE}-1"}],
        generalPractitioner=[{"identifier": {"system": ODS, "value": "A81001"}, "display": f"{PLACE} Surgery"}],
    )
    return patient | ({"meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}} if restricted else {})


@pytest.fixture(scope="module", autouse=True)
async def known(area: Any, build_once: Any) -> None:
    """The hospital knows two people; the practice adds, of one of them, that they must not be found."""
    for which in NUMBERS:
        patient = somebody(build_once, which)
        assert (await area.supplier.send("PUT", f"/Patient/{patient['id']}", patient)).status_code == 201
        about = {"reference": f"Patient/{patient['id']}"}
        kin: dict[str, Any] = {"resourceType": "RelatedPerson", "id": f"{which}-kin", "patient": about}
        kin |= {"address": [{"city": PLACE}], "telecom": [{"system": "phone", "value": f"{PLACE}-2"}]}
        assert (await area.supplier.send("PUT", f"/RelatedPerson/{which}-kin", kin)).status_code == 201
    flagged = somebody(build_once, "restricted", restricted=True)
    answer = await area.asker("practice-system").send("PUT", f"/Patient/{flagged['id']}", flagged)
    assert answer.status_code == 201


@pytest.fixture(scope="module")
def build_once() -> Any:
    class Build:
        def patient(self, **more: Any) -> dict[str, Any]:
            return {"resourceType": "Patient", "name": [{"family": "Fell", "given": ["Ann"]}], **more}

    return Build()


def of(which: str) -> tuple[str, ...]:
    number = f"{NHS}|{NUMBERS[which]}"
    return (
        f"/Patient/{which}-p",
        f"/Patient/{which}-p?_elements=address,telecom,name",
        f"/Patient/{which}-p/_history",
        f"/Patient/{which}-p/_history/1",
        f"/Patient/{which}-p/$everything",
        f"/Patient/{which}-p/RelatedPerson",
        f"/Patient?identifier={number}&_id={which}-p",
        f"/Patient?_id={which}-p&_elements=address",
        f"/RelatedPerson?patient={which}-p",
        f"/RelatedPerson?patient={which}-p&_include=RelatedPerson:patient",
        f"/RelatedPerson/{which}-kin",
        f"/RelatedPerson/{which}-kin/_history",
    )


async def test_what_is_read_searched_or_included_tells_no_place(area: Any) -> None:
    for asker in (area.gp, area.asker("receptionist")):
        for restricted, control in zip(of("restricted"), of("control"), strict=True):
            told = await asker.get(control)
            if told.status_code == 403 and asker is not area.gp:
                assert (await asker.get(restricted)).status_code == 403
                continue
            assert told.status_code == 200, (control, told.text)
            assert PLACE in told.text, control
            hidden = await asker.get(restricted)
            assert hidden.status_code == 200, (restricted, hidden.text)
            assert PLACE not in hidden.text, restricted
            assert "SUBSETTED" in hidden.text


async def test_xml_tells_no_place_either(area: Any) -> None:
    answer = await area.gp.get("/Patient/restricted-p", headers={"accept": "application/fhir+xml"})
    assert answer.status_code in {200, 406}
    assert PLACE not in answer.text


async def test_what_is_reduced_is_valid_and_agrees_with_its_etag(area: Any) -> None:
    answer = await area.gp.get("/Patient/restricted-p")
    told = read_json(answer.content)
    assert validate(told) == []
    assert answer.headers["etag"] == f'W/"{told["meta"]["versionId"]}"'
    assert [each["code"] for each in told["meta"]["security"]] == ["R"]
    past = await area.gp.get(f"/Patient/restricted-p/_history/{told['meta']['versionId']}")
    assert past.content == answer.content
    unchanged = await area.gp.get("/Patient/restricted-p", headers={"if-none-match": answer.headers["etag"]})
    assert unchanged.status_code == 304


async def test_nobody_is_found_by_where_they_are(area: Any) -> None:
    for query in (
        f"/Patient?_id={{}}-p&address={PLACE}",
        f"/Patient?_id={{}}-p&phone={PLACE}-1",
        f"/Patient?_id={{}}-p&general-practitioner:identifier={ODS}|A81001",
        f"/Patient/{{}}-p/RelatedPerson?address-city={PLACE}",
        f"/RelatedPerson?patient={{}}-p&phone={PLACE}-2",
        f"/RelatedPerson?patient={{}}-p&patient.address={PLACE}",
        f"/Patient?_id={{}}-p&_has:RelatedPerson:patient:address={PLACE}",
    ):
        for more in ("", "&_summary=count"):
            control = await area.gp.get(query.format("control") + more)
            assert control.status_code == 200, control.text
            assert control.json().get("total", len(control.json().get("entry", ()))) == 1, query
            hidden = await area.gp.get(query.format("restricted") + more)
            assert hidden.json().get("total", len(hidden.json().get("entry", ()))) == 0, query


async def test_a_trace_finds_a_restricted_person_without_their_address(area: Any) -> None:
    """Whoever asks: by number, and by name beside people who are not restricted."""
    for asker in (area.gp, area.asker("receptionist"), area.asker("pharmacist")):
        by_number = await asker.ask("POST", "/Patient/_search", data={"identifier": f"{NHS}|{NUMBERS['restricted']}"})
        by_name = await asker.get("/Patient?family=Fell&birthdate=1980-01-01")
        (row,) = [each["resource"] for each in by_number.json()["entry"]]
        rows = [each["resource"] for each in by_name.json()["entry"]]
        assert {each["identifier"][0]["value"]: PLACE in str(each) for each in rows} == {
            NUMBERS["restricted"]: False,
            NUMBERS["control"]: True,
        }
        assert row.keys() == {"resourceType", "id", "meta", "identifier", "name", "birthDate"}
        assert row["meta"].keys() == {"tag", "security"}
        assert PLACE not in by_number.text


async def test_the_person_and_each_source_read_what_is_theirs(area: Any) -> None:
    for token, own_id in (
        ("citizen", "restricted-p"),
        ("supplier", "restricted-p"),
        ("practice-system", "restricted-r"),
    ):
        answer = await area.asker(token).get(f"/Patient/{own_id}")
        assert answer.status_code == 200, (token, answer.text)
        assert f"1 {PLACE} Street" in answer.text, token


async def test_what_was_reduced_is_not_written_back_as_the_whole(area: Any) -> None:
    """Hazard: the practice's own contribution loses address and registration when its reader sends back what they read."""
    read = (await area.gp.get("/Patient/restricted-r")).json()
    refused = await area.gp.send("PUT", "/Patient/restricted-r", read | {"gender": "female"})
    assert refused.status_code == 422
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "subsetted"
    patched = await area.gp.ask(
        "PATCH",
        "/Patient/restricted-r",
        content=b'[{"op":"add","path":"/gender","value":"female"}]',
        headers={"content-type": "application/json-patch+json"},
    )
    assert patched.status_code == 200, patched.text
    assert PLACE not in patched.text
    own = await area.asker("practice-system").get("/Patient/restricted-r")
    assert own.json()["gender"] == "female"
    assert PLACE in own.text
