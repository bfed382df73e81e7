"""A load tells who can open what went in: a record that nobody can open looks like one that was lost."""

from tests.conftest import MakeDatabase

from lhcr.cli.load_readers import readers_sentence, tell_readers
from lhcr.nhs.ods import OdsCode


def test_the_personas_of_the_source_are_told() -> None:
    told = readers_sentence(OdsCode("RRE"))
    assert told == "In the demonstration you can open these records as ed-doctor or ward-nurse: they work for RRE."


def test_a_source_at_which_nobody_works_is_told_with_the_others() -> None:
    told = readers_sentence(OdsCode("ABC"))
    assert "No persona of the demonstration works for ABC" in told
    assert "A81001 for gp or receptionist; " in told
    assert "FA123 for pharmacist or pharmacy-technician; " in told


def test_nothing_is_told_where_no_personas_sign_in(migrated_database: MakeDatabase) -> None:
    assert tell_readers(migrated_database(), OdsCode("RRE")) == ""
