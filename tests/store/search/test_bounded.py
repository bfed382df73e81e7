from hypothesis import given
from hypothesis import strategies as st

from lhcr.store.search.bounded import LONGEST, PREFIX, bounded


@given(st.text(max_size=LONGEST // 4))
def test_a_short_text_is_itself_but_for_what_the_database_cannot_hold(text: str) -> None:
    assert bounded(text) == text.replace("\0", "").encode(errors="replace").decode()


@given(st.text(min_size=1, max_size=5), st.integers(min_value=200, max_value=600))
def test_a_long_text_fits_and_keeps_its_beginning(piece: str, times: int) -> None:
    text = (piece.replace("\0", "0") * times).encode(errors="replace").decode()
    kept = bounded(text)
    assert len(kept.encode()) <= LONGEST
    if kept != text:
        assert text.encode().startswith(kept[:-64].encode())
        assert len(kept[:-64].encode()) > PREFIX - 4


def test_long_texts_with_the_same_beginning_stay_different() -> None:
    beginning = "https://example.org/" + "a" * LONGEST
    assert bounded(beginning + "1") != bounded(beginning + "2")
    assert bounded(beginning + "1") == bounded(beginning + "1")
