"""Failures: what is told and what is logged when something breaks, in the database or in us."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

SECRET = "9990000018 Dorothy Hepworth"


@pytest.fixture
async def broken(make_area: Any, migrated_database: Callable[[], str]) -> AsyncIterator[Any]:
    """An area of its own, to be broken."""
    async with make_area(migrated_database(), log_requests=True) as area:
        yield area


def told(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    code: str = response.json()["issue"][0]["details"]["coding"][0]["code"]
    return code


async def test_a_defect_is_told_by_its_request_and_logged_without_what_it_was_about(
    broken: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hazard: person data in logs."""
    await broken.rows("ALTER TABLE directory_resource RENAME TO gone")
    response = await broken.supplier.get(f"/Organization?name={SECRET}", headers={"x-request-id": "find-me"})
    assert told(response, 500) == "internal-error"
    assert "find-me" in response.json()["issue"][0]["diagnostics"]
    written = capsys.readouterr().out
    assert "find-me" in written
    assert "/{type}" in written
    for word in SECRET.split():
        assert word not in written + response.text
    assert "directory_resource" not in response.text
    assert (await broken.asker(None).get("/metadata")).status_code == 200


async def test_a_request_is_logged_by_its_template_alone(broken: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Hazard: an address in a log says who was looked for."""
    await broken.supplier.get("/Patient/some-secret-id?_elements=name")
    await broken.supplier.get(f"/Patient?name={SECRET}")
    written = capsys.readouterr().out
    assert "/{type}/{id}" in written
    assert not any(word in written for word in ("some-secret-id", "_elements", *SECRET.split()))


async def test_nothing_is_answered_while_the_log_does_not_take_it(broken: Any, build: Any) -> None:
    """Hazard: an access that nobody can ever see."""
    made = await broken.supplier.create(build.patient())
    await broken.rows("ALTER TABLE audit_entry RENAME TO gone")
    assert told(await broken.supplier.get(f"/Patient/{made['id']}"), 503) == "log-unavailable"
    response = await broken.supplier.send("POST", "/Patient", build.patient())
    assert response.status_code >= 500
    await broken.rows("ALTER TABLE gone RENAME TO audit_entry")
    assert (await broken.supplier.get(f"/Patient/{made['id']}")).status_code == 200
    assert len(await broken.rows("SELECT FROM resource")) == 1


async def test_a_database_that_is_away_is_503_and_its_return_is_noticed(broken: Any, build: Any) -> None:
    made = await broken.supplier.create(build.patient())
    pool, side_pool = broken.app.parts.pool, broken.app.parts.side_pool
    for each in (pool, side_pool):
        await each.expire_connections()
    await broken.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    answers = [await broken.supplier.get(f"/Patient/{made['id']}") for _ in range(20)]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 503)
    assert answers[-1].status_code == 200


async def test_an_entry_that_breaks_leaves_the_other_entries_of_its_batch(broken: Any, build: Any) -> None:
    await broken.rows("ALTER TABLE directory_resource RENAME TO gone")
    entries = [
        {"request": {"method": "GET", "url": "Organization?name=x"}},
        {"resource": build.patient(), "request": {"method": "POST", "url": "Patient"}},
    ]
    response = await broken.supplier.send("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [each["response"]["status"][:3] for each in response.json()["entry"]] == ["500", "201"]
