"""The store's search and the simple one in memory give the same answers, whatever is asked and whoever asks."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.record.search.conftest import Area
from tests.record.search.numbers import READ, SPELLINGS
from tests.record.search.oracle import Oracle
from tests.record.search.queries import TYPES, Pair, criteria, includes, searches, searches_of_types
from tests.record.search.world import CLASSES, PERSONS, SYSTEMS

from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.record.search.found import SearchPage
from lhcr.store.visibility import Visibility

NOW = datetime(2024, 1, 1, tzinfo=UTC)

visibilities = st.builds(
    Visibility,
    persons=st.one_of(st.none(), st.none(), st.lists(st.sampled_from(PERSONS), unique=True).map(tuple)),
    classes=st.one_of(st.just(CLASSES), st.lists(st.sampled_from(CLASSES), unique=True).map(tuple)),
)
persons = st.one_of(st.none(), st.none(), st.sampled_from(PERSONS))


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, list[Pair]]:
    resource_type = draw(st.sampled_from(TYPES))
    return resource_type, draw(searches(resource_type))


QUIET = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


async def pages(area: Area, query: SearchQuery, visibility: Visibility, person: int | None) -> list[SearchPage]:
    found = [await area.search.search(query, visibility=visibility, person=person)]
    while (after := found[-1].after) is not None:
        found.append(await area.search.search(query, visibility=visibility, person=person, after=after))
    return found


@QUIET
@given(search=asked(), visibility=visibilities, person=persons, count=st.sampled_from((1, 2, 7, 1000)))
async def test_every_search_answers_as_the_oracle_does(
    area: Area, search: tuple[str, list[Pair]], visibility: Visibility, person: int | None, count: int
) -> None:
    resource_type, pairs = search
    await agree(area, parse_query(resource_type, [*pairs, ("_count", str(count))], now=NOW), visibility, person)


@settings(QUIET, max_examples=150)
@given(pairs=searches_of_types(), visibility=visibilities, person=persons, count=st.sampled_from((1, 2, 7, 1000)))
async def test_a_search_of_several_types_answers_as_the_oracle_does(
    area: Area, pairs: list[Pair], visibility: Visibility, person: int | None, count: int
) -> None:
    await agree(area, parse_query(None, [*pairs, ("_count", str(count))], now=NOW), visibility, person)


async def agree(area: Area, query: SearchQuery, visibility: Visibility, person: int | None) -> None:
    expected = Oracle(area.documents, visibility=visibility, person=person).search(query)
    answer = [entry for page in await pages(area, query, visibility, person) for entry in page.matches]
    assert sorted(f"{each.type}/{each.id}" for each in answer) == sorted(each.key for each in expected)
    if query.sort:
        assert [f"{each.type}/{each.id}" for each in answer] == [each.key for each in expected]


async def test_a_number_in_any_spelling_finds_what_the_oracle_finds(area: Area) -> None:
    """Hazard: partial record, and wrong person. In the system of the NHS number spaces mean nothing, in any other they do."""
    everybody = Visibility(persons=None, classes=CLASSES)
    for before in ("", "|", *(f"{system}|" for system in (*SPELLINGS, SYSTEMS[0]))):
        for text in READ:
            for resource_type in ("Patient", "Organization"):
                query = parse_query(resource_type, [("identifier", before + text), ("_sort", "identifier")], now=NOW)
                await agree(area, query, everybody, None)
            query = parse_query("Observation", [("performer:identifier", before + text)], now=NOW)
            await agree(area, query, everybody, None)


@st.composite
def including(draw: st.DrawFn) -> tuple[str, list[Pair]]:
    resource_type = draw(st.sampled_from(TYPES))
    narrowed = draw(st.lists(criteria(resource_type, depth=0), max_size=1))
    return resource_type, narrowed + draw(includes(resource_type))


@settings(QUIET, max_examples=150)
@given(search=including(), visibility=visibilities, person=persons)
async def test_every_page_includes_what_the_oracle_includes(
    area: Area, search: tuple[str, list[Pair]], visibility: Visibility, person: int | None
) -> None:
    resource_type, pairs = search
    query = parse_query(resource_type, [*pairs, ("_count", "1000"), ("_total", "accurate")], now=NOW)
    oracle = Oracle(area.documents, visibility=visibility, person=person)
    expected = oracle.search(query)
    (page,) = await pages(area, query, visibility, person)
    assert page.total == len(expected)
    assert sorted(f"{each.type}/{each.id}" for each in page.matches) == sorted(each.key for each in expected)
    assert sorted(f"{each.type}/{each.id}" for each in page.included) == sorted(oracle.included(query, expected))
