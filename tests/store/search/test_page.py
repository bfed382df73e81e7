"""What every compiled statement has: its conditions in every hop, no value in its text, one text for searches of one shape."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.record.search.queries import TYPES, Pair, searches

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query_parser import parse_query
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.page import PageStatement, Search, compile_page, compile_total
from lhcr.store.search.scope import EVERYBODY, Scope
from lhcr.store.visibility import Visibility

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SYSTEMS = {"": 0, "http://loinc.org": 1, "http://snomed.info/sct": 2, "http://unitsofmeasure.org": 3}
BINDINGS = Bindings(systems=SYSTEMS, persons={(type_id("Patient"), "patient-1"): 7})
PERSONAL = re.compile(r"\b(?:FROM|JOIN) (resource|search_\w+) AS (\w+)")


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, list[Pair]]:
    resource_type = draw(st.sampled_from(TYPES))
    return resource_type, draw(searches(resource_type))


def compiled(
    resource_type: str, *pairs: Pair, scope: Scope = EVERYBODY, persons: tuple[int, ...] | None = None
) -> PageStatement:
    page = compile_page(search_of(resource_type, pairs, scope, persons), limit=51)
    assert page is not None
    return page


def search_of(resource_type: str, pairs: Sequence[Pair], scope: Scope, persons: tuple[int, ...] | None) -> Search:
    query = parse_query(resource_type, list(pairs), now=NOW)
    return Search(
        query=query,
        visibility=Visibility(persons=persons, classes=(1, 2)),
        scope=scope,
        bindings=BINDINGS,
        decided_on=7,
    )


def of_person(resource_type: str, *pairs: Pair) -> PageStatement:
    return compiled(resource_type, *pairs, scope=Scope((7,)), persons=(7,))


THOROUGH = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def statements_of(search: Search) -> list[str]:
    page, total = compile_page(search, limit=51), compile_total(search)
    return [each.sql for each in (page, total) if each is not None]


@THOROUGH
@given(search=asked(), person=st.sampled_from((None, 7)))
def test_every_row_about_people_that_a_statement_looks_at_is_of_a_permitted_class(
    search: tuple[str, list[Pair]], person: int | None
) -> None:
    """Hazard: a hop that forgets the decision finds, counts or chains through what nobody may see.

    Two looks need no class: one (alias h) only asks whether a subject is anything but a Patient, the other (alias w) whether
    a reference is to the very person whose row it is.
    """
    persons = None if person is None else (person,)
    for sql in statements_of(search_of(*search, Scope(persons), persons)):
        for table, alias in PERSONAL.findall(sql):
            if alias.startswith("w"):
                assert re.search(
                    rf"WHERE {alias}\.person_id = \w+\.person_id AND {alias}\.type = \S+ AND {alias}\.id = \w+\.target_id\)",
                    sql,
                )
                continue
            assert alias.startswith("h") or f"CASE WHEN {alias}.class < " in sql
            # A withdrawn contribution (alias u) counts in the time of a person's last update.
            assert table != "resource" or alias.startswith("u") or f"{alias}.body IS NOT NULL" in sql
            assert table != "resource" or persons is None or f"{alias}.members <@" in sql


@THOROUGH
@given(search=asked())
def test_every_row_of_a_search_about_one_person_is_bound_to_that_person(search: tuple[str, list[Pair]]) -> None:
    """So that partitions and shards of other people are never touched."""
    for sql in statements_of(search_of(*search, Scope((7,)), (7,))):
        for _, alias in PERSONAL.findall(sql):
            assert re.search(rf"\b{alias}\.person_id = (\$\d+|\w+\.person_id)", sql), alias
        assert re.search(r"person_id = \$\d+::bigint", sql) or "FROM directory_" in sql


@THOROUGH
@given(search=asked())
def test_no_word_of_a_query_stands_in_the_text(search: tuple[str, list[Pair]]) -> None:
    for sql in statements_of(search_of(*search, EVERYBODY, None)):
        assert not set("\"'\\") & set(sql.replace("'|'", "").replace("'/'", ""))


@THOROUGH
@given(search=asked())
def test_every_argument_is_used_and_every_placeholder_has_one(search: tuple[str, list[Pair]]) -> None:
    for scope in (EVERYBODY, Scope((7,)), Scope((7, 8))):
        statement = compile_page(search_of(*search, scope, None), limit=51)
        if statement is not None:
            used = {int(number) for number in re.findall(r"\$(\d+)", statement.sql)}
            assert used == set(range(1, len(statement.args) + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("code", "http://loinc.org|1")], [("code", "http://snomed.info/sct|2")]),
        ([("code", "a,b")], [("code", ",".join(f"c{number}" for number in range(300)))]),
        ([("code", "http://loinc.org|a,b")], [("code", "a,http://snomed.info/sct|b,c,http://loinc.org|d")]),
        ([("date", "2020,2021")], [("date", "2019,2020,2021,2022")]),
        ([("performer", "Practitioner/a,Practitioner/b")], [("performer", "Practitioner/c,Patient/d,Practitioner/e")]),
        ([("patient", "patient-1")], [("patient", "Patient/patient-1")]),
    ],
)
def test_searches_of_one_shape_have_one_text(one: list[Pair], other: list[Pair]) -> None:
    """So that the statements that workers keep prepared stay few."""
    assert of_person("Observation", *one).sql == of_person("Observation", *other).sql


def test_a_persons_newest_results_of_one_code_need_no_sort() -> None:
    page = of_person("Observation", ("code", "http://loinc.org|1"), ("date", "ge2020"), ("_sort", "-date"))
    assert page.sql.endswith("ORDER BY t.clinical DESC, t.rid LIMIT $10::bigint")
    assert "search_date" not in page.sql


def test_an_unknown_code_system_finds_nothing_without_asking() -> None:
    search = search_of("Observation", [("code", "http://nowhere.example|1")], Scope((7,)), (7,))
    assert compile_page(search, limit=51) is None


def test_a_person_who_may_not_be_read_is_not_in_the_scope() -> None:
    """Hazard: a scope that the caller got wrong must not widen what the decision permits."""
    page = compiled("Observation", scope=Scope((7, 8)), persons=(8,))
    assert "r.person_id = $1::bigint" in page.sql
    assert page.args[0] == 8
