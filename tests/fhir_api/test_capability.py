"""The CapabilityStatement is walked: each thing that it claims is asked for and works."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from lhcr.fhir.definitions.structures import Element, load_definitions
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.query_parser import parse_query
from lhcr.fhir.validation import validate
from lhcr.kernel.clock import SystemClock

_SAMPLES = {
    "boolean": True,
    "integer": 1,
    "positiveInt": 1,
    "unsignedInt": 1,
    "decimal": 1,
    "date": "2026-01-01",
    "dateTime": "2026-01-01",
    "instant": "2026-01-01T00:00:00Z",
    "time": "12:00:00",
    "base64Binary": "AAAA",
    "uri": "urn:x",
    "url": "http://x.test",
    "canonical": "http://x.test",
    "oid": "urn:oid:1.2",
    "uuid": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}
_SEARCHED_FOR = {
    "token": "x",
    "reference": "1",
    "date": "2026",
    "string": "x",
    "number": "1",
    "quantity": "1",
    "uri": "http://x.test",
    "special": "1|1|1|km",
}


@cache
def statement_of(body: bytes) -> dict[str, Any]:
    return read_json(body)


@pytest.fixture(scope="module")
async def statement(area: Any) -> dict[str, Any]:
    return statement_of((await area.asker(None).get("/metadata")).content)


def minimal(structure: str, patient_id: str) -> dict[str, Any]:
    """Make the smallest valid object of a structure."""
    made: dict[str, Any] = {}
    for element in load_definitions().elements(structure):
        if element.min:
            name, type_ = element.member_names()[0]
            value = sample(element, type_, patient_id)
            made[name] = [value] if element.many else value
    return made


def sample(element: Element, type_: str, patient_id: str) -> Any:
    definitions = load_definitions()
    codes = definitions.codes[element.codes] if element.codes else None
    if type_ == "Reference":
        return {"reference": f"Patient/{patient_id}"} if "Patient" in element.targets else {"display": "x"}
    if type_ == "CodeableConcept" and codes:
        system, known = next(iter(codes.items()))
        return {"coding": [{"system": system, "code": known[0]}]}
    if type_ == "Coding" and codes:
        system, known = next(iter(codes.items()))
        return {"system": system, "code": known[0]}
    if type_ == "Resource":
        return {"resourceType": "Basic", "code": {"text": "x"}}
    if definitions.is_primitive(type_):
        return next(iter(codes.values()))[0] if codes else _SAMPLES.get(type_, "x")
    return minimal(type_, patient_id) or something(type_, patient_id)


def something(structure: str, patient_id: str) -> dict[str, Any]:
    """Fill the first element of a structure that needs none."""
    elements = load_definitions().elements(structure)
    element = next(each for each in elements if each.name not in {"id", "extension", "modifierExtension"})
    name, type_ = element.member_names()[0]
    value = sample(element, type_, patient_id)
    return {name: [value] if element.many else value}


def resource_of(type_: str, patient_id: str) -> dict[str, Any]:
    made = {"resourceType": type_, **minimal(type_, patient_id)}
    if len(made) == 1:
        made["language"] = "en"
    if type_ == "Bundle":
        made["type"] = "collection"
    return made


async def test_the_statement_is_valid_and_open(area: Any, statement: dict[str, Any]) -> None:
    assert validate(statement) == []
    assert (statement["fhirVersion"], statement["kind"]) == ("4.0.1", "instance")
    assert statement["implementation"]["url"] == "http://area.test/fhir"
    assert (await area.asker(None).get("/metadata?mode=full")).status_code == 200
    assert (await area.asker(None).get("/metadata?mode=normative")).status_code == 400


async def test_the_statement_can_be_asked_for_in_part(area: Any, statement: dict[str, Any]) -> None:
    part = (await area.asker(None).get("/metadata?_elements=fhirVersion")).json()
    assert ("rest" in part, part["fhirVersion"], part["meta"]["tag"][0]["code"]) == (False, "4.0.1", "SUBSETTED")
    summary = await area.asker(None).get("/metadata?_summary=true")
    assert validate(read_json(summary.content)) == []
    assert (await area.asker(None).get("/metadata?_summary=false")).json() == statement
    assert (await area.asker(None).get("/metadata?_summary=count")).status_code == 400


async def test_every_interaction_of_every_type_works(supplier: Any, build: Any, statement: dict[str, Any]) -> None:
    patient = await supplier.create(build.patient())
    failed = []
    for claimed in statement["rest"][0]["resource"]:
        codes = {each["code"] for each in claimed["interaction"]}
        assert codes >= {"create", "read", "search-type"}
        failed += [each async for each in exercised(supplier, claimed["type"], codes, patient["id"])]
    assert failed == []


async def exercised(supplier: Any, type_: str, codes: set[str], patient_id: str) -> Any:
    """Yield what did not work."""
    made = await supplier.send("POST", f"/{type_}", resource_of(type_, patient_id))
    if made.status_code != 201:
        yield type_, "create", made.text
        return
    path = f"/{type_}/{made.json()['id']}"
    json_patch = {"headers": {"content-type": "application/json-patch+json"}}
    asked = {
        "read": ("GET", path, {}, 200),
        "vread": ("GET", f"{path}/_history/1", {}, 200),
        "update": ("PUT", path, {"json": made.json(), "headers": {"content-type": "application/fhir+json"}}, 200),
        "patch": ("PATCH", path, {"content": b'[{"op":"add","path":"/language","value":"cy"}]', **json_patch}, 200),
        "history-instance": ("GET", f"{path}/_history", {}, 200),
        "history-type": ("GET", f"/{type_}/_history?_count=1", {}, 200),
        "search-type": ("GET", f"/{type_}?_count=1", {}, 200),
        "delete": ("DELETE", path, {}, 204),
    }
    assert codes - {"create"} <= asked.keys()
    for code in (each for each in asked if each in codes):
        method, address, sent, expected = asked[code]
        response = await supplier.ask(method, address, **sent)
        if response.status_code != expected:
            yield type_, code, response.status_code, response.text


def claimed_parameters(statement: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for claimed in statement["rest"][0]["resource"]:
        for parameter in claimed["searchParam"]:
            yield claimed["type"], parameter["name"], parameter["type"]


async def test_every_search_parameter_is_understood(statement: dict[str, Any]) -> None:
    now = SystemClock().now()
    counted = 0
    for type_, name, kind in claimed_parameters(statement):
        if kind != "composite":
            parse_query(type_, [(name, _SEARCHED_FOR[kind])], now=now)
            counted += 1
    assert counted > 1_000


async def test_one_search_of_each_kind_of_each_type_is_answered(supplier: Any, statement: dict[str, Any]) -> None:
    asked = {(type_, kind): name for type_, name, kind in claimed_parameters(statement) if kind != "composite"}
    failed = []
    for (type_, kind), name in asked.items():
        response = await supplier.get(f"/{type_}", params={name: _SEARCHED_FOR[kind], "_count": "1"})
        if response.status_code != 200:
            failed.append((type_, name, response.text))
    assert failed == []


async def test_every_include_is_understood(statement: dict[str, Any]) -> None:
    now = SystemClock().now()
    for claimed in statement["rest"][0]["resource"]:
        for name, key in (("_include", "searchInclude"), ("_revinclude", "searchRevInclude")):
            for value in claimed.get(key, ()):
                parse_query(claimed["type"], [(name, value)], now=now)


async def test_operations_and_compartments_are_answered(supplier: Any, build: Any, statement: dict[str, Any]) -> None:
    patient = await supplier.create(build.patient())
    for claimed in statement["rest"][0]["resource"]:
        named = {each["name"] for each in claimed["operation"]}
        assert named == ({"everything", "meta", "validate"} if claimed["type"] == "Patient" else {"meta", "validate"})
        sent = resource_of(claimed["type"], patient["id"])
        assert (await supplier.send("POST", f"/{claimed['type']}/$validate", sent)).status_code == 200
    for operation in ("everything", "meta", "validate"):
        assert (await supplier.get(f"/Patient/{patient['id']}/${operation}")).status_code == 200
    assert len(statement["rest"][0]["compartment"]) == 5
    for address in statement["rest"][0]["compartment"]:
        compartment = {
            "practitioner": "Practitioner",
            "device": "Device",
            "encounter": "Encounter",
            "patient": "Patient",
            "relatedperson": "RelatedPerson",
        }[address.rpartition("/")[2]]
        target = patient["id"] if compartment == "Patient" else "x"
        assert (await supplier.get(f"/{compartment}/{target}/Observation")).status_code == 200


async def test_the_interactions_of_the_whole_system_work(supplier: Any, statement: dict[str, Any]) -> None:
    codes = {each["code"] for each in statement["rest"][0]["interaction"]}
    assert codes == {"transaction", "batch", "history-system", "search-system"}
    for kind in ("transaction", "batch"):
        assert (await supplier.send("POST", "", {"resourceType": "Bundle", "type": kind})).status_code == 200
    for path in ("/_history?_count=1", "/?_type=Patient&_count=1"):
        assert (await supplier.get(path)).status_code == 200


async def test_where_tokens_are_got_is_said_and_answers(area: Any, statement: dict[str, Any]) -> None:
    security = statement["rest"][0]["security"]
    assert security["cors"] is True
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    (oauth,) = security["extension"]
    told = {each["url"]: each["valueUri"] for each in oauth["extension"]}
    configured = (await area.asker(None).get("/.well-known/smart-configuration")).json()
    names = {"authorize": "authorization", "token": "token", "introspect": "introspection", "revoke": "revocation"}
    expected = {name: configured[f"{each}_endpoint"] for name, each in names.items()}
    assert told == expected | {"manage": configured["management_endpoint"]}
