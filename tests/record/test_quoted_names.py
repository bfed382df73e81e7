"""Hazard: a sensitive item exposed by the words with which an entry that may be seen names one that may not."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from tests.record.area import Area, Asker, put
from tests.record.made import encounter, number, observation, patient, prescription, sensitive
from tests.record.restricted import Somebody, search

from lhcr.kernel.json_types import JsonObject

ADA = Somebody(1, "ada")
ID = ADA.plain_id
WORDS = b"HIV"
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">HIV test</div>'}


def named(reference: str, **elements: object) -> JsonObject:
    return {"reference": reference, "display": "HIV test", **elements}


def report(*results: JsonObject, **elements: object) -> JsonObject:
    made = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Bloods"}}
    return made | {"subject": {"reference": "Patient/h"}, "result": list(results), **elements}


@pytest.fixture
async def known(area: Area) -> Area:
    """A person whom two organisations know, with an open entry of the hospital and one that it hides."""
    await area.surgery.update(patient(number(1), id=ID))
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(observation("Patient/h", id="open"))
    await area.hospital.update(sensitive(observation("Patient/h", id="hidden")))
    return area


async def everywhere(asker: Asker, reference: str) -> dict[str, bytes]:
    """What an asker is told of an entry, channel by channel."""
    own_type, _, own_id = reference.partition("/")
    told: dict[str, Any] = {
        "read": (await asker.read(reference)).body,
        "vread": (await asker.vread(reference, 1)).body,
        "history": b"".join(each.body or b"" for each in (await asker.history(reference)).versions),
        "everything": _of(own_id, (await asker.everything("Patient/ada-hospital")).found),
        "pages": _of(own_id, await asker.everything_in_pages("Patient/ada-hospital", count=1)),
    }
    texts = {"search": "", "sorted": "_sort=_lastUpdated", "include": f"_include={own_type}:patient"}
    for name, text in texts.items():
        told[name] = _of(own_id, (await search(asker, ADA, own_type, text)).matches)
    told["reverse"] = _of(own_id, (await search(asker, ADA, "Patient", f"_revinclude={own_type}:patient")).included)
    assert all(told.values()), told
    return told


def _of(own_id: str, found: Iterable[Any]) -> bytes:
    return b"".join(each.body for each in found if each.id == own_id)


async def channels_that_tell(asker: Asker, reference: str) -> list[str]:
    return [name for name, body in (await everywhere(asker, reference)).items() if WORDS in body]


async def test_a_report_names_a_hidden_result_without_saying_what_it_is(known: Area) -> None:
    await known.hospital.update(report(named("Observation/hidden")))
    assert await channels_that_tell(known.gp, "DiagnosticReport/r") == []


async def test_a_result_that_may_be_seen_is_named_on_every_channel(known: Area) -> None:
    """Hazard: partial record. Words that nothing hides stay."""
    await known.hospital.update(report(named("Observation/open")))
    told = await everywhere(known.gp, "DiagnosticReport/r")
    assert [name for name, body in told.items() if WORDS not in body] == []
    assert not any(b"SUBSETTED" in body for body in told.values())


async def test_what_was_never_here_what_was_deleted_and_what_is_hidden_leave_the_same(known: Area) -> None:
    """Hazard: a sensitive item exposed, by a display that is missing."""
    await known.hospital.update(observation("Patient/h", id="gone"))
    await known.hospital.delete("Observation/gone")
    await known.hospital.load(
        put(report(named("Observation/hidden"), named("Observation/never"), named("Observation/gone")))
    )
    told = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")
    assert told["result"] == [{"reference": f"Observation/{each}"} for each in ("hidden", "never", "gone")]


async def test_its_own_source_reads_what_it_wrote(known: Area) -> None:
    await known.hospital.update(report(named("Observation/hidden", identifier={"value": "HIV-1"})))
    told = await known.hospital.read("DiagnosticReport/r")
    assert json.loads(told.body or b"")["result"] == [named("Observation/hidden", identifier={"value": "HIV-1"})]


async def test_an_identifier_goes_and_whatever_else_a_reference_says_stays(known: Area) -> None:
    result = named("Observation/hidden/_history/1", identifier={"value": "HIV-1"}, type="Observation", id="x")
    await known.hospital.update(report(result))
    told = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")
    assert told["result"] == [{"reference": "Observation/hidden/_history/1", "type": "Observation", "id": "x"}]


async def test_narrative_made_of_the_elements_goes_and_what_says_more_stays(known: Area) -> None:
    await known.hospital.update(report(named("Observation/hidden"), text=NARRATIVE))
    assert await channels_that_tell(known.gp, "DiagnosticReport/r") == []
    additional = NARRATIVE | {"status": "additional"}
    await known.hospital.update(report(named("Observation/hidden"), text=additional))
    assert json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")["text"] == additional


async def test_a_section_is_left_without_the_narrative_of_what_it_may_not_name(known: Area) -> None:
    sections: list[JsonObject] = [
        {"title": "Tests", "text": NARRATIVE, "entry": [named("Observation/hidden")]},
        {"title": "Plan", "text": {"status": "generated", "div": NARRATIVE["div"].replace("HIV", "Rest")}},
    ]
    composition = {"resourceType": "Composition", "id": "c", "status": "final", "type": {"text": "Letter"}}
    whose = {
        "subject": {"reference": "Patient/h"},
        "date": "2020-01-01",
        "title": "Letter",
        "author": [{"display": "Dr"}],
    }
    await known.hospital.update(composition | whose | {"section": sections})
    assert await channels_that_tell(known.gp, "Composition/c") == []
    told = json.loads((await known.gp.read("Composition/c")).body or b"")
    assert told["section"] == [{"title": "Tests", "entry": [{"reference": "Observation/hidden"}]}, sections[1]]


@pytest.mark.parametrize(
    "section",
    [
        {"title": "Outer", "text": NARRATIVE, "section": [{"title": "Inner", "entry": [named("Observation/hidden")]}]},
        {"title": "Focus", "text": NARRATIVE, "focus": named("Observation/hidden")},
    ],
    ids=["around a section", "with a focus"],
)
async def test_no_narrative_around_repeats_the_words(known: Area, section: JsonObject) -> None:
    letter = {"resourceType": "Composition", "id": "c", "status": "final", "type": {"text": "Letter"}}
    whose = {"subject": {"reference": "Patient/h"}, "date": "2020-01-01", "author": [{"display": "Dr"}]}
    await known.hospital.update(letter | whose | {"title": "Letter", "section": [section]})
    assert await channels_that_tell(known.gp, "Composition/c") == []


async def test_what_is_contained_loses_its_own_narrative_with_its_words(known: Area) -> None:
    pulse = {"resourceType": "Observation", "id": "t", "status": "final", "code": {"text": "Panel"}, "text": NARRATIVE}
    contained = [pulse | {"hasMember": [named("Observation/hidden")]}]
    await known.hospital.update(report({"reference": "#t"}, contained=contained))
    assert await channels_that_tell(known.gp, "DiagnosticReport/r") == []


@pytest.mark.parametrize("beside", ["extension", "_reference", "_type"])
async def test_an_extension_of_the_reference_is_words_too(known: Area, beside: str) -> None:
    said = [{"url": "http://x.test/said", "valueString": "HIV test"}]
    more = {"extension": said} if beside == "extension" else {beside: {"extension": said}, "type": "Observation"}
    await known.hospital.update(report({"reference": "Observation/hidden", **more}))
    assert await channels_that_tell(known.gp, "DiagnosticReport/r") == []


@pytest.mark.parametrize(
    "elements",
    [
        {"resourceType": "List", "status": "current", "mode": "working", "entry": [{"item": named("Observation/hidden")}]},
        {"resourceType": "Procedure", "status": "completed", "reasonReference": [named("Observation/hidden")]},
        {"resourceType": "List", "status": "current", "mode": "working", "extension": [
            {"url": "http://x.test/about", "valueReference": named("Observation/hidden")}]},
        {"resourceType": "List", "status": "current", "mode": "working", "contained": [
            {"resourceType": "Task", "id": "t", "status": "draft", "intent": "plan", "focus": named("Observation/hidden")}]},
    ],
    ids=["a list", "a procedure", "an extension", "what is contained"],
)  # fmt: skip
async def test_wherever_it_stands(known: Area, elements: JsonObject) -> None:
    entry: JsonObject = {"id": "e", "subject": {"reference": "Patient/h"}} | elements
    if "contained" in elements:
        entry["entry"] = [{"item": {"reference": "#t"}}]
    await known.hospital.update(entry)
    assert WORDS not in ((await known.gp.read(f"{entry['resourceType']}/e")).body or b"")


async def test_whoever_else_is_named_is_no_entry(known: Area) -> None:
    """Hazard: partial record. A person, an organisation and what is elsewhere are named as their source wrote them."""
    people = {"performer": [{"reference": "Organization/x", "display": "HIV clinic"}]}
    elsewhere = {"reference": "https://elsewhere.test/Observation/hidden", "display": "HIV elsewhere"}
    await known.hospital.load(put(report(elsewhere, **people)))
    told = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")
    assert told["performer"] == people["performer"]
    assert told["result"] == [elsewhere]


async def test_the_medicine_of_a_prescription_is_named_though_it_is_not_here(known: Area) -> None:
    """Hazard: a prescription without its medicine. One that is sensitive hides the prescription as well."""
    drug = prescription("Patient/h", "Medication/never", id="rx")
    drug["medicationReference"]["display"] = "HIV drug"
    await known.hospital.load(put(drug))
    assert WORDS in ((await known.gp.read("MedicationRequest/rx")).body or b"")


async def test_words_are_back_when_what_they_name_may_be_seen(known: Area) -> None:
    await known.hospital.update(report(named("Observation/hidden"), named("Observation/open")))
    first = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")["result"]
    assert first == [{"reference": "Observation/hidden"}, named("Observation/open")]
    await known.hospital.update(observation("Patient/h", id="hidden"))
    assert (await channels_that_tell(known.gp, "DiagnosticReport/r")) != []
    await known.hospital.update(sensitive(observation("Patient/h", id="open")))
    later = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")["result"]
    assert later == [named("Observation/hidden"), {"reference": "Observation/open"}]


async def test_an_entry_that_is_masked_says_no_more_of_others_either(known: Area) -> None:
    await known.hospital.update(patient(number(2), id="mother"))
    who = [{"url": "http://x.test/who", "valueReference": {"reference": "Patient/mother"}}]
    await known.hospital.update(report(named("Observation/hidden"), extension=who))
    assert await channels_that_tell(known.gp, "DiagnosticReport/r") == []


async def test_an_id_that_the_server_made_is_looked_for_where_it_leads(known: Area) -> None:
    seen = (await known.hospital.create(observation("Patient/h"))).draft.id
    unseen = (await known.hospital.create(sensitive(encounter("Patient/h")))).draft.id
    await known.hospital.update(report(named(f"Observation/{seen}"), encounter=named(f"Encounter/{unseen}")))
    told = json.loads((await known.gp.read("DiagnosticReport/r")).body or b"")
    assert told["result"] == [named(f"Observation/{seen}")]
    assert told["encounter"] == {"reference": f"Encounter/{unseen}"}


async def test_on_the_shelf_is_looked_for_too(known: Area) -> None:
    device = {"resourceType": "Device", "id": "d", "deviceName": [{"name": "Cuff", "type": "other"}]}
    await known.hospital.update(device)
    made = (await known.hospital.create({each: device[each] for each in ("resourceType", "deviceName")})).draft.id
    for own_id in ("d", made):
        await known.hospital.update(observation("Patient/h", id="o", device=named(f"Device/{own_id}")))
        assert WORDS in ((await known.gp.read("Observation/o")).body or b"")
    await known.hospital.update(sensitive(device))
    await known.hospital.update(observation("Patient/h", id="o", device=named("Device/d")))
    assert WORDS not in ((await known.gp.read("Observation/o")).body or b"")
