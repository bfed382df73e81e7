"""A record's name in addresses says nothing and cannot be made up."""

from hypothesis import given
from hypothesis import strategies as st

from lhcr.nhs.nhs_number import synthetic
from lhcr.portal.handles import Handles
from lhcr.portal.record_keys import RecordKeys

KEYS = RecordKeys(bytes(range(32)))
IDS = st.text(alphabet="ABCabc0123456789-.", min_size=1, max_size=64)


@given(IDS)
def test_a_key_opens_to_its_id_and_shows_nothing_of_it(patient_id: str) -> None:
    key = KEYS.seal(patient_id)
    assert KEYS.open(key) == patient_id
    assert key.isalpha()
    assert KEYS.seal(patient_id) == key


@given(st.text(max_size=80) | st.text(alphabet="bcdfghjklmnpqrst", min_size=30, max_size=80))
def test_what_this_area_did_not_make_opens_to_nothing(key: str) -> None:
    assert KEYS.open(key) is None


def test_a_key_of_another_area_opens_to_nothing() -> None:
    assert RecordKeys(RecordKeys.new_key()).open(KEYS.seal("9990000018")) is None


REFERENCES = st.from_regex(r"[A-Z][a-z]{3,12}/[A-Za-z0-9.-]{1,40}", fullmatch=True)


@given(REFERENCES)
def test_a_handle_is_the_same_each_time_and_shows_nothing_of_what_it_names(reference: str) -> None:
    handle = KEYS.handles("p").of(reference)
    assert handle == RecordKeys(bytes(range(32))).handles("p").of(reference)
    assert len(handle) == 16
    assert handle.isalpha()


def test_hazard_person_data_in_addresses_nobody_can_try_out_what_a_handle_names() -> None:
    """Hazard: of an unkeyed digest all NHS numbers, and all codes of tests, are tried out in minutes."""
    guesses = [f"Patient/{synthetic(index).value}" for index in range(500)]
    named = {KEYS.handles("p").of(guess) for guess in guesses}
    assert len(named) == 500
    for stranger in (Handles(b""), Handles(b"guess"), RecordKeys(RecordKeys.new_key()).handles("p")):
        assert named.isdisjoint(stranger.of(guess) for guess in guesses)


def test_what_is_learnt_of_one_record_says_nothing_of_another() -> None:
    """Hazard: one address of a test known by its title tells of every record in which that test was made."""
    assert KEYS.handles("one").of("http://loinc.org|75622-1") != KEYS.handles("two").of("http://loinc.org|75622-1")


def test_the_secret_of_handles_is_in_nothing_that_is_printed() -> None:
    assert "secret" not in repr(KEYS.handles("p"))
