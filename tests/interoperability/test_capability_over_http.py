"""The CapabilityStatement as an integrator reads it: one of each kind that it claims works over HTTP, and what it does not claim is refused."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from tests.interoperability import canary
from tests.interoperability.live_area import FHIR_JSON, Caller, LiveArea
from tests.interoperability.outcomes import codes_of

Statement: TypeAlias = dict[str, Any]
PATCH = {"content-type": "application/json-patch+json"}
VALUES = {
    "token": "x",
    "reference": "x",
    "date": "ge2026-01-01",
    "string": "x",
    "number": "gt1",
    "quantity": "le1|http://unitsofmeasure.org|kg",
    "uri": "http://x.test",
    "special": "51.5|-0.1|10|km",
}
"""A value for each kind of search parameter."""
COMPOSITE = {"date": "x$2026", "quantity": "x$1", "concept": "x$y", "string": "x$y"}
"""A value for a composite parameter, by the last word of its name."""


@pytest.fixture(scope="session")
def statement(live_area: LiveArea) -> Statement:
    found: Statement = live_area.caller(None).get("/metadata").json()
    return found


@pytest.fixture(scope="session")
def types(statement: Statement) -> dict[str, Any]:
    return {each["type"]: each for each in statement["rest"][0]["resource"]}


@pytest.fixture
def patient(hospital: Caller) -> dict[str, Any]:
    return hospital.create(canary.patient())


def samples(patient_id: str) -> Iterator[dict[str, Any]]:
    """Yield a resource of each home: about a person, in the directory, on the shelf, and a person themself."""
    yield canary.patient()
    about = {"reference": f"Patient/{patient_id}"}
    yield {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": about}
    yield {"resourceType": "AllergyIntolerance", "patient": about, "code": {"text": "Penicillin"}}
    yield {"resourceType": "Organization", "name": "Ward"}
    yield {"resourceType": "Practitioner", "name": [{"family": "Nurse"}]}
    yield {"resourceType": "Medication", "code": {"text": "Aspirin"}}
    yield {"resourceType": "Bundle", "type": "collection"}


def test_every_claimed_interaction_works_for_a_type_of_every_home(
    hospital: Caller, types: dict[str, Any], patient: dict[str, Any]
) -> None:
    for resource in samples(patient["id"]):
        claimed = {each["code"] for each in types[resource["resourceType"]]["interaction"]}
        assert _exercised(hospital, resource) == claimed, resource["resourceType"]


def _exercised(caller: Caller, resource: dict[str, Any]) -> set[str]:
    """Do everything that can be done with one resource and return the codes of the interactions that worked."""
    type_ = resource["resourceType"]
    made = caller.create(resource)
    path = f"/{type_}/{made['id']}"
    asked = {
        "read": caller.get(path),
        "vread": caller.get(f"{path}/_history/1"),
        "update": caller.send("PUT", path, {**made, "language": "cy"}, if_match='W/"1"'),
        "patch": caller.ask("PATCH", path, content=b'[{"op":"remove","path":"/language"}]', headers=PATCH),
        "history-instance": caller.get(f"{path}/_history"),
        "history-type": caller.get(f"/{type_}/_history?_count=1"),
        "search-type": caller.get(f"/{type_}?_id={made['id']}"),
    }
    failed = {code: answer.text for code, answer in asked.items() if answer.status_code != 200}
    assert failed == {}
    assert asked["search-type"].json()["entry"][0]["resource"] == asked["patch"].json()
    assert len(asked["history-instance"].json()["entry"]) == 3
    assert caller.ask("DELETE", path).status_code == 204
    assert caller.get(path).status_code == 410
    return {"create", "delete", *asked}


def test_the_claimed_conditional_interactions_work(hospital: Caller, types: dict[str, Any]) -> None:
    claimed = types["Organization"]
    assert [claimed[name] for name in ("conditionalCreate", "conditionalUpdate", "conditionalDelete", "conditionalRead")] == [
        True, True, "single", "full-support",
    ]  # fmt: skip
    ward = {"resourceType": "Organization", "identifier": [{"system": "urn:wards", "value": "http-1"}]}
    where = "identifier=urn:wards|http-1"
    first = hospital.send("POST", "/Organization", ward, if_none_exist=where)
    second = hospital.send("POST", "/Organization", ward, if_none_exist=where)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["location"] == second.headers["location"]
    assert hospital.send("PUT", f"/Organization?{where}", {**ward, "name": "Ward"}).headers["etag"] == 'W/"2"'
    one = f"/Organization/{first.json()['id']}"
    assert hospital.get(one, headers={"if-none-match": 'W/"2"'}).status_code == 304
    read = hospital.get(one)
    assert hospital.get(one, headers={"if-modified-since": read.headers["last-modified"]}).status_code == 304
    assert hospital.ask("DELETE", f"/Organization?{where}").status_code == 204
    assert hospital.ask("DELETE", f"/Organization?{where}").status_code in {204, 404}


def test_a_parameter_of_each_kind_of_each_type_is_answered(hospital: Caller, types: dict[str, Any]) -> None:
    asked = {(name, each["type"]): each["name"] for name, type_ in types.items() for each in type_["searchParam"]}
    kinds = {kind for _, kind in asked}
    assert kinds - {"composite"} == VALUES.keys()
    failed = []
    for (type_, kind), name in asked.items():
        if (
            kind != "composite"
            and (answer := hospital.get(f"/{type_}", params={name: VALUES[kind]})).status_code != 200
        ):
            failed.append((type_, name, answer.text))
    assert failed == []


def test_every_parameter_of_some_types_is_answered_by_get_and_by_post(hospital: Caller, types: dict[str, Any]) -> None:
    failed = []
    for type_ in ("Patient", "Observation", "MedicationRequest", "Encounter"):
        for each in types[type_]["searchParam"]:
            sent = {each["name"]: VALUES.get(each["type"]) or COMPOSITE[each["name"].rpartition("-")[2]]}
            answers = hospital.get(f"/{type_}", params=sent), hospital.ask("POST", f"/{type_}/_search", data=sent)
            failed += [(type_, sent, answer.text) for answer in answers if answer.status_code != 200]
    assert failed == []


def test_every_include_of_some_types_is_answered(hospital: Caller, types: dict[str, Any]) -> None:
    for type_ in ("Observation", "Encounter", "Organization"):
        for name, key in (("_include", "searchInclude"), ("_revinclude", "searchRevInclude")):
            for value in types[type_][key][:40]:
                answer = hospital.get(f"/{type_}", params={name: value, "_count": "1"})
                assert answer.status_code == 200, (type_, name, value, answer.text)


def test_every_claimed_operation_is_answered(hospital: Caller, types: dict[str, Any], patient: dict[str, Any]) -> None:
    path = f"/Patient/{patient['id']}"
    asked = {
        "everything": [hospital.get(f"{path}/$everything"), hospital.ask("POST", f"{path}/$everything")],
        "meta": [
            hospital.ask(method, f"{place}$meta")
            for method in ("GET", "POST")
            for place in ("/", f"/{path.split('/')[1]}/", f"{path}/")
        ],
        "validate": [hospital.get(f"{path}/$validate"), hospital.send("POST", "/Patient/$validate", canary.patient())],
    }
    assert {each["name"] for type_ in types.values() for each in type_["operation"]} == asked.keys()
    assert {each["name"] for each in types["Patient"]["operation"]} == asked.keys()
    failed = [(name, answer.text) for name, answers in asked.items() for answer in answers if answer.status_code != 200]
    assert failed == []


def test_every_claimed_interaction_of_the_system_works(hospital: Caller, statement: Statement) -> None:
    def bundle(kind: str) -> dict[str, Any]:
        entry = {"request": {"method": "GET", "url": "Organization?_count=1"}}
        return {"resourceType": "Bundle", "type": kind, "entry": [entry]}

    asked = {
        "transaction": hospital.send("POST", "", bundle("transaction")),
        "batch": hospital.send("POST", "", bundle("batch")),
        "history-system": hospital.get("/_history?_count=1"),
        "search-system": hospital.get("?_type=Patient,Observation&_count=1"),
    }
    assert {each["code"] for each in statement["rest"][0]["interaction"]} == asked.keys()
    assert {code: answer.status_code for code, answer in asked.items()} == dict.fromkeys(asked, 200)
    for kind in ("transaction", "batch"):
        assert asked[kind].json()["entry"][0]["response"]["status"].startswith("200")


def test_every_claimed_compartment_is_answered(
    hospital: Caller, statement: Statement, types: dict[str, Any], patient: dict[str, Any]
) -> None:
    by_name = {name.lower(): name for name in types}
    claimed = [by_name[each.rpartition("/")[2]] for each in statement["rest"][0]["compartment"]]
    assert sorted(claimed) == ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]
    for name in claimed:
        target = patient["id"] if name == "Patient" else "nobody"
        for answer in (
            hospital.get(f"/{name}/{target}/Observation"),
            hospital.ask("POST", f"/{name}/{target}/Observation/_search"),
            hospital.get(f"/{name}/{target}/*?_count=1"),
        ):
            assert answer.status_code == 200, (name, answer.text)


def test_the_claimed_formats_are_read_and_answered(hospital: Caller, statement: Statement) -> None:
    assert statement["format"] == ["application/fhir+json", "json"]
    assert statement["patchFormat"] == ["application/json-patch+json"]
    xml = b'<Organization xmlns="http://hl7.org/fhir"><name value="W&#252;rd"/></Organization>'
    made = hospital.ask("POST", "/Organization", content=xml, headers={"content-type": "application/fhir+xml"})
    assert (made.status_code, made.json()["name"]) == (201, "Würd")
    for format_ in statement["format"]:
        assert hospital.get("/Organization", params={"_format": format_, "_count": "1"}).status_code == 200


UNCLAIMED = [
    ("GET", "/Nonsense", 404),
    ("GET", "/patient", 404),
    ("POST", "/Parameters", 404),
    ("GET", "/Nonsense/1", 404),
    ("GET", "/$nonsense", 404),
    ("GET", "/Patient/$nonsense", 404),
    ("POST", "/Patient/$match", 404),
    ("GET", "/Patient/$everything", 404),
    ("GET", "/Observation/x/$everything", 404),
    ("POST", "/Observation/$lastn", 404),
    ("GET", "/$export", 404),
    ("POST", "/$meta-add", 404),
    ("GET", "/Patient/x/Nonsense", 404),
    ("GET", "/Organization/x/Observation", 404),
    ("GET", "/Patient/x/_history/1/more", 404),
    ("GET", "/Patient/x/Organization", 400),
    ("POST", "/Patient/x", 405),
    ("PUT", "/Patient/x/_history/1", 405),
    ("DELETE", "/Patient/x/_history", 405),
    ("DELETE", "", 405),
    ("PUT", "", 405),
    ("GET", "/Patient/_search", 405),
    ("PUT", "/metadata", 405),
    ("POST", "/Patient/_history", 405),
    ("DELETE", "/Patient/x/$meta", 405),
    ("TRACE", "/Patient/x", 405),
    ("PROPFIND", "/Patient", 405),
    ("GET", "/Patient?nonsense=1", 400),
    ("GET", "/Patient?name:nonsense=1", 400),
    ("GET", "/Patient?_include=Nonsense:x", 400),
    ("GET", "/Patient?_include=Patient:nonsense", 400),
    ("GET", "/Patient?_revinclude=Observation:nonsense", 400),
    ("GET", "/Patient?_has:Observation:nonsense:code=1", 400),
    ("GET", "/Patient?organization.nonsense=1", 400),
    ("GET", "/Patient?_sort=nonsense", 400),
    ("GET", "/Patient?_query=nonsense", 400),
    ("GET", "/Patient?_filter=name eq x", 400),
    ("GET", "/Patient?_list=x", 400),
    ("GET", "/Patient?_summary=nonsense", 400),
    ("GET", "/Patient?_total=nonsense", 400),
    ("GET", "/Patient?_count=-1", 400),
    ("GET", "/Patient?birthdate=nonsense", 400),
    ("GET", "/Patient?_cursor=nonsense", 400),
    ("GET", "/Patient/x?_include=Patient:organization", 400),
    ("GET", "/Patient?_format=xml", 406),
    ("GET", "/Patient/x/_history?_sort=_id", 400),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"), UNCLAIMED, ids=[f"{method} {path}" for method, path, _ in UNCLAIMED]
)
def test_what_is_not_claimed_is_refused(
    hospital: Caller, live_area: LiveArea, method: str, path: str, status: int
) -> None:
    before = live_area.row_count()
    answer = hospital.ask(method, path, headers={"x-request-id": "walk-1"})
    codes_of(answer, status)
    assert answer.headers["x-request-id"] == "walk-1"
    assert (status == 405) == ("allow" in answer.headers)
    assert live_area.row_count() == before


@pytest.mark.parametrize("form", ["application/merge-patch+json", "application/fhir+json", "application/xml-patch+xml"])
def test_a_patch_format_that_is_not_claimed_is_415(hospital: Caller, form: str) -> None:
    made = hospital.create({"resourceType": "Organization", "name": "Ward"})
    codes_of(hospital.ask("PATCH", f"/Organization/{made['id']}", content=b"{}", headers={"content-type": form}), 415)


def test_the_methods_that_a_405_names_are_answered(hospital: Caller) -> None:
    for path in ("/Organization", "/Organization/x", "/Organization/_history", "/metadata", "/Organization/_search"):
        allowed = set(hospital.ask("TRACE", path).headers["allow"].split(", "))
        assert allowed
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            answered = hospital.ask(method, path, headers=FHIR_JSON).status_code != 405
            assert answered == (method in allowed), (method, path)
