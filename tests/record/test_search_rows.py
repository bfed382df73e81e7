"""Search rows: what stands in the tables is what the newest version says, however it was written."""

import random
from collections import Counter
from typing import Any

import pytest
from tests.record.area import Area, delete, patch, post, put
from tests.record.made import labelled, number, patient

from lhcr.fhir.contributor import SENT_SOURCE
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.search.catalogue import parameters_by_id, parameters_of
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import SearchValues
from lhcr.fhir.search.strings import fold
from lhcr.kernel.json_types import JsonObject
from lhcr.record.rows import FEW_ROWS, SEARCH_TABLES
from lhcr.store.search.bounded import bounded

Row = tuple[Any, ...]
_COLUMNS = {
    "search_token": "param, {system}, code",
    "search_string": "param, folded, exact",
    "search_reference": "param, target_type, target_id, target_version",
    "search_date": "param, low, high",
    "search_quantity": "param, low, high, {system}, code, unit",
    "search_uri": "param, value",
    "search_composite": "param, {system1}, code1, {system2}, code2, low2, high2, text2, low3, high3",
    "search_position": "param, latitude, longitude",
}


def _uri(column: str) -> str:
    """Name a system by its address again; 0 stands for none."""
    return (
        f"CASE WHEN {column} = 0 THEN '' ELSE (SELECT uri FROM code_system WHERE system_id = {column}) END AS {column}"
    )


async def rows_of(area: Area) -> dict[str, Counter[Row]]:
    """Return the search rows of each resource by its id, those of the directory included."""
    found: dict[str, Counter[Row]] = {}
    for prefix in ("", "directory_"):
        for table in SEARCH_TABLES:
            columns = _COLUMNS[table].format(system=_uri("system"), system1=_uri("system1"), system2=_uri("system2"))
            rows = await area.pool.fetch(
                f"SELECT r.type || '/' || r.id AS key, {columns} FROM {prefix}{table} AS s"
                f" LEFT JOIN {prefix}resource AS r ON r.person_id = s.person_id AND r.rid = s.rid AND r.class = s.class"
            )
            for key, *row in rows:
                found.setdefault(key, Counter())[table, *row] += 1
    return found


async def expected(area: Area) -> dict[str, Counter[Row]]:
    found = {}
    for prefix in ("", "directory_"):
        for row in await area.rows(
            f"SELECT type || '/' || id AS key, body FROM {prefix}resource WHERE body IS NOT NULL"
        ):
            resource = without_server_meta(read_json(row["body"]))
            counted = Counter(rows_said(extract(resource))) + Counter(senders_words(resource))
            if counted:
                found[row["key"]] = counted
    return found


def without_server_meta(resource: JsonObject) -> JsonObject:
    kept = {name: value for name, value in resource["meta"].items() if name not in {"versionId", "lastUpdated"}}
    return {name: value for name, value in resource.items() if name != "meta"} | ({"meta": kept} if kept else {})


def senders_words(resource: JsonObject) -> list[Row]:
    """What a sender says is its source is found beside the contributor, who has no row."""
    param = parameters_of(resource["resourceType"])["_source"].id
    said = resource["meta"].get("extension", ())
    return [("search_uri", param, each["valueUri"]) for each in said if each["url"] == SENT_SOURCE]


def rows_said(values: SearchValues) -> list[Row]:
    rows: list[Row] = [("search_token", p, s, bounded(c)) for p, s, c in (*values.token, *values.identifier)]
    rows += [("search_string", p, bounded(fold(text)), bounded(text)) for p, text in values.string]
    rows += [("search_reference", p, t, bounded(i), bounded(v)) for p, t, i, v in values.reference]
    # The clinical date stands in the resource's own row alone.
    rows += [("search_date", *row) for row in values.date if not parameters_by_id()[row[0]].clinical_date]
    rows += [("search_quantity", p, low, high, "", "", "") for p, low, high in values.number]
    rows += [("search_quantity", p, lo, hi, s, bounded(c), bounded(u)) for p, lo, hi, s, c, u in values.quantity]
    rows += [("search_uri", p, bounded(uri)) for p, uri in values.uri]
    rows += [
        ("search_composite", r.param, r.system1, r.code1, r.system2, r.code2, r.low2, r.high2, r.text2, r.low3, r.high3)
        for r in values.composite
    ]
    return rows + [("search_position", *row) for row in values.position]


class Maker:
    """Makes resources that have something for every search table, from few values, so that they repeat."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _concept(self) -> JsonObject:
        system = self._one({}, {"system": "http://loinc.org"}, {"system": "http://snomed.info/sct"})
        return {"coding": [system | {"code": self._one("1", "2", "é\n'\\\"{},")}], "text": self._one("a", "NULL", "b")}

    def _quantity(self) -> JsonObject:
        unit = self._one({}, {"system": "http://unitsofmeasure.org", "code": "mg", "unit": "mg"}, {"unit": "µg"})
        quantity: JsonObject = {"value": self._one(0, -1.5, 1e-7, 12345678901234)} | unit
        return quantity

    def _meta(self) -> JsonObject:
        meta: JsonObject = self._one(
            {}, {"meta": {"source": "urn:x", "profile": ["http://x.test/p"], "tag": [{"code": "t"}]}}
        )
        return meta

    def observation(self, subject: str) -> JsonObject:
        return (
            {"resourceType": "Observation", "status": self._one("final", "amended"), "code": self._concept()}
            | {"subject": {"reference": subject}, "effectiveDateTime": self._one("2020", "2020-02-01T10:00:00Z")}
            | {"valueQuantity": self._quantity(), "category": [self._concept()]}
            | {
                "component": [
                    {"code": self._concept(), "valueQuantity": self._quantity()} for _ in range(self._one(1, 3))
                ]
            }
            | {"hasMember": [{"reference": self._one("Observation/none", "http://else.test/Observation/1")}]}
            | {"performer": [{"identifier": {"system": "http://x.test", "value": self._one("1", "2")}}]}
            | self._meta()
        )

    def risk(self, subject: str) -> JsonObject:
        return (
            {"resourceType": "RiskAssessment", "status": "final", "subject": {"reference": subject}}
            | {"prediction": [{"probabilityDecimal": self._one(0.25, 0.1)}]}
            | self._meta()
        )

    def place(self) -> JsonObject:
        return {
            "resourceType": "Location",
            "name": self._one("Ward", "Ångström", "x" * 700, 'quote " and \\'),
            "position": {"latitude": self._one(53.8, -1), "longitude": self._one(-1.5, 179.99)},
        }

    def medication(self) -> JsonObject:
        return {"resourceType": "Medication", "code": self._concept(), "status": "active"} | self._meta()

    def patient(self) -> JsonObject:
        return patient(
            name=[{"family": self._one("O'Neill", "Smith"), "given": [self._one("Ann", "Zoë")]}],
            gender=self._one("male", "female"),
            birthDate=self._one("1950", "1951-02-03"),
            address=[{"city": self._one("Leeds", "York"), "postalCode": "LS1 1AA"}],
        )

    def any(self, subject: str) -> JsonObject:
        make = self._one(
            lambda: self.observation(subject),
            lambda: self.risk(subject),
            self.place,
            self.medication,
            self.patient,
        )
        made: JsonObject = make()
        return labelled(made, "V") if self._random.random() < 0.2 else made


@pytest.mark.parametrize("seed", range(2))
async def test_rows_follow_what_is_created_updated_patched_and_deleted_one_by_one(area: Area, seed: int) -> None:
    make, ours = Maker(seed), area.hospital
    await ours.update(patient(number(1), id="p"))
    made = [await ours.create(make.any("Patient/p")) for _ in range(12)]
    assert await rows_of(area) == await expected(area)
    for written in made[:6]:
        again = make.any("Patient/p")
        while again["resourceType"] != written.draft.type:
            again = make.any("Patient/p")
        await ours.update(again | {"id": written.draft.id})
    assert await rows_of(area) == await expected(area)
    for written in made[4:8]:
        reference = f"{written.draft.type}/{written.draft.id}"
        await ours.patch(reference, [{"op": "add", "path": "/language", "value": "en"}])
    assert await rows_of(area) == await expected(area)
    for written in made[2:10]:
        await ours.delete(f"{written.draft.type}/{written.draft.id}")
    assert await rows_of(area) == await expected(area)
    assert await area.value("SELECT count(*) FROM resource_history") > 5


async def test_rows_are_the_same_whether_they_are_copied_or_travel_in_the_statement(area: Area) -> None:
    make, ours = Maker(3), area.hospital
    await ours.update(patient(number(1), id="p"))
    resources = [make.any("Patient/p") for _ in range(60)]
    assert sum(len(rows_said(extract(each))) for each in resources) > 2 * FEW_ROWS
    written = await ours.transaction(*(post(read_json(write_json(each))) for each in resources))
    assert await rows_of(area) == await expected(area)
    # Many at once that replace, delete and add.
    changed = [each for each in written if each.draft.type in {"Observation", "Location", "Medication"}]
    drafts = [put(_like(make, each.draft.type) | {"id": each.draft.id}) for each in changed[::2]]
    drafts += [delete(f"{each.draft.type}/{each.draft.id}") for each in changed[1::2]]
    drafts += [post(make.any("Patient/p")) for _ in range(20)]
    await ours.transaction(*drafts)
    assert await rows_of(area) == await expected(area)


async def test_rows_have_the_class_of_what_they_describe_and_its_clinical_date(area: Area) -> None:
    """Hazard: a sensitive item exposed by a search row that kept an older class."""
    ours = area.hospital
    await ours.update(patient(number(1), id="p"))
    entry = Maker(5).observation("Patient/p") | {"id": "o"}
    for code in ("N", "V", "N"):
        await ours.update(labelled(dict(entry), code))
        (stored,) = await area.rows("SELECT person_id, rid, class, clinical_low FROM resource WHERE id = 'o'")
        for table in SEARCH_TABLES:
            rows = await area.rows(f"SELECT class FROM {table} WHERE rid = $1", stored["rid"])
            assert {row["class"] for row in rows} <= {stored["class"]}
        tokens = await area.rows("SELECT DISTINCT clinical, person_id FROM search_token WHERE rid = $1", stored["rid"])
        assert tokens == [{"clinical": stored["clinical_low"], "person_id": stored["person_id"]}]


async def test_a_patch_that_changes_nothing_else_leaves_no_rows_of_old_times(area: Area) -> None:
    """What a patch is applied to holds the server's own version and time, which say nothing of the new version."""
    ours = area.hospital
    await ours.update(patient(number(1), id="p"))
    await ours.update(Maker(6).observation("Patient/p") | {"id": "o"})
    (written,) = await ours.transaction(patch("Observation/o", [{"op": "add", "path": "/language", "value": "en"}]))
    assert written.draft.version == 2
    assert await rows_of(area) == await expected(area)


def _like(make: Maker, resource_type: str) -> JsonObject:
    made = make.any("Patient/p")
    while made["resourceType"] != resource_type:
        made = make.any("Patient/p")
    return made
