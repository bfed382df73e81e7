"""What is wrong with references is told with the element in which each stands, of every entry at once, and with nothing else."""

import base64
import json
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


def change(method: str, url: str, resource: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An entry that changes what is there."""
    request = {"method": method, "url": url, **more}
    return {"request": request} if resource is None else {"resource": resource, "request": request}


def patch(url: str, *operations: dict[str, Any]) -> dict[str, Any]:
    data = base64.b64encode(json.dumps(operations).encode()).decode()
    return change("PATCH", url, {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data})


async def test_what_an_update_or_deletion_is_refused_for_is_told_of_every_entry(
    area: Any, supplier: Any, build: Any, people: list[str]
) -> None:
    """Hazard: lost update. Whoever sent many changes must know which of them was overtaken."""
    own, other = [(await supplier.create(build.observation(each)))["id"] for each in (people[0], people[0])]
    organisation = {"resourceType": "Organization", "id": "taken-by-theirs", "name": "O"}
    await area.asker("other-supplier").send("PUT", "/Organization/taken-by-theirs", organisation)
    moved = build.observation(people[1], id=own)
    stale = build.observation(people[0], id=other)
    gone = (await supplier.create(build.observation(people[0])))["id"]
    response = await send(
        supplier,
        entry(build.observation(people[0])),
        change("PUT", "Organization/taken-by-theirs", organisation),
        change("DELETE", f"Observation/{gone}", ifMatch='W/"7"'),
        change("PUT", f"Observation/{own}", moved),
        change("PUT", f"Observation/{other}", stale, ifMatch='W/"7"'),
    )
    assert response.status_code == 412, response.text
    assert sorted(told(response)) == [
        ("id-taken", "Bundle.entry[1].resource.id"),
        ("subject-changed", "Bundle.entry[3].resource"),
        ("version-conflict", "Bundle.entry[2]"),
        ("version-conflict", "Bundle.entry[4].resource"),
    ]


async def test_what_a_patch_is_refused_for_is_told_of_every_entry(supplier: Any, build: Any, people: list[str]) -> None:
    own = [(await supplier.create(build.observation(people[0])))["id"] for _ in range(2)]
    remove = {"op": "remove", "path": "/valueString"}
    response = await send(
        supplier,
        entry(build.observation(people[0])),
        patch(f"Observation/{own[0]}", remove),
        patch(f"Observation/{own[1]}", {"op": "replace", "path": "/status", "value": 1}),
        patch("Observation/nobody-has-it", remove),
    )
    assert response.status_code == 422, response.text
    assert told(response) == [
        ("patch-path-missing", "Bundle.entry[1].resource"),
        ("wrong-json-type", "Bundle.entry[2].resource.status"),
        ("not-found", "Bundle.entry[3].resource"),
    ]


async def test_an_ambiguous_condition_is_told_at_its_entry(supplier: Any, build: Any, people: list[str]) -> None:
    again = {"identifier": [{"system": "urn:twice", "value": "1"}]}
    for _ in range(2):
        await supplier.create(build.observation(people[0], **again))
    plain = entry(build.observation(people[0]))
    wrong = change("PUT", "Observation?identifier=urn:twice|1", build.observation(people[0], **again))
    response = await send(supplier, plain, plain, wrong)
    assert (response.status_code, told(response)) == (412, [("condition-ambiguous", "Bundle.entry[2].resource")])


async def test_two_entries_under_one_condition_are_told_at_the_second(
    supplier: Any, build: Any, people: list[str]
) -> None:
    same = entry(build.observation(people[0]), ifNoneExist="identifier=urn:never|1")
    response = await send(supplier, entry(build.observation(people[0])), same, same)
    assert (response.status_code, told(response)) == (400, [("identity-repeated", "Bundle.entry[2].resource")])


async def test_a_patient_whose_numbers_are_doubted_is_told_at_its_entry(supplier: Any, build: Any) -> None:
    """Hazard: wrong person."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000050"}
    await supplier.create(build.patient(identifier=[number], birthDate="1950-01-01", gender="male"))
    other = {"birthDate": "2001-07-07", "gender": "female", "name": [{"family": "Moss", "given": ["Ida"]}]}
    wrong = entry(build.patient(identifier=[number]) | other)
    response = await send(supplier, entry(build.patient()), wrong, entry(build.patient()))
    assert response.status_code == 409, response.text
    assert told(response) == [("person-contradicts", "Bundle.entry[1].resource.identifier")]


async def test_two_patients_of_one_transaction_that_contradict_each_other_are_told_at_the_second(
    supplier: Any, build: Any
) -> None:
    """Hazard: wrong person."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000069"}
    one = build.patient(identifier=[number], birthDate="1950-01-01", gender="male")
    other = {"birthDate": "2001-07-07", "gender": "female", "name": [{"family": "Moss", "given": ["Ida"]}]}
    response = await send(supplier, entry(build.patient()), entry(one), entry(one | other))
    assert response.status_code == 409, response.text
    assert told(response) == [("person-contradicts", "Bundle.entry[2].resource.identifier")]


async def test_a_patients_id_that_is_another_sources_is_told_at_its_entry(area: Any, supplier: Any, build: Any) -> None:
    theirs = await area.asker("other-supplier").create(build.patient())
    await area.asker("other-supplier").send("PUT", "/Patient/chosen-there", build.patient(id="chosen-there"))
    for own_id in (theirs["id"], "chosen-there"):
        sent = change("PUT", f"Patient/{own_id}", build.patient(id=own_id))
        response = await send(supplier, entry(build.patient()), sent, entry(build.patient()))
        assert (response.status_code, told(response)) == (409, [("id-taken", "Bundle.entry[1].resource.id")])


async def test_an_id_in_a_strangers_record_is_told_a_clinician_at_its_entry(
    area: Any, supplier: Any, build: Any, people: list[str]
) -> None:
    theirs = (await supplier.create(build.observation(people[1])))["id"]
    own = (await area.gp.create(build.patient()))["id"]
    taken = {"resourceType": "Observation", "id": theirs, "status": "final", "code": {"text": "x"}}
    response = await send(area.gp, entry(build.observation(own)), change("PUT", f"Observation/{theirs}", taken))
    assert (response.status_code, told(response)) == (409, [("id-taken", "Bundle.entry[1].resource.id")])


@pytest.mark.parametrize("kind", ["batch", "transaction"])
async def test_a_stored_bundles_own_entries_are_not_taken_for_those_of_what_it_came_in(
    supplier: Any, build: Any, people: list[str], encounters: list[str], kind: str
) -> None:
    """Its second entry has the number of the entry in which it came: whoever mends the wrong one changes what was right."""
    plain = build.observation(people[0])
    there = build.observation(people[0], encounter={"reference": f"Encounter/{encounters[1]}"})
    wrong = {"resourceType": "Observation", "status": 1, "code": {"text": "x"}}
    for inner, element in ((there, "encounter"), (wrong, "status")):
        held = [{"resource": each} for each in (plain, inner)]
        stored = {"resourceType": "Bundle", "type": "collection", "entry": held}
        sent = {"resourceType": "Bundle", "type": kind, "entry": [entry(plain), entry(stored)]}
        response = await supplier.send("POST", "", sent)
        outcome = response.json() if kind == "transaction" else response.json()["entry"][1]["response"]["outcome"]
        assert outcome["issue"][0]["expression"] == [f"Bundle.entry[1].resource.entry[1].resource.{element}"]


@pytest.mark.parametrize("kind", ["batch", "transaction", "alone"])
async def test_hazard_a_hidden_patient_is_told_as_one_who_is_not_there(
    area: Any, supplier: Any, build: Any, people: list[str], kind: str
) -> None:
    """Hazard: a sensitive item exposed, by an error that says more of somebody than of nobody."""
    nobody = build.observation(f"theirs-{kind}", focus=[{"reference": f"Patient/theirs-{kind}"}])
    bundle = {"resourceType": "Bundle", "type": kind, "entry": [entry(build.observation(people[0])), entry(nobody)]}

    async def answer() -> tuple[int, list[str]]:
        path, sent = ("/Observation", nobody) if kind == "alone" else ("", bundle)
        response = await supplier.send("POST", path, sent)
        entries = response.json().get("entry", [])
        return response.status_code, [response.text] if kind != "batch" else [json.dumps(entries[1])]

    absent = await answer()
    theirs = await area.asker("other-supplier").send(
        "PUT", f"/Patient/theirs-{kind}", build.patient(id=f"theirs-{kind}")
    )
    assert theirs.status_code == 201
    assert "subject-unknown" in absent[1][0]
    assert await answer() == absent
