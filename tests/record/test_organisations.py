"""Organisations by reference: whose ODS code a fact of relationship is about, asked once and never after it was corrected."""

from collections.abc import Sequence
from typing import Any, cast

from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION
from lhcr.record.draft import Draft, Method
from lhcr.record.links import LinkReader
from lhcr.record.organisations import Organisations

BASE = "https://area.example/fhir"


class Stored:
    """The organisations that the database knows, and every question that it was asked."""

    def __init__(self, **codes: str) -> None:
        self.codes = codes
        self.asked: list[list[str]] = []

    async def fetch(self, _statement: str, _type: int, ids: list[str], *_: object) -> list[dict[str, str]]:
        self.asked.append(sorted(ids))
        return [{"id": each, "code": self.codes[each]} for each in ids if each in self.codes]

    async def numbers(self, systems: Sequence[str], *, create: bool) -> dict[str, int]:
        assert not create
        return {system: number for number, system in enumerate(systems, start=1)}


def organisations(stored: Stored) -> Organisations:
    return Organisations(pool=cast("Any", stored), systems=cast("Any", stored), reader=LinkReader(BASE))


def draft(kind: str, *references: str, id: str | None = None, resource: JsonObject | None = None) -> Draft:
    made = Draft(method=Method.PUT, type=kind, type_id=type_id(kind), resource=resource or {}, id=id)
    made.links = [{"reference": reference} for reference in references]
    return made


def organisation(id: str, *codes: str) -> Draft:
    identifiers = [{"system": "urn:other", "value": "1"}]
    identifiers += [{"system": ODS_ORGANISATION, "value": code} for code in codes]
    return draft("Organization", id=id, resource={"identifier": identifiers})


async def test_a_code_is_told_by_the_reference_as_it_was_written_and_asked_for_once() -> None:
    stored = Stored(us="A81001")
    known = organisations(stored)
    absolute = f"{BASE}/Organization/us"
    encounter = draft(
        "Encounter", "Organization/us", absolute, "Patient/1", "https://elsewhere.example/Organization/us"
    )
    for _ in range(2):
        assert await known.codes([encounter]) == {"Organization/us": "A81001", absolute: "A81001"}
    assert stored.asked == [["us"]]


async def test_an_organisation_that_nobody_knows_opens_nothing_and_is_asked_for_again() -> None:
    stored = Stored()
    known = organisations(stored)
    encounter = draft("Encounter", "Organization/new")
    assert await known.codes([encounter]) == {}
    stored.codes["new"] = "RRE"
    assert await known.codes([encounter]) == {"Organization/new": "RRE"}


async def test_an_organisation_that_the_batch_brings_is_known_without_asking() -> None:
    stored = Stored()
    batch = [draft("Encounter", "Organization/us"), organisation("us", "A81001")]
    assert await organisations(stored).codes(batch) == {"Organization/us": "A81001"}
    assert stored.asked == []


async def test_hazard_a_code_that_was_corrected_opens_no_more_records_to_the_old_one() -> None:
    stored = Stored(us="OLD01")
    known, encounter = organisations(stored), draft("Encounter", "Organization/us")
    assert await known.codes([encounter]) == {"Organization/us": "OLD01"}
    assert await known.codes([organisation("us", "NEW01"), encounter]) == {"Organization/us": "NEW01"}
    stored.codes["us"] = "NEW01"
    assert await known.codes([encounter]) == {"Organization/us": "NEW01"}


async def test_entries_that_say_no_fact_of_relationship_ask_for_nothing() -> None:
    stored = Stored(us="A81001")
    assert await organisations(stored).codes([draft("Observation", "Organization/us")]) == {}
    assert stored.asked == []


async def test_of_several_codes_the_same_one_counts_whether_the_organisation_came_along_or_was_here() -> None:
    """Hazard: facts of one practice under two codes, so that half of its own patients are strangers to it."""
    for codes in (("A81001", "A81001002"), ("A81001002", "A81001")):
        batch = [organisation("us", *codes), draft("Encounter", "Organization/us")]
        assert await organisations(Stored()).codes(batch) == {"Organization/us": "A81001"}
