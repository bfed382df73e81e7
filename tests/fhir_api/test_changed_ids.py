"""Changes of what an id names: a stranger's entry, a hidden one and none at all are answered alike (docs/adr/0008)."""

import base64
import re
from typing import Any

import pytest

from lhcr.identity.area_settings import setting_made_once
from lhcr.kernel.ids import RouteCipher
from lhcr.parts import IDENTIFIER_KEY

_RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
_PATCH = b'[{"op":"replace","path":"/status","value":"amended"}]'
_REFERENCE = re.compile(r"D-[0-9A-Z]{13}")


@pytest.fixture(scope="module")
async def entries(area: Any) -> dict[str, str]:
    """Ids of the practice's own and a hidden entry about somebody whom it knows, of a stranger's, and ids of nothing."""
    supplier = area.supplier
    known, stranger = [
        (await supplier.create({"resourceType": "Patient", "name": [{"family": name}]}))["id"] for name in ("K", "S")
    ]
    site = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    about = {"patient": {"reference": f"Patient/{known}"}, "managingOrganization": site}
    await supplier.create({"resourceType": "EpisodeOfCare", "status": "active", **about})
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    of_known = observation | {"subject": {"reference": f"Patient/{known}"}}
    of_stranger = observation | {"subject": {"reference": f"Patient/{stranger}"}}
    chosen = await supplier.send("PUT", "/Observation/of-s", of_stranger | {"id": "of-s"})
    assert chosen.status_code == 201
    return {
        "known-person": known,
        "stranger-person": stranger,
        "hidden": (await supplier.create(of_known | {"meta": _RESTRICTED}))["id"],
        "stranger": (await supplier.create(of_stranger))["id"],
        "chosen": "of-s",
        "absent": "f" * 32,
        "never": "never-was",
    }


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def patching(id_: str) -> dict[str, Any]:
    binary = {"contentType": "application/json-patch+json", "data": base64.b64encode(_PATCH).decode()}
    return {
        "request": {"method": "PATCH", "url": f"Observation/{id_}"},
        "resource": {"resourceType": "Binary", **binary},
    }


async def change(asker: Any, method: str, id_: str, *, kind: str, **headers: str) -> Any:
    if kind != "alone":
        sent = patching(id_) if method == "PATCH" else {"request": {"method": method, "url": f"Observation/{id_}"}}
        if "if-match" in headers:
            sent["request"]["ifMatch"] = headers["if-match"]
        return await asker.send("POST", "", bundle(kind, sent))
    content = {"content-type": "application/json-patch+json"} if method == "PATCH" else {}
    body = _PATCH if method == "PATCH" else b""
    return await asker.ask(method, f"/Observation/{id_}", content=body, headers={**content, **headers})


def told(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    headers = [(name, value) for name, value in response.headers.items() if name != "x-request-id"]
    return response.status_code, _REFERENCE.sub("", response.text), headers


@pytest.mark.parametrize("headers", [{}, {"if-match": 'W/"1"'}])
@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
@pytest.mark.parametrize("name", ["gp", "pharmacist", "receptionist", "citizen"])
async def test_what_is_hidden_a_strangers_and_absent_change_alike(
    area: Any, entries: dict[str, str], name: str, method: str, kind: str, headers: dict[str, str]
) -> None:
    """Hazard: sensitive item exposed, by a refusal that tells that there is an entry of somebody."""
    asker = area.asker(name)
    answers = [
        told(await change(asker, method, entries[each], kind=kind, **headers))
        for each in ("hidden", "stranger", "chosen", "absent", "never")
    ]
    assert all(each == answers[-1] for each in answers), answers
    if name in {"gp", "pharmacist"} and kind == "alone":
        alone = {"DELETE": 412 if headers else 204, "PATCH": 404}
        assert answers[0][0] == alone[method]
    for each in ("hidden", "stranger", "chosen"):
        read = await area.supplier.get(f"/Observation/{entries[each]}")
        assert (read.status_code, read.json()["status"]) == (200, "final")


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
async def test_a_strangers_entry_beside_an_entry_about_somebody_known_is_as_none(
    gp: Any, entries: dict[str, str], method: str
) -> None:
    about = {"reference": f"Patient/{entries['known-person']}"}
    condition = {"resourceType": "Condition", "code": {"text": "x"}, "subject": about}
    answers = []
    for each in ("stranger", "chosen", "never"):
        sent = {"request": {"method": "DELETE", "url": f"Observation/{entries[each]}"}}
        other = patching(entries[each]) if method == "PATCH" else sent
        post = {"request": {"method": "POST", "url": "Condition"}, "resource": condition}
        answer = await gp.send("POST", "", bundle("transaction", post, other))
        answers.append((answer.status_code, answer.json().get("issue"), len(answer.json().get("entry", ()))))
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("if_match", [None, 'W/"1"'])
@pytest.mark.parametrize("subject", [None, "known-person"])
@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
async def test_an_update_meets_a_strangers_id_a_hidden_one_and_one_that_only_the_server_assigns_alike(
    area: Any, entries: dict[str, str], kind: str, subject: str | None, if_match: str | None
) -> None:
    """Ids are one namespace, so that an id which somebody holds is taken; whether it may be seen, or is there, is not told."""
    person_id = await area.app.parts.record.whose(type="Patient", id=entries["known-person"])
    never = RouteCipher(await setting_made_once(area.app.parts.pool, IDENTIFIER_KEY, make=bytes)).assign(
        person_id=person_id, rid=10_000_000
    )
    answers = []
    for own_id in (never, entries["hidden"], entries["stranger"]):
        sent = {"resourceType": "Observation", "id": own_id, "status": "final", "code": {"text": "y"}}
        sent |= {"subject": {"reference": f"Patient/{entries[subject]}"}} if subject else {}
        request = {"method": "PUT", "url": f"Observation/{own_id}"} | ({"ifMatch": if_match} if if_match else {})
        answers.append(
            await area.gp.send("PUT", f"/Observation/{own_id}", sent, **({"if_match": if_match} if if_match else {}))
            if kind == "alone"
            else await area.gp.send("POST", "", bundle(kind, {"request": request, "resource": sent}))
        )
    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    if kind != "batch":
        assert answers[0].status_code == 409


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
async def test_a_patient_names_a_person_so_that_a_stranger_and_nobody_are_refused_alike(
    gp: Any, entries: dict[str, str], kind: str, method: str
) -> None:
    answers = []
    for own_id in (entries["stranger-person"], "never-was"):
        if kind == "alone":
            headers = {"content-type": "application/json-patch+json"} if method == "PATCH" else {}
            answers.append(await gp.ask(method, f"/Patient/{own_id}", content=b"[]", headers=headers))
        else:
            sent = patching(own_id) if method == "PATCH" else {"request": {"method": "DELETE"}}
            sent["request"]["url"] = f"Patient/{own_id}"
            answers.append(await gp.send("POST", "", bundle(kind, sent)))
    assert told(answers[0]) == told(answers[1])
    assert "relationship" in answers[0].text
    assert "stranger" not in answers[0].text


async def test_why_a_strangers_entry_was_not_found_is_in_the_log(area: Any, entries: dict[str, str]) -> None:
    answer = await area.gp.ask("DELETE", f"/Observation/{entries['stranger']}", headers={"x-request-id": "why-not"})
    assert answer.status_code == 204
    rows = await area.rows(
        "SELECT convert_from(text, 'UTF8')::jsonb AS entry FROM audit_entry"
        " WHERE convert_from(text, 'UTF8') LIKE '%\"why-not\"%'"
    )
    assert any('"rule": "relationship"' in row["entry"] for row in rows)
