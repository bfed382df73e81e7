"""If-None-Match on what changes something (RFC 9110 13.1.2): `*` creates and replaces nothing, and nothing else is passed over."""

from typing import Any, Final

import pytest

KINDS: Final = ("alone", "batch", "transaction")
_RESTRICTED: Final = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def organization(id_: str | None = None, *, name: str = "New", code: str = "") -> dict[str, Any]:
    own = {"id": id_} if id_ else {}
    identified = {"identifier": [{"system": "urn:test", "value": code}]} if code else {}
    return {"resourceType": "Organization", "name": name, **own, **identified}


async def put(asker: Any, url: str, resource: Any, *, kind: str, method: str = "PUT", **conditions: str) -> Any:
    """Send an update with conditions, `ifNoneMatch` and the like; return status, error and the whole answer."""
    if kind == "alone":
        names = {"ifNoneMatch": "if_none_match", "ifMatch": "if_match"}
        headers = {names[name]: value for name, value in conditions.items()}
        answer = await asker.send(method, f"/{url}", resource, **headers)
        return answer.status_code, _error(answer.json()) if answer.content else ""
    entry = {"request": {"method": method, "url": url, **conditions}} | ({"resource": resource} if resource else {})
    answer = await asker.send("POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry]})
    told = answer.json()
    if told["resourceType"] == "OperationOutcome":
        return answer.status_code, _error(told)
    response = told["entry"][0]["response"]
    return int(response["status"][:3]), _error(response.get("outcome") or {})


def _error(told: dict[str, Any]) -> str:
    return str(told["issue"][0]["details"]["coding"][0]["code"]) if told.get("issue") else ""


@pytest.mark.parametrize("kind", KINDS)
async def test_hazard_what_is_here_is_not_overwritten_by_who_asks_that_it_is_not(supplier: Any, kind: str) -> None:
    """Hazard: lost update. Two who create under one id: the second is told, and overwrites nothing."""
    id_ = f"none-match-{kind}"
    first = await put(supplier, f"Organization/{id_}", organization(id_), kind=kind, ifNoneMatch="*")
    assert first == (201, "")
    second = await put(supplier, f"Organization/{id_}", organization(id_, name="Second"), kind=kind, ifNoneMatch="*")
    assert second == (412, "resource-exists")
    assert (await supplier.get(f"/Organization/{id_}")).json()["name"] == "New"
    assert (await put(supplier, f"Organization/{id_}", organization(id_, name="Third"), kind=kind)) == (200, "")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_deleted_is_not_here(supplier: Any, kind: str) -> None:
    id_ = f"deleted-{kind}"
    assert (await put(supplier, f"Organization/{id_}", organization(id_), kind=kind))[0] == 201
    assert (await supplier.ask("DELETE", f"/Organization/{id_}")).status_code == 204
    assert (await put(supplier, f"Organization/{id_}", organization(id_), kind=kind, ifNoneMatch="*"))[0] in {200, 201}
    assert (await supplier.get(f"/Organization/{id_}")).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_a_conditional_update_creates_where_it_finds_nothing_and_else_is_refused(
    supplier: Any, kind: str
) -> None:
    url = f"Organization?identifier=urn:test|{kind}"
    assert (await put(supplier, url, organization(code=kind), kind=kind, ifNoneMatch="*")) == (201, "")
    again = await put(supplier, url, organization(code=kind, name="Again"), kind=kind, ifNoneMatch="*")
    assert again == (412, "resource-exists")
    found = (await supplier.get(f"/{url}")).json()["entry"]
    assert [each["resource"]["name"] for each in found] == ["New"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_conditional_update_of_a_version_creates_nothing(supplier: Any, kind: str) -> None:
    """Hazard: lost update. What was read is not what stands, so that nothing is written in its place."""
    url = f"Organization?identifier=urn:test|version-{kind}"
    for expected in ('W/"1"', "*"):
        told = await put(supplier, url, organization(code=f"version-{kind}"), kind=kind, ifMatch=expected)
        assert told == (412, "version-conflict")
    assert "entry" not in (await supplier.get(f"/{url}")).json()


@pytest.mark.parametrize("kind", KINDS)
async def test_ids_that_are_hidden_and_a_stranger_s_are_taken_alike(area: Any, build: Any, kind: str) -> None:
    """Hazard: sensitive item exposed, by a condition that tells what is here (ADR 8)."""
    known, stranger = [(await area.supplier.create(build.patient()))["id"] for _ in range(2)]
    await area.supplier.create(build.registration(known, "A81001"))
    hidden = await area.supplier.create(build.observation(known, meta=_RESTRICTED))
    theirs = await area.supplier.create(build.observation(stranger))
    for each in (hidden["id"], theirs["id"]):
        resource = build.observation(known, id=each)
        plain = await put(area.gp, f"Observation/{each}", resource, kind=kind)
        assert await put(area.gp, f"Observation/{each}", resource, kind=kind, ifNoneMatch="*") == plain
        assert plain == (409, "id-taken")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ['W/"1"', '"1"', "rubbish"])
async def test_another_value_is_refused_rather_than_passed_over(supplier: Any, kind: str, value: str) -> None:
    told = await put(supplier, "Organization/other-value", organization("other-value"), kind=kind, ifNoneMatch=value)
    assert told == (400, "if-none-match-invalid")
    assert (await supplier.get("/Organization/other-value")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
async def test_it_has_no_meaning_for_what_creates_nothing_or_always(supplier: Any, kind: str) -> None:
    for method, url, resource in (
        ("POST", "Organization", organization()),
        ("DELETE", "Organization/x", None),
        ("DELETE", "Organization?name=x", None),
    ):
        told = await put(supplier, url, resource, kind=kind, method=method, ifNoneMatch="*")
        assert told == (400, "if-none-match-invalid")


async def test_a_version_and_none_are_asked_for_by_nobody(supplier: Any) -> None:
    conditions = {"ifNoneMatch": "*", "ifMatch": 'W/"1"'}
    told = await put(supplier, "Organization/both", organization("both"), kind="alone", **conditions)
    assert told == (400, "if-none-match-invalid")
