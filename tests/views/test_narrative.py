"""The words of a narrative: every word stays, and none says something else without its markup."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.views.narrative import narrative_lines, plain_text

WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
TAGS = st.sampled_from(["p", "b", "span", "td", "li", "dd", "h2", "em", "a", "div", "pre", "th", "caption"])


@given(st.lists(st.tuples(TAGS, WORDS), max_size=8))
def test_every_word_of_a_narrative_is_shown_in_its_order(elements: list[tuple[str, str]]) -> None:
    div = "<div>" + " ".join(f"<{tag}>{html.escape(word)}</{tag}>" for tag, word in elements) + "</div>"
    assert plain_text(div).split() == [word for _, word in elements]


@pytest.mark.parametrize("tag", ["p", "li", "dt", "dd", "tr", "h3", "pre", "caption", "blockquote"])
def test_blocks_stand_on_lines_of_their_own(tag: str) -> None:
    """Hazard: two statements run together, as `Penicillin` and `None` to `PenicillinNone`."""
    assert narrative_lines(f"<div><{tag}>Allergies</{tag}><{tag}>None</{tag}></div>") == ("Allergies", "None")


def test_hazard_units_mangled_a_power_stays_a_power() -> None:
    assert narrative_lines("<div>WBC 10<sup>9</sup>/L, s<sup>-1</sup></div>") == ("WBC 10^9/L, s^-1",)
    assert narrative_lines("<div>the 1<sup>st</sup> of H<sub>2</sub>O</div>") == ("the 1st of H2O",)


@pytest.mark.parametrize("tag", ["s", "strike", "del"])
def test_hazard_what_was_struck_out_is_not_read_as_valid(tag: str) -> None:
    div = f"<div><{tag}>Warfarin 5 mg</{tag}>Apixaban 5 mg</div>"
    assert narrative_lines(div) == ("[struck out: Warfarin 5 mg] Apixaban 5 mg",)


@pytest.mark.parametrize(
    ("div", "words"),
    [
        ("<div>K &lt; 5.0 &amp; Na &#181;</div>", "K < 5.0 & Na µ"),
        ("<div>K <5.0</div>", "K <5.0"),
        ("<div>value <LLN> seen</div>", "value <LLN> seen"),
        ("<div>a<![CDATA[ b < c ]]>d</div>", "a b < c d"),
        ("<div><img alt='Rash on arm' src='x'/></div>", "Rash on arm"),
        ("<div>seen <!-- hidden --> again</div>", "seen again"),
        ("<div>unclosed <b>bold", "unclosed bold"),
        ("no markup", "no markup"),
    ],
)
def test_markup_is_lost_and_words_are_not(div: str, words: str) -> None:
    assert plain_text(div) == words


def test_scripts_and_styles_are_no_words() -> None:
    assert narrative_lines("<div><style>p{}</style>Text<script>alert(1)</script></div>") == ("Text",)


def test_a_narrative_that_is_cut_says_so() -> None:
    """Hazard: partial shown as complete."""
    assert narrative_lines("<p>x</p>" * 30_000)[-1] == "This text is too long to show in full."
    assert narrative_lines("<p>x</p>") == ("x",)


@pytest.mark.parametrize("div", [None, 3, [], {}])
def test_what_is_no_text_has_no_words(div: object) -> None:
    assert narrative_lines(div) == ()
