"""Changes of what another organisation contributed: refused where it can be read, so that nobody believes a wrong entry gone."""

import base64
import json
import re
from typing import Any, Final

import pytest

from lhcr.access.explain import explain
from lhcr.audit.reader import LogReader

_RESTRICTED: Final = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
_SYSTEM: Final = "urn:codes"
_PATCH: Final = [{"op": "replace", "path": "/status", "value": "amended"}]
_REFERENCE: Final = re.compile(r"D-[0-9A-Z]{13}")


def observation(patient: str, code: str, **more: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": _SYSTEM, "code": code}]}
    about = {"reference": f"Patient/{patient}"}
    return {"resourceType": "Observation", "status": "final", "code": coded, "subject": about, **more}


@pytest.fixture(scope="module")
async def ids(area: Any) -> dict[str, str]:
    """A person whom the practice knows, and what a hospital and the practice itself contributed."""
    supplier = area.supplier
    known, stranger = [
        (await supplier.create({"resourceType": "Patient", "name": [{"family": name}]}))["id"] for name in ("K", "S")
    ]
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    about = {"patient": {"reference": f"Patient/{known}"}, "managingOrganization": practice}
    await supplier.create({"resourceType": "EpisodeOfCare", "status": "active", **about})
    clinic = {"resourceType": "Organization", "name": "A clinic", "identifier": [{"system": _SYSTEM, "value": "c"}]}
    return {
        "known": known,
        "stranger": stranger,
        "shown": (await supplier.create(observation(known, "shown")))["id"],
        "hidden": (await supplier.create(observation(known, "hidden", meta=_RESTRICTED)))["id"],
        "of-stranger": (await supplier.create(observation(stranger, "shown")))["id"],
        "own": (await area.gp.create(observation(known, "own")))["id"],
        "clinic": (await supplier.create(clinic))["id"],
    }


async def change(asker: Any, method: str, url: str, *, kind: str = "alone", body: Any = None, **headers: str) -> Any:
    """Send a change by itself or as the entry of a Bundle, whose answer to it is what is returned."""
    if kind == "alone":
        patching = {"content-type": "application/json-patch+json"} if method == "PATCH" else {}
        content = {"content": json.dumps(body)} if body is not None else {}
        sent = {"content-type": "application/fhir+json", **patching, **headers}
        return await asker.ask(method, f"/{url}", headers=sent, **content)
    request = {"method": method, "url": url} | ({"ifMatch": headers["if-match"]} if "if-match" in headers else {})
    if method == "PATCH":
        data = base64.b64encode(json.dumps(body).encode()).decode()
        body = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    entry = {"request": request} | ({} if body is None else {"resource": body})
    return await asker.send("POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry]})


def refused(response: Any, *, kind: str = "alone") -> tuple[int, str]:
    told = response.json()
    if kind == "batch":
        assert response.status_code == 200
        answer = told["entry"][0]["response"]
        return int(answer["status"][:3]), answer["outcome"]["issue"][0]["details"]["coding"][0]["code"]
    return response.status_code, told["issue"][0]["details"]["coding"][0]["code"]


def changes(ids: dict[str, str]) -> list[tuple[str, str, Any]]:
    """Return every way to change the entry that is shown: by its id and by what a condition finds."""
    by_code = f"Observation?patient={ids['known']}&code={_SYSTEM}|shown"
    by_id = f"Observation?_id={ids['shown']}"
    updated = observation(ids["known"], "shown", id=ids["shown"])
    return [
        *(("DELETE", url, None) for url in (f"Observation/{ids['shown']}", by_code, by_id)),
        *(("PATCH", url, _PATCH) for url in (f"Observation/{ids['shown']}", by_code, by_id)),
        *(("PUT", url, updated) for url in (by_code, by_id)),
    ]


@pytest.mark.parametrize("headers", [{}, {"if-match": 'W/"1"'}, {"if-match": "*"}])
@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
async def test_hazard_what_can_be_read_is_not_said_to_be_gone(
    area: Any, ids: dict[str, str], kind: str, headers: dict[str, str]
) -> None:
    """Hazard: a wrong entry is believed to be gone, because deleting it was answered as done."""
    for method, url, body in changes(ids):
        answer = await change(area.gp, method, url, kind=kind, body=body, **headers)
        assert refused(answer, kind=kind) == (403, "own-contribution"), (method, url, answer.text)
        assert "meta.source" in answer.text
    stands = await area.gp.get(f"/Observation/{ids['shown']}")
    assert (stands.status_code, stands.json()["meta"]["versionId"]) == (200, "1")


@pytest.mark.parametrize(
    ("asker", "type_", "name"), [("gp", "Observation", "shown"), ("other-supplier", "Organization", "clinic")]
)
async def test_the_refusal_is_in_the_log_under_the_reference_that_is_told(
    area: Any, ids: dict[str, str], asker: str, type_: str, name: str
) -> None:
    """A system's permit is remembered, and what else it served is not refused by this."""
    assert (await change(area.asker(asker), "DELETE", f"{type_}/never-was")).status_code == 204
    answer = await change(area.asker(asker), "DELETE", f"{type_}/{ids[name]}")
    (reference,) = _REFERENCE.findall(answer.text)
    told = await explain(LogReader(area.app.parts.pool), reference)
    assert (told["outcome"], told["rule"]) == ("refused", "own-contribution")
    assert [each["interaction"] for each in told["uses"]] == ["delete"]


@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
async def test_what_a_condition_finds_that_is_hidden_is_as_nothing(area: Any, ids: dict[str, str], kind: str) -> None:
    """Hazard: sensitive item exposed, by a refusal that tells that there is an entry."""
    for method, body in (("DELETE", None), ("PATCH", _PATCH)):
        for asker in ("gp", "pharmacist"):
            told = set()
            for asked in (
                f"code={_SYSTEM}|hidden",
                f"code={_SYSTEM}|never-was",
                "_id=never-was",
                f"_id={ids['hidden']}",
            ):
                named = f"patient={ids['known']}&" if asked.startswith("code") else ""
                answer = await change(area.asker(asker), method, f"Observation?{named}{asked}", kind=kind, body=body)
                if named and asker == "pharmacist":  # Nothing ties the pharmacy to whom the condition names.
                    continue
                told.add((answer.status_code, _REFERENCE.sub("", answer.text)))
            assert len(told) == 1, told
            assert "own-contribution" not in told.pop()[1]


async def test_a_stranger_s_entry_is_deleted_like_none(area: Any, ids: dict[str, str]) -> None:
    answers = [await change(area.gp, "DELETE", f"Observation/{each}") for each in (ids["of-stranger"], "never-was")]
    assert [(each.status_code, each.text) for each in answers] == [(204, "")] * 2


async def test_whose_token_may_not_read_learns_nothing(granted: Any, ids: dict[str, str]) -> None:
    asker = granted("gp", "user/Observation.d")
    answers = [await change(asker, "DELETE", f"Observation/{each}") for each in (ids["shown"], ids["hidden"], "x")]
    assert [(each.status_code, each.text) for each in answers] == [(204, "")] * 3
    reading = granted("gp", "user/Observation.rd")
    assert refused(await change(reading, "DELETE", f"Observation/{ids['shown']}")) == (403, "own-contribution")


async def test_nothing_of_a_transaction_is_done(area: Any, ids: dict[str, str]) -> None:
    entries = [
        {"request": {"method": "DELETE", "url": f"Observation/{ids['own']}"}},
        {"request": {"method": "DELETE", "url": f"Observation/{ids['shown']}"}},
    ]
    answer = await area.gp.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert refused(answer) == (403, "own-contribution")
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert (await area.gp.get(f"/Observation/{ids['own']}")).status_code == 200


async def test_a_patient_of_another_source_is_theirs(area: Any, ids: dict[str, str]) -> None:
    assert refused(await change(area.gp, "DELETE", f"Patient/{ids['known']}")) == (403, "own-contribution")
    assert refused(await change(area.gp, "DELETE", f"Patient?_id={ids['known']}")) == (403, "own-contribution")
    assert (await area.gp.get(f"/Patient/{ids['known']}")).status_code == 200


@pytest.mark.parametrize("asker", ["gp", "other-supplier"])
async def test_the_directory_entry_of_another_source_is_theirs(area: Any, ids: dict[str, str], asker: str) -> None:
    """A system reads the directory too."""
    one = area.asker(asker)
    renamed = [{"op": "replace", "path": "/name", "value": "Mine"}]
    for url in (f"Organization/{ids['clinic']}", f"Organization?identifier={_SYSTEM}|c"):
        assert refused(await change(one, "DELETE", url)) == (403, "own-contribution")
        assert refused(await change(one, "PATCH", url, body=renamed)) == (403, "own-contribution")
    assert (await one.get(f"/Organization/{ids['clinic']}")).json()["name"] == "A clinic"


async def test_a_system_learns_nothing_of_what_others_contributed(area: Any, ids: dict[str, str]) -> None:
    other = area.asker("other-supplier")
    answers = [await change(other, "DELETE", f"Observation/{each}") for each in (ids["shown"], ids["hidden"], "x")]
    assert [(each.status_code, each.text) for each in answers] == [(204, "")] * 3


async def test_what_is_one_s_own_can_be_changed_and_deleted(area: Any, ids: dict[str, str]) -> None:
    own = (await area.gp.create(observation(ids["known"], "mine")))["id"]
    condition = f"Observation?patient={ids['known']}&code={_SYSTEM}|mine"
    assert (await change(area.gp, "PATCH", condition, body=_PATCH)).status_code == 200
    assert (await change(area.gp, "DELETE", f"Observation/{own}", **{"if-match": 'W/"2"'})).status_code == 204
    for url in (f"Observation/{own}", condition):
        assert (await change(area.gp, "DELETE", url)).status_code == 204


async def test_what_another_source_deleted_is_gone_already(area: Any, ids: dict[str, str]) -> None:
    theirs = (await area.supplier.create(observation(ids["known"], "deleted")))["id"]
    assert (await change(area.supplier, "DELETE", f"Observation/{theirs}")).status_code == 204
    assert (await change(area.gp, "DELETE", f"Observation/{theirs}")).status_code == 204
