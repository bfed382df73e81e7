"""Searches of entries that may be about several: `Appointment?patient=` names a person as `Observation?patient=` does."""

import re
from typing import Any, Final

import pytest

from lhcr.access.subject_parameter import means_record, names_subject
from lhcr.fhir.compartments import compartment_types
from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.fhir.search.homes import home
from lhcr.fhir.search.parameter import Kind

NHS: Final = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER: Final = {"system": NHS, "value": "9990000018"}
_RESTRICTED: Final = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
_AUDIT: Final = {"type": {"code": "rest"}, "recorded": "2024-01-01T00:00:00Z", "source": {"observer": {"display": "x"}}}
_AGENT: Final = [{"who": {"display": "Somebody"}}]


def about(*people: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an entry of each of the types, about the subject of the first Reference, which names the others after them."""
    named = list(people)
    participants = [{"actor": each, "status": "accepted"} for each in named]
    return [
        {"resourceType": "Account", "status": "active", "subject": named},
        {"resourceType": "Appointment", "status": "booked", "participant": participants},
        {
            "resourceType": "AuditEvent",
            **_AUDIT,
            "agent": [{"requestor": True}],
            "entity": [{"what": e} for e in named],
        },
        {"resourceType": "Contract", "subject": named},
        {"resourceType": "Group", "type": "person", "actual": True, "member": [{"entity": each} for each in named]},
        {"resourceType": "Person", "link": [{"target": each} for each in named]},
        {"resourceType": "Provenance", "recorded": "2024-01-01T00:00:00Z", "agent": _AGENT, "target": named},
        {"resourceType": "Schedule", "actor": named},
        {"resourceType": "VerificationResult", "status": "validated", "target": named},
    ]


@pytest.fixture(scope="module")
async def people(area: Any) -> dict[str, str]:
    """Ids of somebody whom the practice knows, by two sources, and who is the citizen, of a stranger, and of entries."""
    supplier, other = area.supplier, area.asker("other-supplier")
    identified = {"resourceType": "Patient", "name": [{"family": "Fell"}], "birthDate": "1950-01-01"}
    citizen = identified | {"identifier": [{"system": NHS, "value": "9990000085"}]}
    known, theirs = [(await each.create(citizen))["id"] for each in (supplier, other)]
    stranger = (await supplier.create(identified | {"identifier": [NUMBER], "birthDate": "1980-01-01"}))["id"]
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    episode = {"resourceType": "EpisodeOfCare", "status": "active", "managingOrganization": practice}
    await supplier.create(episode | {"patient": {"reference": f"Patient/{known}"}})
    for asker, patient in ((supplier, known), (other, theirs), (supplier, stranger)):
        for entry in about({"reference": f"Patient/{patient}"}):
            await asker.create(entry)
    for entry in about({"reference": f"Patient/{known}"}):
        if entry["resourceType"] != "Person":  # A label of demographics restricts the person, not the entry.
            await supplier.create(entry | {"meta": _RESTRICTED})
    return {"known": known, "theirs": theirs, "stranger": stranger}


def found(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return sorted(
        each["resource"]["id"] for each in response.json().get("entry", ()) if each["search"]["mode"] == "match"
    )


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["issue"][0]["details"]["coding"][0]["code"]


_BY_PATIENT: Final = ("Account", "Appointment", "AuditEvent", "Contract", "Person", "Provenance")
_ASKED: Final = [
    *((name, "patient={id}") for name in _BY_PATIENT),
    *((name, "patient=Patient/{id}") for name in _BY_PATIENT),
    ("Account", "subject=Patient/{id}"),
    ("Account", "subject:Patient={id}"),
    ("Appointment", "actor=Patient/{id}"),
    ("AuditEvent", "entity=Patient/{id}"),
    ("Contract", "subject=Patient/{id}"),
    ("Group", "member=Patient/{id}"),
    ("Person", "link=Patient/{id}"),
    ("Provenance", "target=Patient/{id}"),
    ("Schedule", "actor=Patient/{id}"),
    ("VerificationResult", "target=Patient/{id}"),
    ("Appointment", f"patient.identifier={NHS}|9990000085"),
    ("Appointment", f"actor:Patient.identifier={NHS}|9990000085"),
    ("Appointment", f"patient:identifier={NHS}|9990000085"),
    ("Provenance", f"patient.identifier={NHS}|9990000085"),
    ("Provenance", f"target:Patient.identifier={NHS}|9990000085"),
]


@pytest.mark.parametrize(("type_", "asked"), _ASKED)
@pytest.mark.parametrize("asker", ["gp", "citizen"])
async def test_a_parameter_that_says_whom_an_entry_is_about_names_the_person(
    area: Any, people: dict[str, str], asker: str, type_: str, asked: str
) -> None:
    """Hazard: "none" inferred from absence. What two sources know of the person is found, whichever of the ids is asked for."""
    one = area.asker(asker)
    by_either = [found(await one.get(f"/{type_}?{asked.format(id=people[each])}")) for each in ("known", "theirs")]
    assert by_either[0] == by_either[1]
    assert len(by_either[0]) == 2
    if type_ in compartment_types("Patient"):
        assert found(await one.get(f"/Patient/{people['known']}/{type_}")) == by_either[0]


@pytest.mark.parametrize(("type_", "asked"), [each for each in _ASKED if "{id}" in each[1]])
@pytest.mark.parametrize("asker", ["gp", "citizen", "pharmacist"])
async def test_a_stranger_and_nobody_are_refused_alike(
    area: Any, people: dict[str, str], asker: str, type_: str, asked: str
) -> None:
    """Hazard: a sensitive item exposed, here that somebody is here, or that there is an appointment."""
    answers = [await area.asker(asker).get(f"/{type_}?{asked.format(id=each)}") for each in (people["stranger"], "x")]
    told = {re.sub(r"D-[0-9A-Z]{13}", "", each.text) for each in answers}
    assert len(told) == 1
    assert error(answers[0]) == (403, "own-record" if asker == "citizen" else "relationship")


@pytest.fixture(scope="module")
async def paired(area: Any) -> dict[str, str]:
    """Ids of somebody whom the practice knows, by two sources, and of two hidden people, one of whom their entries name too."""
    supplier, other = area.supplier, area.asker("other-supplier")
    number = {"identifier": [{"system": NHS, "value": "9990000093"}]}
    first, again = [(await each.create({"resourceType": "Patient", **number}))["id"] for each in (supplier, other)]
    beside, elsewhere = [(await supplier.create({"resourceType": "Patient"}))["id"] for _ in range(2)]
    practice = {"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A81001"}}
    episode = {"resourceType": "EpisodeOfCare", "status": "active", "managingOrganization": practice}
    await supplier.create(episode | {"patient": {"reference": f"Patient/{first}"}})
    for asker, own in ((supplier, first), (other, again)):
        for entry in about({"reference": f"Patient/{own}"}, {"reference": f"Patient/{beside}"}):
            await asker.create(entry)
    return {"first": first, "again": again, "beside": beside, "elsewhere": elsewhere}


@pytest.mark.parametrize(("type_", "asked"), _ASKED)
async def test_an_entry_that_names_somebody_hidden_too_is_found_by_whom_it_is_about(
    area: Any, paired: dict[str, str], type_: str, asked: str
) -> None:
    """Hazard: "none" inferred from absence. Hazard: a sensitive item exposed, whom the entry names besides."""
    path = f"/{type_}?{asked.replace('9990000085', '9990000093')}"
    answers = [await area.gp.get(path.format(id=paired[each])) for each in ("first", "again")]
    assert [len(found(each)) for each in answers] == [2, 2]
    assert found(answers[0]) == found(answers[1])
    assert not any(paired["beside"] in each.text for each in answers)


@pytest.mark.parametrize(("type_", "asked"), [each for each in _ASKED if "=Patient/{id}" in each[1]])
@pytest.mark.parametrize("more", ["", "&_total=accurate", "&_summary=count"])
async def test_hazard_sensitive_item_exposed_whom_else_an_entry_names_is_not_found_out_by_asking(
    area: Any, paired: dict[str, str], type_: str, asked: str, more: str
) -> None:
    """The two worlds: the one who is named and somebody who is not are answered alike."""
    whole = f"/{type_}?{asked.format(id=paired['first'])}"
    told = set()
    for hidden in ("beside", "elsewhere"):
        answer = await area.gp.get(f"{whole}&{asked.format(id=paired[hidden])}{more}")
        assert answer.status_code == 200
        told.add(re.sub("D-[0-9A-Z]{13}", "", answer.text.replace(paired[hidden], "hidden")))
    assert len(told) == 1
    for order in ("", "-"):
        keyed = asked.partition("=")[0].partition(":")[0]
        answer = await area.gp.get(f"{whole}&_sort={order}{keyed}")
        assert answer.status_code != 200 or len(found(answer)) == 2


def remarks(response: Any) -> list[str]:
    entries = [each for each in response.json().get("entry", ()) if each["search"]["mode"] == "outcome"]
    return [
        coding["code"] for e in entries for issue in e["resource"]["issue"] for coding in issue["details"]["coding"]
    ]


@pytest.mark.parametrize(("type_", "asked"), _ASKED)
async def test_hazard_partial_shown_as_complete_what_is_filed_with_whom_it_names_first_is_said_not_to_be_searched(
    area: Any, paired: dict[str, str], type_: str, asked: str
) -> None:
    """A practice that knows both asks for the one who stands second. It is said of whoever is asked for: it tells nothing."""
    about_known = f"/{type_}?{asked.replace('9990000085', '9990000093').format(id=paired['first'])}"
    for more in ("", "&_total=accurate", "&_lastUpdated=lt1990"):
        assert remarks(await area.gp.get(about_known + more)) == ["filed-by-first-person"]
    assert "entry" not in (await area.gp.get(f"{about_known}&_summary=count")).json()


async def test_nothing_is_said_where_an_entry_is_about_one_person_or_nobody_or_everything_was_searched(
    area: Any, paired: dict[str, str]
) -> None:
    for path in (
        f"Observation?patient={paired['first']}",
        "Appointment?_id=x&actor=Practitioner/p",
        "Practitioner?name=x",
    ):
        assert remarks(await area.gp.get(f"/{path}")) == []
    assert remarks(await area.supplier.get(f"/Appointment?patient={paired['first']}")) == []


async def test_an_appointment_that_names_its_person_by_number_alone_is_found(area: Any, people: dict[str, str]) -> None:
    """Hazard: "none" inferred from absence."""
    number = {"type": "Patient", "identifier": {"system": NHS, "value": "9990000085"}}
    appointment = about(number)[1]
    made = (await area.supplier.create(appointment))["id"]
    try:
        assert made in found(await area.gp.get(f"/Appointment?patient={people['known']}"))
        assert made in found(await area.gp.get(f"/?_type=Appointment,Observation&patient={people['known']}"))
    finally:
        await area.supplier.ask("DELETE", f"/Appointment/{made}")


async def test_an_appointment_at_home_with_somebody_else_stays_hidden(area: Any, people: dict[str, str]) -> None:
    """Hazard: a sensitive item exposed. A permit for one who is named shows nothing of whom the entry is about (ADR 13)."""
    before = (await area.gp.get(f"/Appointment?patient={people['known']}")).text
    both = [{"actor": {"reference": f"Patient/{people[each]}"}, "status": "accepted"} for each in ("stranger", "known")]
    made = await area.supplier.create({"resourceType": "Appointment", "status": "booked", "participant": both})
    try:
        for asked in ("patient={}", "actor=Patient/{}", "patient={}&_total=accurate", "patient={}&status=booked"):
            answer = await area.gp.get(f"/Appointment?{asked.format(people['known'])}")
            assert made["id"] not in answer.text
            assert people["stranger"] not in answer.text
        assert (await area.gp.get(f"/Appointment?patient={people['known']}")).text == before
    finally:
        await area.supplier.ask("DELETE", f"/Appointment/{made['id']}")


async def test_what_is_asked_beside_the_person_narrows_the_answer(area: Any, people: dict[str, str]) -> None:
    path = f"/Appointment?patient={people['known']}"
    assert len(found(await area.gp.get(f"{path}&status=booked"))) == 2
    assert found(await area.gp.get(f"{path}&status=cancelled")) == []
    assert found(await area.gp.get(f"{path}&actor=Practitioner/nobody")) == []
    assert found(await area.gp.get(f"{path}&patient={people['stranger']}")) == []
    page = await area.gp.get(f"{path}&_count=1")
    (following,) = [each["url"] for each in page.json()["link"] if each["relation"] == "next"]
    rest = await area.gp.get(following.removeprefix("http://area.test/fhir"))
    assert len({*found(page), *found(rest)}) == 2


async def test_a_provenance_of_the_person_s_entries_is_the_person_s_and_not_the_patient_s(
    area: Any, people: dict[str, str], build: Any
) -> None:
    observation = (await area.supplier.create(build.observation(people["known"])))["id"]
    provenance = about({"reference": f"Observation/{observation}"})[6]
    made = (await area.supplier.create(provenance))["id"]
    assert made in found(await area.gp.get(f"/Provenance?patient={people['known']}"))
    assert made not in found(await area.gp.get(f"/Provenance?target=Patient/{people['known']}"))


async def test_an_id_without_its_type_may_be_a_practitioner_s_and_names_nobody(gp: Any, people: dict[str, str]) -> None:
    for each in (people["known"], people["stranger"], "x"):
        assert error(await gp.get(f"/Appointment?actor={each}")) == (403, "person-not-named")


async def test_who_asks_with_scopes_asks_nothing_of_types_beyond_them(granted: Any, people: dict[str, str]) -> None:
    asker = granted("gp", "user/Appointment.rs")
    assert len(found(await asker.get(f"/Appointment?patient={people['known']}"))) == 2
    chained = await asker.get(f"/Appointment?patient.identifier={NHS}|9990000085")
    assert error(chained) == (403, "scope")


async def test_a_system_finds_what_it_contributed_itself(area: Any, people: dict[str, str]) -> None:
    assert len(found(await area.supplier.get(f"/Appointment?patient={people['known']}"))) == 2
    assert found(await area.asker("practice-system").get(f"/Appointment?patient={people['known']}")) == []


def test_every_type_about_people_that_has_a_patient_parameter_can_be_asked_by_it() -> None:
    """What the CapabilityStatement lists and says of `patient` holds for each type."""
    for name in type_ids():
        asked = parameters_of(name).get("patient")
        if asked is not None and asked.kind is Kind.REFERENCE:
            assert names_subject(asked), name
            assert means_record(asked), name


def test_who_did_something_is_not_who_it_is_about() -> None:
    for name, code in (("Observation", "performer"), ("Appointment", "supporting-info"), ("Provenance", "agent")):
        assert not names_subject(parameters_of(name)[code])
    assert not any(names_subject(each) for each in parameters_of("Practitioner").values())
    assert home("Provenance").follows
    assert not means_record(parameters_of("Provenance")["target"])
