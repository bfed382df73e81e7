"""A record's name in addresses says nothing and cannot be made up."""

from hypothesis import given
from hypothesis import strategies as st

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
