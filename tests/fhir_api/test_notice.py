"""The marker of what is hidden with notice: who is told, from when until when, and that it says nothing more than that."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fhir_api.noticing import META, decide_for_area, has_marker, notice
from tests.fhir_api.objecting import AT_HOSPITAL, NUMBER, episode, object_to, objection, problem, put, to_kind
from tests.fhir_api.test_emergency import ETREAT, URGENT

from lhcr.access.explain import explain
from lhcr.audit.reader import LogReader
from lhcr.identity.principal import Principal
from lhcr.nhs.systems import ACT_CODE

EVERYTHING = "/Patient/somebody/$everything"
CONDITIONS = "/Condition?patient=somebody"
#: Lists about somebody, of what is hidden and of what is not.
LISTS = (
    CONDITIONS,
    EVERYTHING,
    "/Observation?patient=somebody&code=1-1",
    f"{CONDITIONS}&_summary=count",
    "/Patient/somebody/*",
)
_STD = {"meta": {"security": [{"system": ACT_CODE, "code": "STD"}]}}
_NOPAT = {"meta": {"security": [{"system": ACT_CODE, "code": "NOPAT"}]}}


async def _people(area: Any) -> None:
    await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
    await put(area, "supplier", {"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]})
    for ods in ("A81001", "FA123"):
        await put(area, "practice-system", episode(ods))


@pytest.fixture
async def area(migrated_database: Callable[[], str], make_area: Any) -> AsyncIterator[Any]:
    """An area as the baseline has it, but that the practice's word on objections is taken."""
    await decide_for_area(dsn := migrated_database())
    async with make_area(dsn) as area:
        await _people(area)
        yield area


@pytest.fixture
async def telling(migrated_database: Callable[[], str], make_area: Any) -> AsyncIterator[Any]:
    """An area whose policy tells professionals of labels too, and people of what is withheld from them."""
    await decide_for_area(dsn := migrated_database(), notice=notice(label=["professional", "person"]))
    async with make_area(dsn) as area:
        await _people(area)
        yield area


async def told(area: Any, who: str = "gp", **headers: str) -> set[bool]:
    """Whether somebody is told in each list; where that is not the same in all of them, both."""
    found = set()
    for path in LISTS:
        response = await area.asker(who, **headers).get(path)
        assert response.status_code == 200, response.text
        found.add(has_marker(response.text))
    return found


async def test_whoever_may_open_the_record_is_told_with_the_next_request_and_as_long_as_it_is_so(area: Any) -> None:
    """Hazard: partial shown as complete."""
    await put(area, "supplier", problem("a-problem"))
    assert await told(area) == {False}
    await object_to(area, to_kind("problem"))
    assert await told(area) == {True}
    assert (await area.supplier.ask("DELETE", "/Condition/a-problem")).status_code in {200, 204}
    assert await told(area) == {False}
    await put(area, "supplier", problem("another"))
    assert await told(area) == {True}
    await put(area, "practice-system", objection(to_kind("problem"), status="inactive"))
    assert await told(area) == {False}


async def test_an_objection_that_hides_nothing_is_not_told(area: Any) -> None:
    await put(area, "supplier", {"resourceType": "AllergyIntolerance", "id": "an-allergy", "patient": AT_HOSPITAL})
    await object_to(area, to_kind("problem"))
    assert await told(area) == {False}


async def test_inside_an_emergency_that_lifts_it_nothing_is_hidden(area: Any, principals: dict[str, Principal]) -> None:
    await put(area, "supplier", problem("a-problem"))
    await object_to(area, to_kind("problem"))
    (row,) = await area.rows("SELECT person_id FROM resource WHERE id = 'somebody'")
    await area.app.parts.own_word.give(principals["gp"], row["person_id"], URGENT)
    assert await told(area, **ETREAT) == {False}
    assert "a-problem" in (await area.asker("gp", **ETREAT).get(CONDITIONS)).text
    assert await told(area) == {True}


async def test_a_hidden_entry_goes_on_not_being_found_by_its_id(area: Any) -> None:
    """Hazard: a sensitive item exposed by whose it is. A search for an id that nobody has is answered in the same bytes."""
    await put(area, "supplier", problem("a-problem"))
    await object_to(area, to_kind("problem"))
    for path in ("/Condition/{}", "/Condition/{}/_history", "/Condition/{}/_history/1", "/Condition?_id={}"):
        for suffix in ("", "&_summary=count", "&_revinclude=Provenance:target") if "?" in path else ("",):
            hidden, nobody = [await area.gp.get(path.format(each) + suffix) for each in ("a-problem", "no-problem")]
            assert hidden.text.replace("a-problem", "no-problem") == nobody.text
            assert not has_marker(hidden.text)
    assert has_marker((await area.gp.get("/EpisodeOfCare?_id=at-fa123")).text)


async def test_who_sees_own_contributions_alone_and_systems_and_people_are_told_of_nothing(area: Any) -> None:
    await put(area, "supplier", problem("a-problem"))
    await object_to(area, to_kind("problem"))
    for who in ("supplier", "practice-system"):
        assert not has_marker((await area.asker(who).get(CONDITIONS)).text)
        assert not has_marker((await area.asker(who).get(EVERYTHING)).text)
    assert await told(area, "citizen") == {False}


async def test_where_policy_tells_of_nothing_what_is_labelled_is_hidden_without_notice(area: Any) -> None:
    await put(area, "supplier", problem("a-problem", **_STD))
    assert await told(area) == {False}


async def test_an_area_may_tell_of_labels_and_people_of_what_is_withheld_from_them(telling: Any) -> None:
    assert await told(telling) == await told(telling, "citizen") == {False}
    await put(telling, "supplier", problem("a-problem", **_NOPAT))
    assert (await told(telling), await told(telling, "citizen")) == ({False}, {True})
    await put(telling, "supplier", problem("another", **_STD))
    assert (await told(telling), await told(telling, "pharmacist")) == ({True}, {True})
    # That is not what the area tells of: the objection hides it too.
    await object_to(telling, to_kind("problem"))
    assert (await told(telling), await told(telling, "citizen")) == ({False}, {True})


async def test_a_trace_says_that_notice_was_given_and_not_of_what(area: Any) -> None:
    await put(area, "supplier", problem("a-problem"))
    for objects in (False, True):
        if objects:
            await object_to(area, to_kind("problem"))
        await area.gp.get(CONDITIONS)
        (row,) = await area.rows("SELECT text FROM audit_entry ORDER BY recorded DESC LIMIT 1")
        found = await explain(LogReader(area.app.parts.pool), json.loads(row["text"])["decision"])
        assert found["trace"]["notice"] is objects


async def test_the_statement_of_what_the_server_does_says_what_the_marker_is(area: Any) -> None:
    said = (await area.gp.get("/metadata")).json()["rest"][0]["documentation"]
    assert "hidden-with-notice" in said
    assert json.loads(f"{{{META.rstrip(',')}}}")["meta"]["security"][0]["code"] in said
