"""Who contributed an entry, over HTTP: `meta.source` names the organisation of whoever wrote it, in whatever way they forge it."""

from typing import Any

import pytest

from lhcr.fhir.contributor import SENT_SOURCE
from lhcr.fhir.json_document import read_json
from lhcr.fhir.validation import validate

OURS, THEIRS, WORD = "urn:lhcr:source:RRE", "urn:lhcr:source:A81001", "https://pas.example/ward-7"
FORGED = {"source": THEIRS, "extension": [{"url": SENT_SOURCE, "valueUri": OURS}]}
XML = (
    '<Observation xmlns="http://hl7.org/fhir"><meta><source id="s" value="{source}"><extension url="urn:x"><valueUri'
    ' value="{source}"/></extension></source></meta><status value="final"/><code><text value="x"/></code><subject><reference value="Patient/{about}"/></subject></Observation>'
)


@pytest.fixture(scope="module")
async def about(area: Any) -> str:
    patient = await area.supplier.create({"resourceType": "Patient", "name": [{"family": "Fell"}], "meta": FORGED})
    assert patient["meta"]["source"] == OURS
    own_id: str = patient["id"]
    return own_id


def sources(response: Any) -> set[str | None]:
    """The sources of the resources of a Bundle, or of one resource."""
    assert response.status_code in {200, 201}, response.text
    body = read_json(response.content)
    assert validate(body) == []
    each = [entry["resource"] for entry in body["entry"]] if body["resourceType"] == "Bundle" else [body]
    return {resource["meta"].get("source") for resource in each}


def words(resource: dict[str, Any]) -> list[str]:
    return [each["valueUri"] for each in resource["meta"].get("extension", ()) if each["url"] == SENT_SOURCE]


async def test_hazard_wrong_contributor_no_way_of_writing_lets_a_sender_speak_for_another(
    supplier: Any, build: Any, about: str
) -> None:
    forged = build.observation(about, meta=FORGED)
    made = await supplier.send("POST", "/Observation", forged)
    own_id = made.json()["id"]
    whole = {"content-type": "application/fhir+json", "prefer": "return=representation"}
    operations = [{"op": "replace", "path": "/meta/source", "value": THEIRS}]
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": forged, "request": {"method": "POST", "url": "Observation"}}],
    }
    answers = [
        made,
        await supplier.ask("PUT", f"/Observation/{own_id}", json=forged | {"id": own_id}, headers=whole),
        await supplier.ask(
            "PATCH",
            f"/Observation/{own_id}",
            json=operations,
            headers=whole | {"content-type": "application/json-patch+json"},
        ),
        await supplier.ask("PUT", "/Observation?code=none", json=forged, headers=whole),
        *[
            await supplier.ask("POST", "", json=bundle | {"type": kind}, headers=whole)
            for kind in ("batch", "transaction")
        ],
        await supplier.ask(
            "POST",
            "/Observation",
            content=XML.format(source=THEIRS, about=about),
            headers={"content-type": "application/fhir+xml"},
        ),
    ]
    assert [sources(each) for each in answers] == [{OURS}] * len(answers)


async def test_every_way_of_reading_names_the_contributor(supplier: Any, gp: Any, build: Any, about: str) -> None:
    assert (await supplier.create(build.registration(about, "A81001")))["meta"]["source"] == OURS
    made = await supplier.create(build.observation(about, id="read", meta={"source": WORD}))
    where = f"/Observation/{made['id']}"
    for path in (
        *(where, f"{where}/_history/1", f"{where}/_history", f"/Patient/{about}", f"/Patient/{about}/$everything"),
        *(f"/Observation?patient={about}", f"/Observation?patient={about}&_elements=status"),
        *(f"/Observation?patient={about}&_summary={kind}" for kind in ("true", "data", "text")),
        *(f"/Observation?patient={about}&_include=Observation:patient", f"/Patient/{about}/Observation"),
    ):
        for reader in (supplier, gp):
            assert sources(await reader.get(path)) == {OURS}, path
    meta = (await gp.get(f"{where}/$meta")).json()["parameter"][0]["valueMeta"]
    assert (meta["source"], words({"meta": meta})) == (OURS, [WORD])


async def test_a_search_by_source_asks_who_contributed_and_never_who_is_said_to_have(
    supplier: Any, build: Any, about: str
) -> None:
    found = {}
    for name, source in (("forged", THEIRS), ("word", WORD), ("none", None)):
        meta = {"tag": [{"system": "urn:t", "code": "searched"}]} | ({"source": source} if source else {})
        found[name] = (await supplier.create(build.observation(about, meta=meta)))["id"]

    async def asked(source: str) -> set[str]:
        answer = await supplier.get(f"/Observation?patient={about}&_tag=urn:t|searched&_source={source}")
        return {each["resource"]["id"] for each in answer.json().get("entry", ())}

    assert await asked(OURS) == set(found.values())
    assert await asked(THEIRS) == set()
    assert await asked(WORD) == {found["word"]}


async def test_what_was_read_can_be_sent_back_as_often_as_one_likes(supplier: Any, build: Any, about: str) -> None:
    made = await supplier.create(build.observation(about, meta={"source": WORD, "profile": ["http://x.test/p"]}))
    where = f"/Observation/{made['id']}"
    for _ in range(3):
        read = await supplier.get(where)
        answer = await supplier.send("PUT", where, read.json(), if_match=read.headers["etag"])
        assert answer.status_code == 200, answer.text
    last = (await supplier.get(where)).json()
    assert last["meta"].pop("versionId") == "4"
    assert last["meta"].pop("lastUpdated") > made["meta"].pop("lastUpdated")
    del made["meta"]["versionId"]
    assert last == made
    assert words(last) == [WORD]
    assert (await supplier.get(where, headers={"if-none-match": 'W/"4"'})).status_code == 304


async def test_a_word_is_changed_and_withdrawn_by_whoever_said_it(supplier: Any, build: Any, about: str) -> None:
    made = await supplier.create(build.observation(about, meta={"source": WORD}))
    where, told = f"/Observation/{made['id']}", []
    for meta in ({"source": "urn:second"}, {"source": OURS}, {}):
        await supplier.send(
            "PUT", where, {**made, "meta": meta} if meta else {k: v for k, v in made.items() if k != "meta"}
        )
        told.append(words((await supplier.get(where)).json()))
    assert told == [["urn:second"], [], []]


async def test_the_contributor_of_what_is_in_the_directory_and_on_the_shelf_is_told_too(supplier: Any) -> None:
    for resource in (
        {"resourceType": "Organization", "name": "O", "meta": FORGED},
        {"resourceType": "Medication", "code": {"text": "M"}, "meta": FORGED},
        {"resourceType": "Binary", "contentType": "text/plain", "data": "eA==", "meta": FORGED},
        {"resourceType": "Bundle", "type": "collection", "meta": FORGED},
    ):
        made = await supplier.create(resource)
        assert (made["meta"]["source"], words(made)) == (OURS, [THEIRS])
