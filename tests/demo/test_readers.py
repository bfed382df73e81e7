"""Specification of who can open what a source contributes."""

from lhcr.demo.organisations import SOURCES
from lhcr.demo.readers import readers_by_source, readers_of


def test_whoever_cares_for_people_at_the_source_is_named_and_no_office_or_system() -> None:
    assert readers_of("RRE") == ("ed-doctor", "ward-nurse")
    assert readers_of("A81001") == ("gp", "receptionist")
    assert readers_of("FA123") == ("pharmacist", "pharmacy-technician")


def test_nobody_is_named_for_a_source_at_which_no_persona_works() -> None:
    assert readers_of("ABC") == ()
    assert readers_of("") == ()


def test_every_source_that_has_readers_is_one_of_the_area_or_next_door() -> None:
    assert set(readers_by_source()) <= {source.ods for source in SOURCES} | {"ZNB"}
