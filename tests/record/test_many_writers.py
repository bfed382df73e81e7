"""Many writers at once, of three sources and two workers, doing anything: the record holds together whatever they do.

What each does is drawn from few persons, numbers and ids, so that they meet all the time. Refusals are expected, accidents are not.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import pytest
from tests.record.area import HOSPITAL, PHARMACY, SURGERY, Area, delete, open_area, patch, post, put, sent
from tests.record.made import (
    HOSPITAL_NUMBER,
    identifier,
    labelled,
    medication,
    number,
    observation,
    organisation,
    patient,
)

from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.draft import Draft
from lhcr.record.identity_claim import identity_claims


class Doings:
    """What one writer does next."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def batch(self, *, feed: bool) -> list[Draft]:
        drafts: dict[object, Draft] = {}
        for _ in range(self.chance.choice([1, 1, 2, 4, 6])):
            draft = self._entry() if feed else self._draft()
            named = draft.id is not None or draft.condition is not None
            drafts[(draft.type, draft.id, repr(draft.condition)) if named else object()] = draft
        return list(drafts.values())

    def _entry(self) -> Draft:
        return sent(
            self.chance.choice(
                [
                    patient(*self._numbers(), id=self._patient()),
                    self._observation() | {"id": self._observation_id()},
                    medication(id=f"m{self.chance.randrange(4)}"),
                ]
            )
        )

    def _draft(self) -> Draft:
        language = [{"op": "add", "path": "/language", "value": f"de-{self.chance.randrange(9)}"}]
        own = f"c{self.chance.randrange(3)}"
        conditional = self._observation() | {"identifier": [identifier(own, system=HOSPITAL_NUMBER)]}
        makers: list[Callable[[], Draft]] = [
            lambda: put(patient(*self._numbers(), id=self._patient())),
            lambda: post(patient(*self._numbers())),
            lambda: put(self._observation() | {"id": self._observation_id()}),
            lambda: post(self._observation()),
            lambda: delete(f"Observation/{self._observation_id()}"),
            lambda: delete(f"Patient/{self._patient()}"),
            lambda: patch(f"Observation/{self._observation_id()}", language),
            lambda: patch(f"Patient/{self._patient()}", language),
            lambda: put(organisation("X1", id=f"org{self.chance.randrange(4)}")),
            lambda: post(conditional, condition=f"identifier={HOSPITAL_NUMBER}|{own}"),
        ]
        return self.chance.choice(makers)()

    def _patient(self) -> str:
        return f"p{self.chance.randrange(8)}"

    def _observation_id(self) -> str:
        return f"o{self.chance.randrange(10)}"

    def _number(self) -> JsonObject:
        national = identifier(number(self.chance.randrange(5)))
        return self.chance.choice([national, identifier(f"h{self.chance.randrange(6)}", system=HOSPITAL_NUMBER)])

    def _numbers(self) -> list[JsonObject]:
        return [self._number() for _ in range(self.chance.choice([0, 1, 1, 2]))]

    def _observation(self) -> JsonObject:
        reference = {"reference": f"Patient/{self._patient()}"}
        searched = {"reference": f"Patient?identifier={NHS_NUMBER}|{number(self.chance.randrange(5))}"}
        numbered: JsonObject = {"identifier": self._number(), "type": "Patient"}
        made = observation(self.chance.choice([reference, reference, searched, numbered, {"display": "x"}]))
        if self.chance.random() < 0.2:
            made["focus"] = [{"reference": f"Patient/{self._patient()}"}]
        if self.chance.random() < 0.2:
            made["hasMember"] = [{"reference": f"Observation/{self._observation_id()}"}]
        return labelled(made, "V") if self.chance.random() < 0.2 else made


async def write(area: Area, seed: int, outcomes: Counter[str]) -> None:
    doings = Doings(seed)
    for _ in range(25):
        asker = area.asks(doings.chance.choice([HOSPITAL, PHARMACY, SURGERY]))
        feed = doings.chance.random() < 0.3
        try:
            if feed:
                await asker.load(*doings.batch(feed=True), keep_unresolved=True)
            else:
                await asker.transaction(*doings.batch(feed=False))
        except LhcrError as error:
            outcomes[error.issues[0].error] += 1
        else:
            outcomes["written"] += 1


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_many_writers_do_at_once_the_record_holds_together(
    migrated_database: Callable[[], str], seed: int
) -> None:
    dsn = migrated_database()
    async with open_area(dsn) as area, open_area(dsn) as other:
        outcomes: Counter[str] = Counter()
        workers = [area, other]
        await asyncio.gather(*(write(workers[place % 2], 100 * seed + place, outcomes) for place in range(10)))
        assert outcomes["written"] > 50
        assert len(outcomes) > 5
        await every_row_is_where_its_id_leads(area)
        await every_number_leads_to_whoever_says_it(area)
        await every_version_is_kept(area)
        await every_search_row_is_of_what_stands(area)


async def every_row_is_where_its_id_leads(area: Area) -> None:
    rows = {(row["type"], row["id"]): row["person_id"] for row in await area.rows("SELECT * FROM resource")}
    persons = {row["person_id"] for row in await area.rows("SELECT person_id FROM person")}
    assert {person for person in rows.values() if person > 0} <= persons
    for row in await area.rows("SELECT * FROM locator WHERE person_id <> 0"):
        assert rows.get((row["type"], row["id"]), row["person_id"]) == row["person_id"]
    for row in await area.rows("SELECT * FROM loaded_id"):
        assert rows.get((row["type"], row["id"]), row["person_id"]) == row["person_id"]
        assert row["person_id"] <= 0 or row["person_id"] in persons


async def every_number_leads_to_whoever_says_it(area: Area) -> None:
    """Hazard: wrong person."""
    holders = {
        (row["source_id"], row["system"], row["value"]): row["person_id"]
        for row in await area.rows("SELECT * FROM person_identifier")
    }
    sources = {row["class_id"]: row["source_id"] for row in await area.rows("SELECT * FROM access_class")}
    patients = "SELECT person_id, class, body FROM resource WHERE type = $1 AND body IS NOT NULL"
    for row in await area.rows(patients, type_id("Patient")):
        for claim in identity_claims(read_json(row["body"]), source_id=sources[row["class"]]):
            apart = holders.get((sources[row["class"]], claim.system, claim.value))
            assert row["person_id"] in {apart, holders.get((claim.source_id, claim.system, claim.value))}


async def every_version_is_kept(area: Area) -> None:
    assert not await area.rows(
        "SELECT FROM resource AS r WHERE version <> 1 +"
        " (SELECT count(*) FROM resource_history AS h WHERE h.person_id = r.person_id AND h.rid = r.rid)"
    )
    for row in await area.rows("SELECT id, version, body FROM resource WHERE body IS NOT NULL"):
        stored = read_json(row["body"])
        assert (stored["id"], stored["meta"]["versionId"]) == (row["id"], str(row["version"]))


async def every_search_row_is_of_what_stands(area: Area) -> None:
    assert not await area.rows(
        "SELECT FROM search_token AS s WHERE NOT EXISTS (SELECT FROM resource AS r WHERE r.person_id = s.person_id"
        " AND r.rid = s.rid AND r.class = s.class AND r.body IS NOT NULL)"
    )
