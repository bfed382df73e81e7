"""Who contributed an entry: what is stored, served and found by is the source on its row, whatever the sender says."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from tests.record.area import Area, post, put, sent
from tests.record.made import encounter, medication, number, observation, organisation, patient
from tests.record.restricted import CONTROL, RESTRICTED, channels, know, search

from lhcr.fhir.contributor import SENT_SOURCE
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.validation import validate
from lhcr.fhir.whereabouts.givers import is_about_somebody
from lhcr.kernel.json_types import JsonObject

OURS, THEIRS, WORD = "urn:lhcr:source:RRE", "urn:lhcr:source:A81001", "https://pas.example/ward-7"
FORGED: JsonObject = {
    "source": THEIRS,
    "_source": {"extension": [{"url": "urn:x", "valueUri": THEIRS}]},
    "extension": [
        {"url": SENT_SOURCE, "valueUri": THEIRS},
        {"url": "urn:x", "extension": [{"url": SENT_SOURCE, "valueUri": THEIRS}]},
    ],
}


def meta_of(body: bytes | None) -> JsonObject:
    meta: JsonObject = read_json(body or b"{}")["meta"]
    return meta


def saying(meta: JsonObject) -> JsonObject:
    """The meta as an element, none where it is empty: written, it is the record's own to change."""
    return {"meta": deepcopy(meta)} if meta else {}


def words(meta: JsonObject) -> list[Any]:
    return [each.get("valueUri") for each in meta.get("extension", ()) if each["url"] == SENT_SOURCE]


async def sources_of_rows(area: Area) -> set[tuple[str, str]]:
    """Each resource's id with the organisation that its row says contributed it."""
    statement = (
        "SELECT r.id, s.ods FROM {table} AS r JOIN access_class AS c ON c.class_id = r.class"
        " JOIN source AS s ON s.source_id = c.source_id"
    )
    rows = [
        row for table in ("resource", "directory_resource") for row in await area.rows(statement.format(table=table))
    ]
    return {(row["id"], f"urn:lhcr:source:{row['ods']}") for row in rows}


@pytest.mark.parametrize(
    "meta", [{}, {"source": WORD}, {"source": THEIRS}, FORGED], ids=["none", "own", "forged", "all"]
)
async def test_hazard_wrong_contributor_however_an_entry_is_written_it_names_the_source_of_its_row(
    area: Area, meta: JsonObject
) -> None:
    ours = area.hospital
    about = (await ours.create(patient(number(1), **saying(meta)))).draft.id
    told = [
        await ours.create(observation(f"Patient/{about}", **saying(meta))),
        await ours.create(medication(**saying(meta))),
        await ours.create(organisation("RRE") | saying(meta)),
        await ours.update(observation(f"Patient/{about}", id="one", **saying(meta))),
        await ours.update(observation(f"Patient/{about}", id="one", language="en", **saying(meta))),
        *await ours.transaction(*(post(observation(f"Patient/{about}", **saying(meta))) for _ in range(60))),
        *await ours.transaction(
            put(observation(f"Patient/{about}", id="two", **saying(meta))), post(medication(**saying(meta)))
        ),
        *await ours.load(sent(observation(f"Patient/{about}", id="three", **saying(meta)))),
    ]
    if meta:
        operation = {"op": "add", "path": "/meta", "value": meta}
        told.append(await ours.patch("Observation/one", [operation]))
    for each in told:
        assert meta_of(each.body)["source"] == OURS
    stored = await area.rows("SELECT id, body FROM resource UNION ALL SELECT id, body FROM directory_resource")
    assert {(row["id"], meta_of(row["body"])["source"]) for row in stored} == await sources_of_rows(area)
    history = await area.rows("SELECT body FROM resource_history")
    assert {meta_of(row["body"])["source"] for row in history} == {OURS}


async def test_what_the_sender_said_is_kept_as_an_extension(area: Area) -> None:
    written = await area.hospital.create(medication(meta={"source": WORD, "profile": ["http://x.test/p"]}))
    meta = meta_of(written.body)
    assert words(meta) == [WORD]
    assert meta["profile"] == ["http://x.test/p"]


@pytest.mark.parametrize(
    "meta", [{}, {"source": WORD}, {"source": THEIRS}, FORGED], ids=["none", "own", "forged", "all"]
)
async def test_what_is_read_and_put_back_is_the_same_but_for_version_and_time(area: Area, meta: JsonObject) -> None:
    ours = area.hospital
    about = (await ours.create(patient(number(1), **saying(meta)))).draft.id
    made = await ours.create(observation(f"Patient/{about}", **saying(meta)))
    for reference in (f"Patient/{about}", f"Observation/{made.draft.id}"):
        first = read_json((await ours.read(reference)).body or b"")
        for version in (2, 3):
            await ours.update(read_json((await ours.read(reference)).body or b""))
            again = read_json((await ours.read(reference)).body or b"")
            assert again["meta"].pop("versionId") == str(version)
            again["meta"]["versionId"], again["meta"]["lastUpdated"] = "1", first["meta"]["lastUpdated"]
            assert read_json(write_json(again)) == first


def every_meta() -> Iterator[JsonObject]:
    """Every way to combine a source, what stands beside it, and extensions that look like the server's."""
    word = {"url": SENT_SOURCE, "valueUri": THEIRS}
    nested = {"url": "urn:x", "extension": [word, {"url": "urn:y", "extension": [word]}]}
    odd = {"url": SENT_SOURCE, "extension": [{"url": SENT_SOURCE, "valueString": THEIRS}]}
    beside = {"id": "s", "extension": [word]}
    lists: list[list[JsonObject]] = [
        [],
        [word],
        [word, word],
        [nested],
        [odd, word],
        [nested, odd, {"url": "urn:z", "valueUri": OURS}],
    ]
    for source, other, extensions in product((None, OURS, THEIRS, WORD), (None, beside), lists):
        meta = {"source": source, "_source": other, "extension": extensions, "profile": [THEIRS]}
        yield deepcopy({name: value for name, value in meta.items() if value})


async def test_hazard_wrong_contributor_no_meta_makes_an_entry_somebody_elses_now_or_when_it_is_sent_back(
    area: Area,
) -> None:
    written = await area.hospital.transaction(*(post(medication(meta=meta)) for meta in every_meta()))
    first = [read_json(each.body or b"") for each in written]
    again = await area.hospital.transaction(*(put(read_json(each.body or b"")) for each in written))
    for before, each, meta in zip(first, again, every_meta(), strict=True):
        after = read_json(each.body or b"")
        assert before["meta"]["source"] == after["meta"]["source"] == OURS
        assert validate(before) == []
        assert (after["meta"].pop("versionId"), after["meta"].pop("lastUpdated")) > ("1", before["meta"]["lastUpdated"])
        del before["meta"]["versionId"], before["meta"]["lastUpdated"]
        assert after == before
        if meta.get("source") in {THEIRS, WORD}:
            assert words(before["meta"]) == [meta["source"]]
    statement = "SELECT DISTINCT value FROM search_uri WHERE param <> ALL ($1)"
    profiles = list(parameters_of("Medication")["_profile"].rows)
    assert {row["value"] for row in await area.rows(statement, profiles)} == {WORD}


async def test_what_is_loaded_again_is_unchanged_and_says_the_same(area: Area) -> None:
    entries = [
        write_json(medication(id="own", meta={"source": OURS})),
        write_json(medication(id="forged", meta={"source": THEIRS})),
        write_json(medication(id="none")),
    ]
    first = await area.hospital.load(*(sent(read_json(each)) for each in entries))
    again = await area.hospital.load(*(sent(read_json(each)) for each in entries))
    assert [each.draft.found for each in (*first, *again)] == [False] * 3 + [True] * 3
    told = {each.draft.id: meta_of(each.body) for each in first}
    assert {meta["source"] for meta in told.values()} == {OURS}
    assert {name: words(meta) for name, meta in told.items()} == {"own": [], "forged": [THEIRS], "none": []}


async def test_one_source_copies_what_it_read_of_another_and_the_copy_is_its_own(area: Area) -> None:
    theirs = await area.surgery.create(medication(meta={"source": WORD}))
    copy = read_json(theirs.body or b"")
    mine = await area.hospital.create({name: value for name, value in copy.items() if name != "id"})
    assert (meta_of(mine.body)["source"], words(meta_of(mine.body))) == (OURS, [THEIRS])
    assert meta_of((await area.surgery.read(f"Medication/{theirs.draft.id}")).body)["source"] == THEIRS


async def test_a_source_is_found_by_its_own_entries_and_never_by_what_others_say(area: Area) -> None:
    """The sender's own word finds it too, where it names no organisation of the area."""
    await area.surgery.create(organisation("A81001") | {"meta": {"source": WORD}})
    for word in (THEIRS, THEIRS.upper(), WORD, OURS):
        await area.hospital.create(organisation("RRE") | {"meta": {"source": word}})
    rows = await area.rows(
        "SELECT u.value, s.ods, count(*) FROM directory_search_uri AS u JOIN access_class AS c ON c.class_id = u.class"
        " JOIN source AS s ON s.source_id = c.source_id GROUP BY 1, 2"
    )
    assert {(row["value"], row["ods"], row["count"]) for row in rows} == {
        (WORD, "A81001", 1),
        (WORD, "RRE", 1),
    }


async def test_an_entry_that_was_stored_with_its_senders_word_says_its_contributor_once_it_is_written_again(
    area: Area,
) -> None:
    """By whoever puts back what they read, or patches it: what stood there becomes the sender's word."""
    entries = [medication(id=name) for name in ("put", "patched")]
    await area.hospital.transaction(*map(put, entries))
    as_before = "UPDATE resource SET body = convert_to(replace(convert_from(body, 'UTF8'), $1, $2), 'UTF8')"
    await area.pool.execute(as_before, OURS, THEIRS)
    await area.hospital.update(read_json((await area.hospital.read("Medication/put")).body or b""))
    await area.hospital.patch("Medication/patched", [{"op": "add", "path": "/status", "value": "active"}])
    for each in entries:
        meta = meta_of((await area.hospital.read(f"Medication/{each['id']}")).body)
        assert (meta["source"], words(meta)) == (OURS, [THEIRS])


async def test_a_masked_entry_names_its_contributor(area: Area) -> None:
    for index, name in ((1, "child"), (2, "mother")):
        await area.hospital.update(patient(number(index), id=name))
        await area.surgery.update(patient(number(index), id=f"surgery-{name}"))
    told_by = {"performer": [{"reference": "Patient/mother"}]}
    await area.hospital.update(observation("Patient/child", id="o", meta={"source": THEIRS}, **told_by))
    told = read_json((await area.gp.read("Observation/o")).body or b"")
    assert "mother" not in str(told)
    assert (told["meta"]["source"], words(told["meta"])) == (OURS, [THEIRS])


async def test_a_golden_patient_of_one_source_names_it_and_one_of_several_names_none(area: Area) -> None:
    """Hazard: demographics of several sources taken for those of one. Each contribution names its own."""
    ours = await area.hospital.create(patient(number(1), meta={"source": THEIRS}))
    assert meta_of((await area.hospital.read(f"Patient/{ours.draft.id}")).body)["source"] == OURS
    theirs = await area.surgery.create(patient(number(1), gender="female"))
    mine = meta_of((await area.gp.read(f"Patient/{theirs.draft.id}")).body)
    whole = meta_of((await area.gp.read(f"Patient/{ours.draft.id}")).body)
    assert (mine["source"], "source" in whole, words(whole)) == (THEIRS, False, [])
    await area.surgery.delete(f"Patient/{theirs.draft.id}")
    alone = meta_of((await area.gp.read(f"Patient/{ours.draft.id}")).body)
    assert alone["source"] == OURS


def _tells(body: bytes) -> bool:
    """Whether an entry about somebody tells its source, or what its sender says of it."""
    resource = read_json(body)
    return is_about_somebody(resource["resourceType"]) and any(word in body.decode() for word in (OURS, THEIRS, WORD))


async def test_hazard_whereabouts_no_channel_tells_the_source_of_a_restricted_persons_entries(area: Area) -> None:
    """Nor what a sender said of it. Who knows the practice knows the town."""
    told = {}
    for who, label in ((RESTRICTED, "R"), (CONTROL, None)):
        await know(area, who, label=label)
        about = f"Patient/{who.plain_id}"
        for meta in (FORGED, {"source": WORD}):
            await area.hospital.update(observation(about, id=f"{who.name}-observation", **saying(meta)))
            await area.hospital.update(encounter(about, id=f"{who.name}-encounter", **saying(meta)))
        told[who] = await channels(area.doctor, who)
    telling = {who: [name for name, bodies in each.items() if any(map(_tells, bodies))] for who, each in told.items()}
    assert telling[RESTRICTED] == []
    assert len(telling[CONTROL]) > 8, "all but what a golden Patient of two sources says"
    for word in (OURS, WORD):
        for who, found in ((RESTRICTED, 0), (CONTROL, 1)):
            page = await search(area.doctor, who, "Observation", f"_source={word}")
            assert len(page.matches) == found
