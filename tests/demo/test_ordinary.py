"""Specification of ordinary people."""

from datetime import date
from typing import Protocol

from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.demo.ordinary import write_ordinary
from lhcr.demo.people import FIRST_ORDINARY_INDEX
from lhcr.demo.population import chance, ordinary_person
from lhcr.demo.record import Record
from lhcr.kernel.json_types import JsonObject

PEOPLE = range(FIRST_ORDINARY_INDEX, FIRST_ORDINARY_INDEX + 188)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2040, 12, 31))


class Area(Protocol):
    today: date
    resources: list[JsonObject]

    def about(self, index: int) -> list[JsonObject]: ...


def resources(record: Record) -> list[JsonObject]:
    return [entry["resource"] for given in record.contributions() for entry in given.bundle["entry"]]


def live(seed: int, position: int, today: date) -> Record:
    rng = chance(seed, position)
    return write_ordinary(ordinary_person(position, rng=rng, today=today), rng=rng, today=today)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 5_000), DAYS)
def test_everyone_has_between_20_and_150_entries_and_no_entry_before_birth(
    seed: int, position: int, today: date
) -> None:
    record = live(seed, position, today)
    written = resources(record)
    assert 20 <= len(written) <= 150
    born = record.person.birth_date.isoformat()
    for found in written:
        for element in ("effectiveDateTime", "occurrenceDateTime", "performedDateTime", "onsetDateTime", "authoredOn"):
            assert found.get(element, "9") >= born


def test_some_are_known_to_have_no_allergies_some_have_one_and_of_some_nothing_is_known(area: Area) -> None:
    # Hazard: "none" inferred from absence. All three states must be there to be told apart.
    states = [allergy_state(area.about(index)) for index in PEOPLE]
    assert min(states.count(state) for state in ("known none", "allergic", "unknown")) >= 15


def allergy_state(written: list[JsonObject]) -> str:
    entries = [found for found in written if found["resourceType"] == "AllergyIntolerance"]
    if not entries:
        return "unknown"
    return "known none" if "No known allergy" in str(entries) else "allergic"


def test_nobody_is_given_what_they_are_recorded_not_to_tolerate(area: Area) -> None:
    for index in PEOPLE:
        written = area.about(index)
        allergic = str([found for found in written if found["resourceType"] == "AllergyIntolerance"])
        taken = str([found for found in written if found["resourceType"].startswith("Medication")])
        assert not ("penicillin" in allergic and "icillin" in taken)
        assert not ("Ibuprofen" in allergic and "Ibuprofen" in taken)


def test_people_are_of_all_ages_and_origins(area: Area) -> None:
    patients = [found for found in area.resources if found["resourceType"] == "Patient"]
    years = {int(found["birthDate"][:4]) // 10 for found in patients}
    assert len(years) >= 8
    assert len({found["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] for found in patients}) >= 6
    assert any("interpreterRequired" in str(found["extension"]) for found in patients)


def test_most_people_are_known_to_several_sources(area: Area) -> None:
    sources = [{found["id"].split("-")[0] for found in area.about(index)} for index in PEOPLE]
    assert sum(len(known) > 1 for known in sources) > len(PEOPLE) // 2


def test_every_sale_over_the_counter_says_who_reported_it(area: Area) -> None:
    sales = [found for found in area.resources if found["id"].startswith("fa123-medicationstatement")]
    assert len(sales) > 10
    assert all(found["informationSource"]["reference"] == "Practitioner/fa123-pharmacist" for found in sales)
