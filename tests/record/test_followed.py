"""What follows an entry, such as its Provenance, is hidden from whom the entry is hidden."""

import pytest
from tests.record.area import Area, post, put, refusal
from tests.record.made import labelled, number, observation, patient, sensitive

from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject


def provenance(*targets: str, id: str | None = None, **elements: object) -> JsonObject:
    made = {"resourceType": "Provenance", "recorded": "2026-01-01T00:00:00Z", "agent": [{"who": {"display": "x"}}]}
    named = {} if id is None else {"id": id}
    return (
        made | named | {"target": [{"reference": each, "display": "what it is about"} for each in targets], **elements}
    )


@pytest.fixture
async def known(area: Area) -> Area:
    """A person whom two organisations know, of whom the hospital has something hidden and something open."""
    await area.hospital.update(patient(number(1), id="p"))
    await area.surgery.update(patient(number(1), id="q"))
    await area.hospital.update(labelled(observation("Patient/p", id="hidden"), "V"))
    await area.hospital.update(sensitive(observation("Patient/p", id="psychiatric")))
    await area.hospital.update(observation("Patient/p", id="open"))
    return area


async def hidden(area: Area, reference: str) -> bool:
    """Whether the practice's doctor is not shown what the hospital's own doctor reads."""
    assert (await area.hospital.read(reference)).version
    try:
        await area.gp.read(reference)
    except LhcrError:
        assert (await refusal(area.gp.read(reference)))[0] == 404
        return True
    return False


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["Observation/hidden"], True),
        (["Observation/psychiatric"], True),
        (["Observation/hidden/_history/1"], True),
        (["http://area.test/fhir/Observation/hidden"], True),
        (["Observation/open", "Observation/hidden"], True),
        (["Observation/open"], False),
        (["Patient/p", "Observation/open"], False),
    ],
)
async def test_hazard_sensitive_item_exposed_a_provenance_shares_the_labels_of_its_targets(
    known: Area, targets: list[str], *, expected: bool
) -> None:
    await known.hospital.update(provenance(*targets, id="v"))
    assert await hidden(known, "Provenance/v") is expected


async def test_hazard_sensitive_item_exposed_so_it_does_where_both_come_together(known: Area) -> None:
    note = labelled(observation("Patient/p"), "R")
    first, second = await known.hospital.write_about_person(
        "Patient/p", post(provenance("urn:uuid:1")), post(note, full_url="urn:uuid:1")
    )
    assert await hidden(known, f"Observation/{second.draft.id}")
    assert await hidden(known, f"Provenance/{first.draft.id}")


async def test_what_follows_a_follower_shares_them_too(known: Area) -> None:
    await known.hospital.update(provenance("Observation/hidden", id="v"))
    await known.hospital.update(provenance("Provenance/v", id="w"))
    assert await hidden(known, "Provenance/w")
    await known.hospital.write_about_person(
        "Patient/p",
        put(provenance("Provenance/b", "Observation/hidden", id="a")),
        put(provenance("Provenance/a", id="b")),
    )
    assert await hidden(known, "Provenance/a")
    assert await hidden(known, "Provenance/b")


async def test_it_follows_what_it_is_changed_to_follow(known: Area) -> None:
    await known.hospital.update(provenance("Observation/open", id="v"))
    change = {"op": "replace", "path": "/target/0/reference", "value": "Observation/hidden"}
    await known.hospital.patch("Provenance/v", [change])
    assert await hidden(known, "Provenance/v")
    await known.hospital.update(provenance("Observation/open", id="v"))
    assert not await hidden(known, "Provenance/v")


async def test_hazard_sensitive_item_exposed_what_is_contained_hides_the_whole(known: Area) -> None:
    inside = labelled({"resourceType": "Condition", "id": "k", "subject": {"reference": "Patient/p"}}, "V")
    whole = observation("Patient/p", id="whole", contained=[inside], focus=[{"reference": "#k"}])
    await known.hospital.update(whole)
    assert await hidden(known, "Observation/whole")


async def test_who_a_restricted_person_is_hides_nothing_that_is_recorded_about_them(known: Area) -> None:
    """Hazard: an allergy dropped. A label of a Patient is about where they are, and not about their care."""
    await known.hospital.update(labelled(patient(number(1), id="p"), "R"))
    await known.hospital.update(observation("Patient/p", id="later"))
    await known.hospital.update(provenance("Patient/p", "Observation/later", id="v"))
    assert not await hidden(known, "Observation/later")
    assert not await hidden(known, "Provenance/v")
