"""What is decided about the entries of a transaction: exactly what is decided about each of them alone, and what the log says."""

import base64
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from tests.logged import logged_entry

Entry: TypeAlias = dict[str, Any]
_PATCH = b'[{"op":"replace","path":"/status","value":"amended"}]'
_METHODS = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d", "GET": "r"}


@pytest.fixture
async def registered(supplier: Any, build: Any) -> str:
    """The id of somebody who is registered with the practice, whom the hospital knows too."""
    patient = await supplier.create(build.patient())
    await supplier.create(build.registration(patient["id"], "A81001"))
    own_id: str = patient["id"]
    return own_id


def entry(method: str, build: Any, patient_id: str, own_id: str) -> Entry:
    request = {"method": method, "url": "Observation" if method == "POST" else f"Observation/{own_id}"}
    if method == "PATCH":
        data = base64.b64encode(_PATCH).decode()
        return {
            "request": request,
            "resource": {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data},
        }
    if method in {"POST", "PUT"}:
        more = {} if method == "POST" else {"id": own_id}
        return {"request": request, "resource": build.observation(patient_id, **more)}
    return {"request": request}


async def alone(asker: Any, sent: Entry) -> Any:
    method, url = sent["request"]["method"], f"/{sent['request']['url']}"
    if method == "PATCH":
        return await asker.ask("PATCH", url, content=_PATCH, headers={"content-type": "application/json-patch+json"})
    return await asker.send(method, url, sent["resource"]) if "resource" in sent else await asker.ask(method, url)


def bundle(kind: str, *entries: Entry) -> Entry:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


@pytest.mark.parametrize("letters", ["c", "u", "d", "r", "cu", "cruds"])
@pytest.mark.parametrize("method", sorted(_METHODS))
async def test_a_token_does_together_what_it_may_do_alone(
    supplier: Any, build: Any, registered: str, granted: Callable[..., Any], method: str, letters: str
) -> None:
    """Hazard: a token that may only create reads, changes and deletes by way of a transaction."""
    asker = granted("supplier", f"system/Observation.{letters}")
    for kind in ("alone", "batch", "transaction"):
        own_id = (await supplier.create(build.observation(registered)))["id"]
        sent = entry(method, build, registered, own_id)
        answer = await alone(asker, sent) if kind == "alone" else await asker.send("POST", "", bundle(kind, sent))
        status = answer.status_code
        if kind != "alone" and status == 200:
            status = int(answer.json()["entry"][0]["response"]["status"][:3])
        assert (status != 403) is (_METHODS[method] in letters), (kind, answer.text)
        stands = await supplier.get(f"/Observation/{own_id}")
        assert (stands.status_code == 200) is (method != "DELETE" or "d" not in letters)


async def test_a_scope_of_one_type_does_not_open_another_in_a_transaction(
    build: Any, registered: str, granted: Callable[..., Any]
) -> None:
    asker = granted("supplier", "system/Observation.cruds")
    allergy = {"resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{registered}"}}
    sent = entry("POST", build, registered, "")
    both = bundle(
        "transaction", sent, {"request": {"method": "POST", "url": "AllergyIntolerance"}, "resource": allergy}
    )
    refused = await asker.send("POST", "", both)
    assert (refused.status_code, refused.json()["issue"][0]["details"]["coding"][0]["code"]) == (403, "scope")
    assert (await asker.send("POST", "", bundle("transaction", sent))).status_code == 200


@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
@pytest.mark.parametrize("name", ["supplier", "gp"])
async def test_a_patch_shows_its_resource_to_whoever_may_read_it_alone(
    area: Any, build: Any, registered: str, granted: Callable[..., Any], name: str, kind: str
) -> None:
    """Hazard: sensitive item exposed. Who may change and not read would read by changing nothing."""
    own_id = (await area.asker(name).create(build.observation(registered)))["id"]
    level = "system" if name == "supplier" else "user"
    sent = entry("PATCH", build, registered, own_id)
    for letters, shown in (("u", False), ("ru", True)):
        asker = granted(name, f"{level}/Observation.{letters}", prefer="return=representation")
        answer = await alone(asker, sent) if kind == "alone" else await asker.send("POST", "", bundle(kind, sent))
        assert answer.status_code == 200, answer.text
        assert ("29463-7" in answer.text) is shown
    assert (await area.asker(name).get(f"/Observation/{own_id}")).json()["status"] == "amended"


async def test_a_conditional_create_shows_nothing_that_its_sender_may_not_read(
    supplier: Any, build: Any, registered: str, granted: Callable[..., Any]
) -> None:
    asker = granted("supplier", "system/Observation.cs", prefer="return=representation")
    identifier = {"system": "urn:test:found", "value": registered}
    own_id = (await supplier.create(build.observation(registered, identifier=[identifier])))["id"]
    condition = f"identifier=urn:test:found|{registered}"
    sent = entry("POST", build, registered, "")
    sent["request"]["ifNoneExist"] = condition
    answer = await asker.send("POST", "", bundle("transaction", sent))
    (told,) = answer.json()["entry"]
    assert own_id in told["response"]["location"]
    assert "resource" not in told


async def test_each_condition_of_a_transaction_sees_what_it_sees_alone(
    gp: Any, supplier: Any, build: Any, registered: str
) -> None:
    """Hazard: duplicate. Beside a deletion, which reaches own entries alone, a create still finds what the hospital wrote."""
    identifier = {"system": "urn:test:both", "value": registered}
    theirs = await supplier.create(build.observation(registered, identifier=[identifier]))
    allergy = {"resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{registered}"}}
    own = await gp.create(allergy)
    condition = f"identifier=urn:test:both|{registered}&patient={registered}"
    sent = entry("POST", build, registered, "")
    sent["request"]["ifNoneExist"] = condition
    gone = {"request": {"method": "DELETE", "url": f"AllergyIntolerance/{own['id']}"}}
    told = (await gp.send("POST", "", bundle("transaction", gone, sent))).json()["entry"]
    assert [each["response"]["status"][:3] for each in told] == ["204", "200"]
    assert theirs["id"] in told[1]["response"]["location"]


async def logged(area: Any, request_id: str) -> list[dict[str, Any]]:
    rows = await area.rows(
        "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry WHERE convert_from(text, 'UTF8') LIKE $1",
        f'%"{request_id}"%',
    )
    entries = [logged_entry(row["text"]) for row in rows]
    return sorted(entries, key=lambda each: str(each["subtype"]))


@pytest.mark.parametrize("name", ["supplier", "gp"])
async def test_the_log_tells_what_each_entry_did(area: Any, build: Any, registered: str, name: str) -> None:
    """Hazard: a deletion that stands in the log as a create is found by nobody who looks for deletions."""
    asker = area.asker(name)
    gone, patched, updated = [await asker.create(build.observation(registered)) for _ in range(3)]
    allergy = {"resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{registered}"}}
    sent = bundle(
        "transaction",
        {"request": {"method": "POST", "url": "AllergyIntolerance"}, "resource": allergy},
        entry("POST", build, registered, ""),
        *(entry(m, build, registered, e["id"]) for m, e in (("DELETE", gone), ("PATCH", patched), ("PUT", updated))),
    )
    answer = await asker.send("POST", "", sent, x_request_id=f"mixed.{name}")
    assert answer.status_code == 200, answer.text
    entries = await logged(area, f"mixed.{name}")
    (person,) = {each["person"] for each in entries}
    assert person > 0
    told = [(each["subtype"], each["action"], each.get("type"), len(each["items"])) for each in entries]
    assert told == [
        ("create", "C", None, 2),
        ("delete", "D", "Observation", 1),
        ("patch", "U", "Observation", 1),
        ("update", "U", "Observation", 1),
    ]
    assert [entries[1]["items"][0][1], entries[2]["items"][0][1]] == [gone["id"], patched["id"]]


async def test_what_failed_is_in_the_log_as_what_it_was(area: Any, supplier: Any, build: Any, registered: str) -> None:
    sent = bundle(
        "transaction",
        entry("POST", build, registered, ""),
        entry("PATCH", build, registered, "never-was"),
        {"request": {"method": "DELETE", "url": "Observation/never-was-either"}},
    )
    assert (await supplier.send("POST", "", sent, x_request_id="in-vain")).status_code == 404
    entries = await logged(area, "in-vain")
    assert [(each["subtype"], each["action"], each["outcome"]) for each in entries] == [
        ("create", "C", "8"),
        ("delete", "D", "8"),
        ("patch", "U", "8"),
    ]
