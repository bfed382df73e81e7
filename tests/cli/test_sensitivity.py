"""`lhcr sensitivity`: hazard: a sensitive item exposed by a set that its operator believes to be in force."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.conftest import MakeDatabase

from lhcr.cli.main import run

CODES = "http://snomed.info/sct|1001\nhttp://snomed.info/sct|1002\n"


class Told(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Command:
    """Gives `lhcr sensitivity` commands on a database of its own."""

    def __init__(self, dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._dsn, self._capsys = dsn, capsys

    def __call__(self, *arguments: str) -> Told:
        code = run(["sensitivity", *arguments, "--database-url", self._dsn])
        said = self._capsys.readouterr()
        return Told(code, said.out, said.err)


@pytest.fixture
def command(migrated_database: MakeDatabase, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(migrated_database(), capsys)


def test_a_set_is_loaded_listed_replaced_and_removed(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "invented.txt"
    file.write_text(f"# version: 1\n{CODES}")
    unlabelled = command("load", str(file))
    assert (unlabelled.returncode, "Name their label" in unlabelled.stderr) == (2, True)
    done = command("load", str(file), "--label", "GDIS")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("invented 1: GDIS, 2 codes; in force since ")
    file.write_text("# version: 2\nhttp://snomed.info/sct|1001\n")
    again = command("load", str(file), "--json")
    told = json.loads(again.stdout)
    assert (told["rows_left"], told["value_sets"][0]["codes"], told["value_sets"][0]["version"]) == (0, 1, "2")
    assert command("list").stdout.startswith("invented 2: GDIS, 1 code; in force since ")
    assert command("remove", "invented").stdout == "No value sets are loaded.\n"
    gone = command("remove", "invented")
    assert (gone.returncode, "No value set has the name" in gone.stderr) == (1, True)


def test_what_cannot_be_expanded_and_what_does_not_hide_is_refused(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "set.json"
    file.write_text(json.dumps({"resourceType": "ValueSet", "compose": {"include": [{"system": "urn:s"}]}}))
    refused = command("load", str(file), "--label", "GDIS")
    assert (refused.returncode, "the whole of urn:s" in refused.stderr) == (2, True)
    file.write_text(CODES)
    refused = command("load", str(file), "--label", "AUDIT")
    assert (refused.returncode, "one that hides by the area's policy" in refused.stderr) == (2, True)
    assert command("list").stdout == "No value sets are loaded.\n"
