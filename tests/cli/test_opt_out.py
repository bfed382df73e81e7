"""`lhcr opt-out`: the list is loaded whole, by a named account, and no number of it is ever shown."""

import json
from pathlib import Path

from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase


def test_a_list_is_loaded_in_the_place_of_the_one_before(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    database, file = ("--database-url", migrated_database()), tmp_path / "numbers"
    assert "every secondary use is refused" in lhcr("opt-out", "status", *database).stdout
    file.write_text("9990000018\n999 000 0026\n")
    assert lhcr("opt-out", "load", str(file), *database).stdout == "2 numbers on the list: 2 added, 0 removed.\n"
    file.write_text("9990000018\n")
    told = json.loads(lhcr("opt-out", "load", str(file), "--json", *database).stdout)
    assert told == {"numbers": 1, "added": 0, "removed": 1}
    assert json.loads(lhcr("opt-out", "status", "--json", *database).stdout)["numbers"] == 1


def test_hazard_a_file_that_was_cut_off_undoes_everybodys_word(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    database, file = ("--database-url", migrated_database()), tmp_path / "numbers"
    file.write_text("9990000018\n99900000")
    cut = lhcr("opt-out", "load", str(file), *database)
    assert (cut.returncode, cut.stderr) == (2, "lhcr: Line 2 is no NHS number.\n")
    file.write_text("\n")
    empty = lhcr("opt-out", "load", str(file), *database)
    assert empty.returncode == 2
    assert "--empty" in empty.stderr
    assert lhcr("opt-out", "load", str(file), "--empty", *database).returncode == 0
