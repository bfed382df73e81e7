"""`lhcr staff`: organisations tell of their staff in a file, which is never shown again."""

from pathlib import Path

from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

HEADER = "organisation,user_id,nhs_number,family_name,postcode,address_line\n"


def test_staff_are_loaded_from_a_file_and_forgotten(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    database = ("--database-url", migrated_database())
    file = tmp_path / "staff.csv"
    file.write_text(f"{HEADER}A81001,u1,9990000018,Fell,,\nRRE,u2,,,ZZ99 1AA,1 High Street\n")
    done = lhcr("staff", "load", str(file), *database)
    assert (done.returncode, done.stdout) == (0, "2 members of staff are known of A81001, RRE.\n"), done.stderr
    file.write_text(f"{HEADER}A81001,u1,9990000019,Fell,,\n")
    refused = lhcr("staff", "load", str(file), *database)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert ("line 2" in refused.stderr, "9990000019" in refused.stderr) == (True, False)
    assert lhcr("staff", "forget", "A81001", *database).stdout == "Forgotten: the staff of A81001\n"
    assert lhcr("staff", "forget", "no code!", *database).returncode == 2
