"""Hazard: a sensitive item exposed by its mere existence. The id of a Patient who may not be seen is an id that nobody has."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from tests.record.made import number
from tests.two_worlds.deeds import finds_sensitive

NHS = "https://fhir.nhs.uk/Id/nhs-number"
HIV = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
_REFERENCE = re.compile(r"Decision D-[0-9A-Z]{13}")


class Known:
    """A person of whom the practice, the hospital and a pharmacy have a Patient each; the practice's doctor may see them."""

    def __init__(self, area: Any, word: str, nhs_number: str) -> None:
        self.area = area
        self.number = nhs_number
        self.plain, self.own, self.hidden = f"{word}-plain", f"{word}-own", f"{word}-hidden"

    async def put(self, asker: str, patient_id: str, *labels: dict[str, str], **more: Any) -> None:
        told = {
            "resourceType": "Patient",
            "id": patient_id,
            "identifier": [{"system": NHS, "value": self.number}],
            **more,
        }
        if labels:
            told["meta"] = {"security": [*labels]}
        sent = await self.area.asker(asker).send("PUT", f"/Patient/{patient_id}", told)
        assert sent.status_code in {200, 201}, sent.text

    async def person(self) -> int:
        found = await self.area.rows("SELECT person_id FROM locator WHERE id = $1", self.plain)
        return int(found[0]["person_id"])

    async def register(self) -> None:
        await self.area.rows(
            "INSERT INTO fact_relationship (person_id, party, kind, rid, low, high)"
            " VALUES ($1, 'A81001', 'registration', 1, '2020-01-01', '2100-01-01')",
            await self.person(),
        )
        await self.area.rows("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", await self.person())

    async def search(self, patient_id: str, *, area: Any = None) -> int:
        found = await (area or self.area).gp.get(f"/Condition?patient={patient_id}")
        return int(found.status_code)


@pytest.fixture
async def known(area: Any, request: pytest.FixtureRequest) -> Known:
    here = (await area.rows("SELECT count(*) FROM person"))[0]["count"]
    made = Known(area, re.sub(r"[^a-z0-9]+", "-", request.node.name)[-40:].strip("-"), number(1_000 + here))
    await made.put("supplier", made.plain)
    await made.put("other-supplier", made.hidden, HIV)
    await made.put("practice-system", made.own, HIV)
    await made.register()
    return made


_ASKED = ("/Patient/{}", "/Patient/{}/_history", "/Patient/{}/_history/1", "/Patient/{}/$everything", "/Patient/{}/$meta", "/Patient/{}/*",
          "/Patient/{}/Condition", "/Condition?patient={}", "/Condition?subject=Patient/{}", "/Appointment?patient={}", "/Patient?_id={}",
          "/Patient?_id={}&_summary=count", "/Condition?patient.identifier={number}&patient={}", "/Condition?patient={known}&patient={}",
          "/Condition?patient={known}&encounter.patient={}", "/Patient?_id={known}&_has:Condition:patient:subject={}",
          "/Appointment?patient={known}&actor=Patient/{}", "/Condition?patient={known},{}", "/Encounter?patient={}&_total=accurate")  # fmt: skip


@pytest.mark.parametrize("asker", ["gp", "pharmacist", "supplier", "practice-system", "citizen"])
async def test_whoever_asks_by_a_hidden_id_is_told_what_they_are_of_an_id_that_nobody_has(
    area: Any, known: Known, asker: str
) -> None:
    told = []
    for patient_id in (known.hidden, "n" * len(known.hidden)):
        for path in _ASKED:
            target = path.replace("{known}", known.plain).replace("{number}", f"{NHS}|{known.number}")
            response = await area.asker(asker).get(target.replace("{}", patient_id))
            body = _REFERENCE.sub("", response.text).replace(patient_id, "*")
            told.append((path, response.status_code, re.sub(r"_cursor=[^\"&]+", "", body)))
    # The pharmacy's own Patient is hidden from nobody there.
    same = asker == "pharmacist" or told[: len(_ASKED)] == told[len(_ASKED) :]
    assert same, [(one, other) for one, other in zip(told, told[len(_ASKED) :], strict=False) if one != other][:2]


async def test_an_own_contribution_names_its_person_whatever_its_label(known: Known) -> None:
    assert await known.search(known.own) == 200
    assert await known.search(known.plain) == 200
    assert await known.search(known.hidden) == 403


async def test_a_label_that_comes_or_goes_counts_with_the_next_request_in_every_worker(
    known: Known, make_area: Callable[..., Any]
) -> None:
    async with make_area(known.area.dsn) as other:
        workers = (known.area, other)
        assert [await known.search(known.plain, area=each) for each in workers] == [200, 200]
        await known.put("supplier", known.plain, HIV)
        assert [await known.search(known.plain, area=each) for each in workers] == [403, 403]
        await known.put("supplier", known.plain)
        assert [await known.search(known.plain, area=each) for each in workers] == [200, 200]


async def test_a_patient_who_came_a_moment_ago_names_their_person_at_once(
    known: Known, make_area: Callable[..., Any]
) -> None:
    async with make_area(known.area.dsn) as other:
        assert await known.search(known.plain, area=other) == 200
        await known.put("supplier", f"{known.plain}-2")
        assert await known.search(f"{known.plain}-2", area=other) == 200


async def test_a_value_set_that_labels_a_patient_counts_with_the_next_request(known: Known) -> None:
    coding = {"system": "http://snomed.info/sct", "code": "1000613000"}
    await known.put("supplier", known.plain, extension=[{"url": "urn:about", "valueCoding": coding}])
    assert await known.search(known.plain) == 200
    epochs = [await known.area.rows("SELECT epoch FROM person WHERE person_id = $1", await known.person())]
    await finds_sensitive("1000613000", name="of-a-patient").do(SimpleNamespace(parts=known.area.app.parts))  # type: ignore[arg-type]
    epochs.append(await known.area.rows("SELECT epoch FROM person WHERE person_id = $1", await known.person()))
    assert await known.search(known.plain) == 403
    assert epochs[0][0]["epoch"] < epochs[1][0]["epoch"]


async def test_an_id_that_the_server_assigned_is_hidden_like_one_that_a_source_chose(area: Any, known: Known) -> None:
    told = {"resourceType": "Patient", "identifier": [{"system": NHS, "value": known.number}]}
    assigned = (await area.asker("other-supplier").create(told | {"meta": {"security": [HIV]}}))["id"]
    plain = (await area.supplier.create(told))["id"]
    about = {"resourceType": "Condition", "code": {"text": "x"}}
    await area.supplier.create(about | {"subject": {"reference": f"Patient/{plain}"}})
    assert await known.search(plain) == 200
    assert await known.search(assigned) == 403
    for by, count in ((plain, 1), (assigned, 0), ("nobody", 0), (f"{assigned},nobody", 0), (f"{assigned},{plain}", 1)):
        for path in (
            f"/Condition?patient={by}",
            f"/Condition?subject={by}",
            f"/Condition?patient={by}&_total=accurate",
        ):
            assert len((await area.supplier.get(path)).json().get("entry", [])) == count, path


async def test_what_is_written_about_a_hidden_id_is_refused_as_about_nobody(area: Any, known: Known) -> None:
    refused = []
    for patient_id in (known.hidden, "n" * len(known.hidden)):
        about = {"resourceType": "Condition", "code": {"text": "x"}, "subject": {"reference": f"Patient/{patient_id}"}}
        told = await area.gp.send("POST", "/Condition", about)
        refused.append((told.status_code, _REFERENCE.sub("", told.text).replace(patient_id, "*")))
    assert refused[0] == refused[1]
    assert refused[0][0] == 403


async def test_the_log_says_of_whom_a_hidden_id_is(area: Any, known: Known) -> None:
    """What is refused is told as of nobody, and whose record somebody felt for stands in the log of that person."""
    assert await known.search(known.hidden) == 403
    found = await area.rows("SELECT count(*) FROM audit_entry WHERE person_id = $1", await known.person())
    assert found[0]["count"] >= 1
