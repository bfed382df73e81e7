"""`lhcr agreement`: agreements are loaded whole by a named account, listed, and checked before they are loaded."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

USUAL = {
    "id": "hospital-to-pharmacy",
    "sources": ["RRE"],
    "recipients": ["FA123"],
    "categories": ["medication"],
    "state": "open",
    "from": "2026-01-01",
    "until": "2026-01-31",
}


@pytest.fixture
def database(migrated_database: MakeDatabase) -> tuple[str, str]:
    return ("--database-url", migrated_database())


def written(folder: Path, *agreements: dict[str, Any]) -> str:
    file = folder / "agreements.json"
    file.write_text(json.dumps({"agreements": agreements}))
    return str(file)


def test_agreements_are_loaded_listed_and_loaded_again_without_a_change(
    database: tuple[str, str], tmp_path: Path
) -> None:
    file = written(tmp_path, USUAL)
    assert (
        lhcr("agreement", "load", file, *database).stdout == "Agreements: 1 added, 0 changed, 0 removed, 0 unchanged.\n"
    )
    told = json.loads(lhcr("agreement", "load", file, "--json", *database).stdout)
    assert told == {"added": 0, "changed": 0, "removed": 0, "unchanged": 1}
    (row,) = json.loads(lhcr("agreement", "list", "--json", *database).stdout)["agreements"]
    assert (row["id"], row["until"]) == ("hospital-to-pharmacy", "2026-02-01T00:00:00+00:00")
    shown = lhcr("agreement", "list", *database).stdout
    assert "hospital-to-pharmacy  open  RRE -> FA123  medication" in shown
    assert "share everything that the other rules permit" in shown


def test_a_file_with_mistakes_changes_nothing_and_each_is_told(database: tuple[str, str], tmp_path: Path) -> None:
    wrong = written(tmp_path, USUAL | {"sources": ["?"], "categories": ["medicaton"]})
    for command in ("load", "check"):
        done = lhcr("agreement", command, wrong, *database)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        for place in ("agreements[0].sources[0]: is not an ODS code", "agreements[0].categories[0]: is none of"):
            assert place in done.stdout + done.stderr
    assert json.loads(lhcr("agreement", "list", "--json", *database).stdout)["agreements"] == []


def test_a_check_says_what_may_not_be_meant_and_loads_nothing(database: tuple[str, str], tmp_path: Path) -> None:
    done = lhcr("agreement", "check", written(tmp_path, USUAL), *database)
    assert done.returncode == 0
    assert "Is this meant? hospital-to-pharmacy does not share demographics" in done.stdout
    assert "1 agreement can be loaded." in done.stdout
    assert json.loads(lhcr("agreement", "list", "--json", *database).stdout)["agreements"] == []
