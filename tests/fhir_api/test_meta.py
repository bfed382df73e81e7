"""The operation $meta: of one resource, of a type and of the whole area, as far as the asker sees it."""

from typing import Any

import pytest

from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate

_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_LONG = f"http://tags.test/{'x' * 600}"


def tag(code: str, **more: str) -> dict[str, str]:
    return {"system": "http://tags.test", "code": code, **more}


@pytest.fixture(scope="module")
async def labelled(area: Any) -> dict[str, str]:
    """Entries of two sources with labels of their own, some of them no longer used."""
    supplier, other = area.supplier, area.asker("other-supplier")
    patient = await supplier.create({"resourceType": "Patient", "meta": {"tag": [tag("p")]}})
    about = {"subject": {"reference": f"Patient/{patient['id']}"}, "status": "final", "code": {"text": "x"}}
    for place in range(3):
        meta = {
            "tag": [tag("often", display="Often used"), tag(f"own-{place % 2}")],
            "profile": ["http://profile.test"],
        }
        await supplier.create({"resourceType": "Observation", "meta": meta, **about})
    restricted = {"security": [{"system": _CONFIDENTIALITY, "code": "R"}], "tag": [{"system": _LONG, "code": "long"}]}
    await supplier.create({"resourceType": "Observation", "meta": restricted, **about})
    gone = await supplier.create({"resourceType": "Observation", "meta": {"tag": [tag("gone")]}, **about})
    await supplier.ask("DELETE", f"/Observation/{gone['id']}")
    theirs = await other.create({"resourceType": "Patient", "meta": {"tag": [tag("theirs")]}})
    await supplier.create({"resourceType": "Organization", "name": "O", "meta": {"tag": [tag("open")]}})
    await supplier.create({"resourceType": "Organization", "name": "H", "meta": {**restricted, "tag": [tag("hidden")]}})
    return {"patient": patient["id"], "theirs": theirs["id"]}


async def meta_of(asker: Any, path: str, method: str = "GET") -> dict[str, Any]:
    response = await asker.ask(method, path)
    assert response.status_code == 200, response.text
    assert validate(read_json(response.content)) == []
    if "parameter" not in response.json():
        return {}
    (parameter,) = response.json()["parameter"]
    assert parameter["name"] == "return"
    found: dict[str, Any] = parameter["valueMeta"]
    return found


def codes(meta: dict[str, Any]) -> set[str]:
    return {each["code"] for each in meta.get("tag", ())}


@pytest.mark.usefixtures("labelled")
async def test_a_types_meta_is_what_its_entries_carry_each_once(supplier: Any) -> None:
    meta = await meta_of(supplier, "/Observation/$meta")
    assert codes(meta) == {"often", "own-0", "own-1", "long"}
    assert len(meta["tag"]) == 4
    assert tag("often", display="Often used") in meta["tag"]
    assert {"system": _LONG, "code": "long"} in meta["tag"]
    assert meta["profile"] == ["http://profile.test"]
    assert meta["security"] == [{"system": _CONFIDENTIALITY, "code": "R"}]
    assert meta.keys() == {"tag", "profile", "security"}


@pytest.mark.usefixtures("labelled")
async def test_the_areas_meta_is_that_of_every_type(supplier: Any) -> None:
    assert codes(await meta_of(supplier, "/$meta")) >= {"often", "p", "open"}
    assert await meta_of(supplier, "/$meta", "POST") == await meta_of(supplier, "/$meta")
    assert await meta_of(supplier, "/Account/$meta") == {}


async def test_what_may_not_be_seen_has_no_meta(area: Any, labelled: dict[str, str]) -> None:
    """Hazard: sensitive item exposed, by a label that only a hidden entry carries."""
    other = area.asker("other-supplier")
    assert codes(await meta_of(other, "/$meta")) == {"theirs", "open"}
    assert await meta_of(other, "/Observation/$meta") == {}
    assert codes(await meta_of(area.gp, "/Organization/$meta")) == {"open"}
    assert labelled


@pytest.mark.usefixtures("labelled")
async def test_what_is_over_people_is_refused_as_a_search_over_them_is(area: Any) -> None:
    for path in ("/$meta", "/Observation/$meta", "/Patient/$meta"):
        for asker in ("gp", "citizen"):
            answers = [await area.asker(asker).get(each) for each in (path, path.replace("$meta", ""))]
            assert answers[0].status_code == 403, path
            told = [each.json()["issue"][0]["details"]["coding"][0]["code"] for each in answers]
            assert told[0] == told[1], path


async def test_one_resources_meta_can_be_asked_for_either_way(supplier: Any, labelled: dict[str, str]) -> None:
    path = f"/Patient/{labelled['patient']}"
    whole = (await supplier.get(path)).json()["meta"]
    assert await meta_of(supplier, f"{path}/$meta") == await meta_of(supplier, f"{path}/$meta", "POST") == whole


@pytest.mark.parametrize("path", ["/$meta?x=1", "/Patient/$meta?_count=1"])
async def test_it_takes_no_parameters(supplier: Any, path: str) -> None:
    assert (await supplier.get(path)).status_code == 400


async def test_changing_meta_alone_is_neither_done_nor_claimed(supplier: Any, labelled: dict[str, str]) -> None:
    for operation in ("$meta-add", "$meta-delete"):
        sent = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [tag("new")]}}]}
        assert (await supplier.send("POST", f"/Patient/{labelled['patient']}/{operation}", sent)).status_code == 404
    statement = (await supplier.get("/metadata")).json()["rest"][0]
    assert [each["name"] for each in statement["operation"]] == ["meta"]
    assert all(
        each["name"] in {"meta", "validate", "everything"} for r in statement["resource"] for each in r["operation"]
    )
