"""`lhcr person`: two persons are made one at the command line, on a reason of a closed list, told in words and written down."""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.cli.processes import value_of
from tests.conftest import MakeDatabase
from tests.record.area import open_area, sent
from tests.record.made import labelled, number, observation, patient

from lhcr.cli.main import run

WORDS = "Both practices agreed, letter of 12 May 2026"
OLD, NEW = number(1), number(2)
ONCE = ("--reason", "duplicate-registration", "--authority", WORDS)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def lhcr(dsn: str, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def lhcr(*arguments: str) -> Done:
        code = run([*arguments, "--database-url", dsn])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return lhcr


@pytest.fixture
def dsn(migrated_database: MakeDatabase) -> str:
    """The database of an area in which Ada is twice, and somebody else."""
    dsn = migrated_database()

    async def fill() -> None:
        async with open_area(dsn) as area:
            await area.hospital.load(
                sent(patient(OLD, id="old", birthDate="1950-01-01")),
                sent(observation("Patient/old", id="o")),
                sent(patient(NEW, id="new")),
                sent(
                    patient(number(3), id="other", birthDate="1960-01-01", name=[{"family": "Hill", "given": ["Bo"]}])
                ),
                sent(labelled(patient(number(4), id="hidden"), "R")),
            )

    asyncio.run(fill())
    return dsn


def homes(dsn: str) -> int:
    return int(value_of(dsn, "SELECT count(DISTINCT person_id) FROM resource WHERE id IN ('old', 'new', 'o')"))


def test_a_merge_is_told_before_it_is_done(lhcr: Callable[..., Done], dsn: str) -> None:
    told = lhcr("person", "merge", OLD, NEW, *ONCE, "--dry-run")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "Nothing was changed.\nWould be brought: 1 Observation, 1 Patient.\n"
    assert homes(dsn) == 2


def test_two_numbers_or_two_ids_are_made_one(lhcr: Callable[..., Done], dsn: str) -> None:
    told = lhcr("person", "merge", "Patient/old", NEW, *ONCE, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["entries"] == {"Observation": 1, "Patient": 1}
    assert homes(dsn) == 1
    again = lhcr("person", "merge", OLD, NEW, *ONCE)
    assert (again.returncode, "Both lead to one person already" in again.stderr) == (2, True)


def test_a_reason_of_the_list_is_demanded_and_what_is_never_linked_is_said(lhcr: Callable[..., Done], dsn: str) -> None:
    """Hazard: a protected person found. No reason of the list fits a number that was newly issued."""
    told = lhcr("person", "merge", OLD, NEW, "--reason", "adoption", "--authority", WORDS)
    assert told.returncode == 2
    assert "never linked to the old one" in told.stderr
    assert homes(dsn) == 2


@pytest.mark.parametrize(
    ("other", "word"), [("Patient/other", "--differences-seen"), ("Patient/hidden", "--restriction-seen")]
)
def test_what_speaks_against_it_has_to_be_seen(lhcr: Callable[..., Done], other: str, word: str) -> None:
    """Hazards: wrong person; a protected person found."""
    told = lhcr("person", "merge", OLD, other, *ONCE, "--dry-run")
    assert word in told.stdout
    refused = lhcr("person", "merge", OLD, other, *ONCE)
    assert (refused.returncode, word in refused.stderr) == (1, True)
    assert lhcr("person", "merge", OLD, other, *ONCE, word).returncode == 0


def test_nobody_is_merged_without_an_authority_or_with_nobody(lhcr: Callable[..., Done], dsn: str) -> None:
    for arguments in (
        (OLD, NEW, *ONCE[:2]),
        ("Patient/none", NEW, *ONCE),
        ("Observation/o", NEW, *ONCE),
        ("12", NEW, *ONCE),
    ):
        assert lhcr("person", "merge", *arguments).returncode in {1, 2}
    assert homes(dsn) == 2


def test_a_merge_is_in_the_log_and_says_no_number(lhcr: Callable[..., Done], dsn: str) -> None:
    lhcr("person", "merge", OLD, NEW, *ONCE)
    said = value_of(dsn, 'SELECT count(*) FROM audit_entry WHERE position(\'"subtype":"merge"\'::bytea IN text) > 0')
    assert int(said) == 2
    for each in (OLD, NEW):
        assert int(value_of(dsn, f"SELECT count(*) FROM audit_entry WHERE position('{each}'::bytea IN text) > 0")) == 0


def test_a_merge_is_undone_by_its_reference(lhcr: Callable[..., Done], dsn: str) -> None:
    order = json.loads(lhcr("person", "merge", OLD, NEW, *ONCE, "--json").stdout)["order"]
    told = lhcr("person", "unmerge", order.lower(), "--authority", WORDS)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"The merge {order} is undone. Went back: 1 Observation, 1 Patient.\n"
    assert homes(dsn) == 2
    again = lhcr("person", "unmerge", order, "--authority", WORDS)
    assert (again.returncode, "undone already" in again.stderr) == (1, True)
    assert lhcr("person", "unmerge", "D-0000000000000", "--authority", WORDS).returncode == 1
