from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.search.escapes import escape, split, unescape

texts = st.text(st.sampled_from("a\\,|$"), max_size=8)


@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from(",|$"))
def test_escaped_parts_are_found_again(parts: list[str], separator: str) -> None:
    joined = separator.join(escape(part) for part in parts)
    assert [unescape(part) for part in split(joined, separator)] == parts


@given(texts, st.sampled_from(",|$"))
def test_splitting_loses_nothing(text: str, separator: str) -> None:
    assert separator.join(split(text, separator)) == text


def test_a_backslash_before_anything_else_is_itself() -> None:
    assert unescape("a\\b\\") == "a\\b\\"
