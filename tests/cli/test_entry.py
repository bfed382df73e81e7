"""`lhcr entry`: orders of the privacy office, given at the command line, told in words and written down."""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.cli.processes import value_of
from tests.conftest import MakeDatabase
from tests.record.area import open_area, sent
from tests.record.made import number, observation, patient

from lhcr.cli.main import run

CANARY = "Xqzcanary"
COURT = "Order of the Family Court, 12 May 2026, case 14"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def lhcr(dsn: str, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs a command on the area's database, in this process: each start of another takes two seconds."""

    def lhcr(*arguments: str) -> Done:
        code = run([*arguments, "--database-url", dsn])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return lhcr


@pytest.fixture
def dsn(migrated_database: MakeDatabase) -> str:
    """The database of an area with one person, an entry about them and one that refers to it."""
    dsn = migrated_database()

    async def fill() -> None:
        async with open_area(dsn) as area:
            await area.hospital.load(
                sent(patient(number(1), id="p")),
                sent(observation("Patient/p", id="o", note=[{"text": CANARY}])),
                sent(observation("Patient/p", id="r", derivedFrom=[{"reference": "Observation/o"}])),
            )

    asyncio.run(fill())
    return dsn


def test_a_removal_is_told_before_it_is_done_and_done_with_an_authority_alone(
    lhcr: Callable[..., Done], dsn: str
) -> None:
    told = lhcr("entry", "remove", "Observation/o")
    assert (told.returncode, "Nothing was changed" in told.stdout) == (0, True), told.stderr
    assert "NOT reached: entries that refer to them, and stay as they are: Observation/r." in told.stdout
    refused = lhcr("entry", "remove", "Observation/o", "--yes")
    assert (refused.returncode, "on whose authority" in refused.stderr) == (2, True)
    assert value_of(dsn, "SELECT count(*) FROM resource WHERE id = 'o'") == 1
    done = lhcr("entry", "remove", "Observation/o", "--authority", COURT, "--yes", "--json")
    order = json.loads(done.stdout)["order"]
    assert value_of(dsn, "SELECT count(*) FROM resource WHERE id = 'o'") == 0
    assert CANARY not in done.stdout + done.stderr
    again = lhcr("entry", "remove", "Observation/o", "--authority", COURT, "--yes")
    assert (again.returncode, "There is no such Observation" in again.stderr) == (1, True)
    released = lhcr("entry", "release", order, "--authority", "Set aside on appeal")
    assert (released.returncode, "Nothing came back" in released.stdout) == (0, True), released.stderr


def test_a_restriction_is_listed_with_its_authority_and_released_by_its_reference(
    lhcr: Callable[..., Done], dsn: str
) -> None:
    done = lhcr("entry", "restrict", "Observation/o", "--authority", COURT, "--json")
    assert done.returncode == 0, done.stderr
    order = json.loads(done.stdout)["order"]
    listed = lhcr("entry", "orders", "Patient/p")
    assert f"{order}  restriction, given" in listed.stdout
    assert COURT in listed.stdout
    released = lhcr("entry", "release", order.lower(), "--authority", "Settled in June 2026")
    assert "Shown again: Observation/o." in released.stdout
    logged = value_of(
        dsn,
        "SELECT string_agg(convert_from(text, 'UTF8')::jsonb ->> 'subtype', ' ' ORDER BY recorded) FROM audit_entry"
        " WHERE convert_from(text, 'UTF8')::jsonb ->> 'kind' = 'order'",
    )
    assert logged == "restriction release"


def test_what_is_no_reference_and_no_order_is_told_so(lhcr: Callable[..., Done]) -> None:
    for arguments in (("remove", "o"), ("restrict", "Nothing/o", "--authority", COURT)):
        done = lhcr("entry", *arguments)
        assert (done.returncode, "by its type and id" in done.stderr) == (2, True)
    done = lhcr("entry", "release", "D-0000000000000", "--authority", COURT)
    assert (done.returncode, "There is no such order" in done.stderr) == (1, True)


def test_an_entry_is_disputed_for_a_person_and_its_source_is_asked(lhcr: Callable[..., Done], dsn: str) -> None:
    done = lhcr("entry", "dispute", "Observation/o", "--words", "This was somebody else's test.")
    assert (done.returncode, done.stdout.startswith("RRE is asked by Task/")) == (0, True), done.stderr
    assert value_of(dsn, "SELECT count(*) FROM resource WHERE convert_from(body, 'UTF8') LIKE '%somebody else%'") == 1
    assert "what is wrong" in lhcr("entry", "dispute", "Observation/o", "--words", "no").stderr
