"""Pages, totals, limits and the horizon of a search, in an area of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.record.search.conftest import Area, open_area
from tests.record.search.loading import Document, load

from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.record.search import hops_apart
from lhcr.record.search.found import SearchPage
from lhcr.record.search.gathering import Gathering
from lhcr.record.search.includes import include
from lhcr.store.search.horizon import LOCK_CLASS
from lhcr.store.search.scope import EVERYBODY
from lhcr.store.visibility import Visibility

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EVERYTHING = Visibility(persons=None, classes=(1, 2, 3))


def patient(person: int) -> Document:
    return Document(resource={"resourceType": "Patient", "id": f"p{person}"}, person_id=person, rid=person * 1000)


def observation(person: int, number: int, **more: object) -> Document:
    resource: JsonObject = {
        "resourceType": "Observation",
        "id": f"o{person}-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "1"}]},
        "subject": {"reference": f"Patient/p{person}"},
        "effectiveDateTime": f"20{number % 100:02}-01-01",
        **more,
    }
    return Document(resource=resource, person_id=person, rid=person * 1000 + 1 + number)


@pytest.fixture
async def area(migrated_database: Callable[[], str]) -> AsyncIterator[Area]:
    made = await open_area(migrated_database(), [patient(1), *(observation(1, number) for number in range(10))])
    yield made
    await made.pool.close()


async def asked(
    area: Area,
    text: str,
    *,
    visibility: Visibility = EVERYTHING,
    person: int | None = None,
    after: list[object] | None = None,
) -> SearchPage:
    resource_type, _, rest = text.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in rest.split("&") if pair)]
    query = parse_query(resource_type, pairs, now=NOW)
    return await area.search.search(query, visibility=visibility, person=person, after=after)


def ids(page: SearchPage) -> list[str]:
    return [entry.id for entry in page.matches]


async def add(area: Area, *documents: Document) -> None:
    async with area.pool.acquire() as connection:
        await load(connection, area.systems, documents)


async def refused(awaitable: object) -> tuple[int, str]:
    with pytest.raises(Incorrect) as caught:
        await awaitable  # type: ignore[misc]
    return caught.value.status, caught.value.issues[0].error


async def test_a_persons_entries_come_newest_first_unless_asked_otherwise(area: Area) -> None:
    assert ids(await asked(area, "Observation?_count=3", person=1)) == ["o1-9", "o1-8", "o1-7"]
    assert ids(await asked(area, "Observation?code=1&_count=3", person=1)) == ["o1-9", "o1-8", "o1-7"]
    assert ids(await asked(area, "Observation?_count=3&_sort=date", person=1)) == ["o1-0", "o1-1", "o1-2"]


async def test_what_is_written_between_two_pages_moves_nothing(area: Area) -> None:
    """Hazard: a row that is shown twice, or never, because another one came between."""
    first = await asked(area, "Observation?patient=p1&_count=4")
    await add(area, *(observation(1, number) for number in range(50, 60)))
    found = ids(first)
    page = first
    while page.after is not None:
        page = await asked(area, "Observation?patient=p1&_count=4", after=page.after)
        found += ids(page)
    assert found == [f"o1-{number}" for number in reversed(range(10))]


async def test_a_page_of_another_search_is_refused(area: Area) -> None:
    after = (await asked(area, "Observation?patient=p1&_count=4")).after
    assert after is not None
    assert await refused(asked(area, "Observation?patient=p1&code=1&_count=4", after=after)) == (410, "cursor-expired")
    assert await refused(asked(area, "Observation?patient=p1&_sort=status&_count=4", after=after))
    assert ids(await asked(area, "Observation?patient=p1&_count=2", after=after)) == ["o1-5", "o1-4"]


async def test_a_page_ends_with_the_permission_that_it_was_read_under(area: Area) -> None:
    after = (await asked(area, "Observation?patient=p1&_count=4")).after
    narrower = replace(EVERYTHING, classes=(1,))
    refusal = await refused(asked(area, "Observation?patient=p1&_count=4", after=after, visibility=narrower))
    assert refusal == (410, "cursor-expired")


async def test_a_total_is_told_only_where_it_is_asked_for(area: Area) -> None:
    assert (await asked(area, "Observation?patient=p1&_count=4")).total is None
    for text in ("_total=accurate", "_total=estimate", "_summary=count", "_count=0"):
        assert (await asked(area, f"Observation?patient=p1&{text}")).total == 10
    counted = await asked(area, "Observation?patient=p1&_summary=count")
    assert not counted.matches
    assert counted.after is None


async def test_what_may_not_be_seen_is_not_counted(area: Area) -> None:
    """Hazard: a total tells that something hidden is there."""
    hidden = observation(1, 50)
    hidden.class_id = 9
    await add(area, hidden)
    assert (await asked(area, "Observation?patient=p1&_total=accurate")).total == 10
    assert (await asked(area, "Observation?patient=p1&_total=estimate")).total == 10


async def test_a_page_holds_no_more_than_a_thousand(area: Area) -> None:
    await add(area, *(observation(1, number) for number in range(100, 1200)))
    assert len((await asked(area, "Observation?patient=p1&_count=5000")).matches) == 1000
    assert len((await asked(area, "Observation?patient=p1")).matches) == 50


async def test_an_answer_names_the_epochs_that_it_was_read_under(area: Area) -> None:
    """Also where nothing was found: "nothing recorded" under an old decision would be as wrong as any row."""
    await area.pool.execute("UPDATE policy SET epoch = 7")
    await area.pool.execute("UPDATE person SET epoch = 5")
    for text in ("Observation?code=1", "Observation?code=none", "Observation?_id=nobody", "Observation?_summary=count"):
        page = await asked(area, text, person=1, visibility=Visibility(persons=(1,), classes=(1,)))
        assert (page.policy_epoch, page.person_epoch) == (7, 5)
    everybody = await asked(area, "Observation?code=1")
    assert (everybody.policy_epoch, everybody.person_epoch) == (7, None)


async def test_a_poller_by_last_update_waits_for_an_open_write(area: Area) -> None:
    """Hazard: an entry whose writer took an earlier time and commits after the poll is never seen."""
    began = 1_700_000_000_000
    async with area.pool.acquire() as writer, writer.transaction():
        await writer.execute("SELECT pg_advisory_xact_lock_shared($1)", LOCK_CLASS | began)
        assert not (await asked(area, "Observation?_lastUpdated=gt2000")).matches
        assert not (await asked(area, "Observation?_sort=_lastUpdated&_total=accurate")).total
        assert len((await asked(area, "Observation?code=1")).matches) == 10
    assert len((await asked(area, "Observation?_lastUpdated=gt2000")).matches) == 10


async def test_more_included_resources_than_fit_are_cut_and_said_to_be(area: Area) -> None:
    """Hazard: partial shown as complete."""
    page = await asked(area, "Patient?_id=p1&_revinclude=Observation:patient")
    assert (len(page.included), page.cut) == (10, False)
    query = parse_query("Patient", [("_revinclude", "Observation:patient")], now=NOW)
    async with area.pool.acquire() as connection:
        for most, cut in ((9, True), (10, False)):
            gathering = Gathering(
                connection, visibility=EVERYTHING, scope=EVERYBODY, persons=area.persons, known=page.matches, most=most
            )
            await include(gathering, query, page.matches)
            assert (len(gathering.found), gathering.cut) == (most, cut)


async def test_more_rounds_than_are_made_are_cut_and_said_to_be(area: Area) -> None:
    """Hazard: partial shown as complete."""
    members = {number: [{"reference": f"Observation/o1-{number + 1}"}] for number in range(100, 107)}
    await add(area, *(observation(1, number, hasMember=member) for number, member in members.items()))
    await add(area, observation(1, 107))
    page = await asked(area, "Observation?_id=o1-100&_include:iterate=Observation:has-member")
    assert [entry.id for entry in page.included] == [f"o1-{number}" for number in range(101, 106)]
    assert page.cut
    page = await asked(area, "Observation?_id=o1-102&_include:iterate=Observation:has-member")
    assert [entry.id for entry in page.included] == [f"o1-{number}" for number in range(103, 108)]
    assert not page.cut


async def test_includes_that_go_round_in_circles_end(area: Area) -> None:
    chain = [{"reference": "Observation/o1-101"}], [{"reference": "Observation/o1-100"}]
    await add(area, observation(1, 100, hasMember=chain[0]), observation(1, 101, hasMember=chain[1]))
    page = await asked(area, "Observation?_id=o1-100&_include:iterate=Observation:has-member")
    assert [entry.id for entry in page.included] == ["o1-101"]
    assert not page.cut


async def test_a_hop_that_leads_through_too_much_is_refused_rather_than_cut(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: an incomplete answer looks complete."""
    await add(area, *(observation(2, number, device={"reference": f"Device/d{number}"}) for number in range(5)))
    monkeypatch.setattr(hops_apart, "MOST", 4)
    assert await refused(asked(area, "Device?_has:Observation:device:code=1")) == (400, "search-too-large")


async def test_what_a_page_discloses_is_told_by_person(area: Area) -> None:
    await add(area, patient(2), observation(2, 1))
    page = await asked(area, "Observation?_id=o1-1,o2-1&_include=Observation:patient")
    assert {person: sorted(items) for person, items in page.disclosed().items()} == {
        1: [("Observation", "o1-1", 1), ("Patient", "p1", 1)],
        2: [("Observation", "o2-1", 1), ("Patient", "p2", 1)],
    }


async def test_searches_at_once_do_not_disturb_each_other(area: Area) -> None:
    pages = await asyncio.gather(*(asked(area, f"Observation?_id=o1-{number}") for number in range(10)))
    assert [ids(page) for page in pages] == [[f"o1-{number}"] for number in range(10)]


async def test_a_code_that_stands_twice_in_a_resource_finds_it_once(area: Area) -> None:
    codings = [{"system": "http://loinc.org", "code": "twice"}, {"system": "http://snomed.info/sct", "code": "twice"}]
    await add(area, *(observation(1, number, code={"coding": codings}) for number in range(20, 25)))
    first = await asked(area, "Observation?patient=p1&code=twice&_count=3")
    rest = await asked(area, "Observation?patient=p1&code=twice&_count=3", after=first.after)
    assert ids(first) + ids(rest) == [f"o1-{number}" for number in reversed(range(20, 25))]


async def test_a_text_that_is_kept_only_in_part_is_found_by_all_of_it_and_by_its_beginning(area: Area) -> None:
    long = "x" * 2000
    await add(area, observation(1, 20, valueString=long + "a"), observation(1, 21, valueString=long + "b"))
    assert ids(await asked(area, f"Observation?value-string={long}a")) == ["o1-20"]
    assert ids(await asked(area, f"Observation?value-string:exact={long}b")) == ["o1-21"]
    assert sorted(ids(await asked(area, f"Observation?value-string={'x' * 200}"))) == ["o1-20", "o1-21"]
