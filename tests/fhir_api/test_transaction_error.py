"""What is wrong with references is told with the element in which each stands, of every entry at once, and with nothing else."""

from typing import Any, Final

import pytest

_NOWHERE: Final = "urn:uuid:0e3c5c1c-0b5b-4d55-9f2c-6c0f3d2d6a01"
_WRONG: Final = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000019"}


def entry(resource: dict[str, Any], method: str = "POST", url: str | None = None, **more: Any) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": method, "url": url or resource["resourceType"], **more}}


async def send(asker: Any, *entries: dict[str, Any]) -> Any:
    return await asker.send("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)})


def told(response: Any) -> list[tuple[str, str]]:
    """Each issue as its code with its place."""
    issues = response.json()["issue"]
    return [(each["details"]["coding"][0]["code"], each["expression"][0]) for each in issues]


def unresolved(*places: str) -> list[tuple[str, str]]:
    return [("reference-unresolved", place) for place in places]


@pytest.fixture(scope="module")
async def people(area: Any) -> list[str]:
    """The ids of two people, each with an encounter under the same id with a letter before it."""
    ids = []
    for _ in range(2):
        patient = await area.supplier.create({"resourceType": "Patient", "name": [{"family": "Fell"}]})
        ids.append(patient["id"])
    return ids


@pytest.fixture(scope="module")
async def encounters(area: Any, people: list[str]) -> list[str]:
    made = [
        await area.supplier.create(
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"code": "AMB"},
                "subject": {"reference": f"Patient/{person}"},
            }
        )
        for person in people
    ]
    return [each["id"] for each in made]


async def test_a_name_that_no_entry_has_is_told_with_its_entry_and_element(
    supplier: Any, build: Any, people: list[str]
) -> None:
    plain = entry(build.observation(people[0]))
    wrong = entry(build.observation(people[0], encounter={"reference": _NOWHERE}))
    response = await send(supplier, plain, plain, wrong)
    assert response.status_code == 400, response.text
    assert told(response) == unresolved("Bundle.entry[2].resource.encounter")


async def test_every_such_name_is_told_wherever_it_stands(supplier: Any, build: Any, people: list[str]) -> None:
    """Among the items of an array, in an extension, in one of a primitive and in what is contained."""
    lost = {"reference": _NOWHERE}
    extension = [
        {"url": "http://example.test/a", "valueString": "x"},
        {"url": "http://example.test/b", "valueReference": lost},
    ]
    device = {"resourceType": "Device", "id": "d", "patient": lost}
    first = build.observation(people[0], hasMember=[{"reference": "Observation/a"}, lost], extension=extension)
    second = build.observation(people[0], contained=[device], device={"reference": "#d"})
    third = build.observation(people[0], effectiveDateTime="2024-01-01", _effectiveDateTime={"extension": extension})
    response = await send(supplier, entry(first), entry(second), entry(third))
    assert response.status_code == 400, response.text
    assert set(told(response)) == set(
        unresolved(
            "Bundle.entry[0].resource.hasMember[1]",
            "Bundle.entry[0].resource.extension[1].valueReference",
            "Bundle.entry[1].resource.contained[0].patient",
            "Bundle.entry[2].resource.effectiveDateTime.extension[1].valueReference",
        )
    )


async def test_what_is_told_of_thousands_of_names_is_as_much_as_anybody_reads(
    supplier: Any, build: Any, people: list[str]
) -> None:
    wrong = entry(build.observation(people[0], encounter={"reference": _NOWHERE}))
    response = await send(supplier, *[wrong] * 1_000)
    assert told(response) == unresolved(*(f"Bundle.entry[{index}].resource.encounter" for index in range(100)))


async def test_a_conditional_reference_that_means_nothing_is_told_with_its_place_and_not_repeated(
    supplier: Any, build: Any, people: list[str]
) -> None:
    """Hazard: a number in a log or on a screen. A query may hold whom it asks for."""
    number = "9990000093"
    query = {"reference": f"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{number}"}
    first = build.observation(people[0], performer=[{"reference": f"Patient/{people[0]}"}, query])
    second = build.observation(
        people[0], encounter={"reference": "Encounter?status=planned"}, specimen={"reference": "Specimen?nonsense=x"}
    )
    response = await send(supplier, entry(build.observation(people[0])), entry(first), entry(second))
    assert response.status_code == 412, response.text
    assert told(response) == unresolved(
        "Bundle.entry[1].resource.performer[1]",
        "Bundle.entry[2].resource.encounter",
        "Bundle.entry[2].resource.specimen",
    )
    assert number not in response.text


async def test_hazard_what_is_hidden_is_told_as_what_is_not_there(
    area: Any, supplier: Any, build: Any, people: list[str]
) -> None:
    """Hazard: a sensitive item exposed, by an error that says more of it than of nothing."""
    query = {"reference": "Encounter?identifier=urn:theirs|1"}
    sent = entry(build.observation(people[0])), entry(build.observation(people[0], encounter=query))
    absent = await send(supplier, *sent)
    theirs = area.asker("other-supplier")
    met = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    person = await theirs.create({"resourceType": "Patient", "name": [{"family": "Fell"}]})
    about = {
        "subject": {"reference": f"Patient/{person['id']}"},
        "identifier": [{"system": "urn:theirs", "value": "1"}],
    }
    await theirs.create(met | about)
    hidden = await send(supplier, *sent)
    assert absent.status_code == 412, absent.text
    assert told(absent) == unresolved("Bundle.entry[1].resource.encounter")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)


async def test_references_into_another_persons_record_are_told_with_their_places(
    supplier: Any, build: Any, people: list[str], encounters: list[str]
) -> None:
    there = {"reference": f"Encounter/{encounters[1]}"}
    extension = [{"url": "http://example.test/a", "valueReference": there}]
    alone = await supplier.send("POST", "/Observation", build.observation(people[0], encounter=there))
    assert alone.status_code == 422, alone.text
    assert told(alone) == [("reference-other-person", "Observation.encounter")]
    right = build.observation(people[0], encounter={"reference": f"Encounter/{encounters[0]}"})
    wrong = build.observation(people[0], encounter=there)
    response = await send(
        supplier, entry(right), entry(wrong), entry(build.observation(people[0], extension=extension))
    )
    assert response.status_code == 422, response.text
    assert told(response) == [
        ("reference-other-person", "Bundle.entry[1].resource.encounter"),
        ("reference-other-person", "Bundle.entry[2].resource.extension[0].valueReference"),
    ]
    assert people[1] not in response.text
    assert encounters[1] not in response.text


async def test_a_person_who_is_not_known_is_told_with_the_element_that_names_them(
    supplier: Any, build: Any, people: list[str]
) -> None:
    nobody = {"actor": {"reference": "Patient/nobody-here"}, "status": "accepted"}
    room = {"actor": {"reference": "Location/1"}, "status": "accepted"}
    meeting = {"resourceType": "Appointment", "status": "booked", "participant": [room, nobody]}
    alone = await supplier.send("POST", "/Appointment", meeting)
    assert told(alone) == [("subject-unknown", "Appointment.participant[1].actor")]
    response = await send(
        supplier,
        entry(build.observation(people[0])),
        entry(meeting),
        entry(build.observation("nobody")),
        entry(meeting),
    )
    assert response.status_code == 422, response.text
    assert told(response) == [
        ("subject-unknown", "Bundle.entry[1].resource.participant[1].actor"),
        ("subject-unknown", "Bundle.entry[2].resource.subject"),
        ("subject-unknown", "Bundle.entry[3].resource.participant[1].actor"),
    ]


async def test_wrong_numbers_are_told_at_each_reference_that_has_one(
    supplier: Any, build: Any, people: list[str]
) -> None:
    meeting = {
        "resourceType": "Appointment",
        "status": "booked",
        "participant": [
            {"actor": {"display": "A room"}, "status": "accepted"},
            {"actor": {"identifier": _WRONG}, "status": "accepted"},
        ],
    }
    them = {"resourceType": "Patient", "id": "them", "identifier": [{"system": "urn:a", "value": "1"}, _WRONG]}
    held = build.observation("x", contained=[them], subject={"reference": "#them"})
    beside = build.observation(people[0], performer=[{"display": "A nurse"}, {"identifier": _WRONG}])
    response = await send(supplier, entry(build.observation(people[0])), entry(meeting), entry(held))
    assert response.status_code == 422, response.text
    assert told(response) == [
        ("nhs-number-invalid", "Bundle.entry[1].resource.participant[1].actor.identifier.value"),
        ("nhs-number-invalid", "Bundle.entry[2].resource.contained[0].identifier[1].value"),
    ]
    response = await send(supplier, entry(build.observation(people[0])), entry(beside))
    assert told(response) == [("nhs-number-invalid", "Bundle.entry[1].resource.performer[1].identifier.value")]
    patients = [
        entry(build.patient(identifier=[_WRONG])),
        entry(build.patient()),
        entry(build.patient(identifier=[_WRONG])),
    ]
    assert told(await send(supplier, *patients)) == [
        ("nhs-number-invalid", f"Bundle.entry[{index}].resource.identifier[0].value") for index in (0, 2)
    ]


async def test_a_person_named_in_two_ways_is_told_for_each_entry(supplier: Any, build: Any) -> None:
    """Hazard: wrong person."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000042"}
    numbered = await supplier.create(build.patient(identifier=[number]))
    other = await supplier.create(build.patient())
    named = {"reference": f"Patient/{other['id']}", "identifier": number}
    wrong = build.observation("x", subject=named)
    right = build.observation(numbered["id"])
    response = await send(supplier, entry(wrong), entry(right), entry(wrong))
    assert response.status_code == 422, response.text
    assert told(response) == [("subject-contradicts", f"Bundle.entry[{index}].resource.subject") for index in (0, 2)]


async def test_what_a_stored_bundle_is_refused_for_is_put_at_its_entry(
    supplier: Any, build: Any, people: list[str]
) -> None:
    inner = [{"resource": build.observation(each)} for each in people]
    stored = {"resourceType": "Bundle", "type": "collection", "entry": inner}
    response = await send(supplier, entry(build.observation(people[0])), entry(stored))
    assert response.status_code == 422, response.text
    assert told(response) == [("subject-unknown", "Bundle.entry[1].resource.entry")]
