"""Ids lead to the person of ours they were made for, say nothing to anybody else, and no id of a client leads anywhere."""

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.ids import RandomIds, RouteCipher

KEY = bytes(range(16))
ROUTES = RouteCipher(KEY)
PERSONS = st.integers(-(2**40), 2**40 - 1)
ROWS = st.integers(0, 2**48 - 1)


@given(person=PERSONS, rid=ROWS)
def test_an_id_leads_back_to_its_person(person: int, rid: int) -> None:
    assert ROUTES.person_of(ROUTES.assign(person_id=person, rid=rid)) == person


@given(person=PERSONS, rid=ROWS)
def test_an_id_is_one_that_fhir_allows(person: int, rid: int) -> None:
    assigned = ROUTES.assign(person_id=person, rid=rid)
    assert len(assigned) == 32
    assert set(assigned) <= set("0123456789abcdef")


@given(first=st.tuples(PERSONS, ROWS), second=st.tuples(PERSONS, ROWS))
def test_two_rows_never_share_an_id(first: tuple[int, int], second: tuple[int, int]) -> None:
    ids = {ROUTES.assign(person_id=person, rid=rid) for person, rid in (first, second)}
    assert len(ids) == len({first, second})


def test_the_ids_of_one_person_have_nothing_in_common() -> None:
    """Hazard: an id in a log or an address that tells whose it is."""
    ids = [ROUTES.assign(person_id=7, rid=rid) for rid in range(64)]
    for place in range(0, 32, 4):
        assert len({each[place : place + 4] for each in ids}) > 60


def test_another_areas_key_reads_nothing_out_of_an_id() -> None:
    other = RouteCipher(bytes(16))
    assert {other.person_of(ROUTES.assign(person_id=7, rid=rid)) for rid in range(1_000)} == {None}


def test_hazard_an_id_that_a_client_chose_is_not_taken_for_ours() -> None:
    """Hazard: an entry whose own id happens to decode would be looked for with a stranger, and never be found again.

    Two check bytes alone would let three of these through.
    """
    chosen = [hashlib.md5(str(number).encode()).hexdigest() for number in range(200_000)]
    assert [each for each in chosen if ROUTES.person_of(each) is not None] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "x" * 32,
        "A" * 32,
        " " * 32,
        "0" * 31,
        "0" * 33,
        "٠" * 32,
        "ab " * 10 + "ab",
        "00000000-0000-0000-0000-00000000",
    ],
)
def test_what_has_not_the_form_of_our_ids_leads_nowhere(text: str) -> None:
    assert ROUTES.person_of(text) is None


@given(person=PERSONS, rid=ROWS)
def test_an_id_in_capitals_is_another_id(person: int, rid: int) -> None:
    """FHIR's ids tell capitals from small letters; one entry must not answer under two names."""
    assigned = ROUTES.assign(person_id=person, rid=rid)
    assert assigned.upper() == assigned or ROUTES.person_of(assigned.upper()) is None


@pytest.mark.parametrize(("person", "rid"), [(2**40, 0), (-(2**40) - 1, 0), (0, 2**48), (0, -1)])
def test_a_number_whose_id_would_not_lead_back_gets_none(person: int, rid: int) -> None:
    with pytest.raises(OverflowError):
        ROUTES.assign(person_id=person, rid=rid)


@pytest.mark.parametrize(
    "flaw", [b"\x01" + bytes(13) + b"LH", bytes(7) + b"\x01" + bytes(6) + b"LH", bytes(14) + b"LJ"]
)
def test_a_block_that_we_would_not_have_made_leads_nowhere(flaw: bytes) -> None:
    encryptor = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor()
    assert ROUTES.person_of(encryptor.update(flaw).hex()) is None


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError):
        RouteCipher(bytes(length))


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = [RandomIds().token() for _ in range(1_000)]
    assert len(set(tokens)) == 1_000
    assert {len(token) for token in tokens} == {32}
