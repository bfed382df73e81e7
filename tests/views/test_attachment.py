"""Documents that are text are shown with their own characters; what cannot be read or shown is said."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.attachment import Attachment, read_attachments


def attachment(**elements: object) -> Attachment:
    (found,) = read_attachments({"content": [{"attachment": elements}]})
    return found


def carried(text: str, *, form: str = "text/plain", encoding: str = "utf-8") -> tuple[str, ...]:
    return attachment(contentType=form, data=base64.b64encode(text.encode(encoding)).decode()).lines


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_plain_text_is_shown_letter_by_letter(text: str) -> None:
    assert "\ufffd" in text or carried(text) == (text,)


@pytest.mark.parametrize(
    ("form", "encoding"),
    [
        ("text/plain; charset=ISO-8859-1", "latin-1"),
        ('text/plain;charset="windows-1252"', "cp1252"),
        ("text/plain; charset=utf-16", "utf-16"),
        ("TEXT/PLAIN", "utf-8"),
        ("text/plain; charset=utf-8", "utf-8-sig"),
    ],
)
def test_hazard_units_mangled_the_character_set_of_the_sender_is_used(form: str, encoding: str) -> None:
    """Hazard: 50 µg of Latin-1 read as UTF-8 loses the sign that keeps it from grams."""
    assert carried("Levothyroxine 50 µg", form=form, encoding=encoding) == ("Levothyroxine 50 µg",)


def test_hazard_characters_that_cannot_be_read_are_said_to_be_so_before_the_text() -> None:
    first, second = carried("50 µg", encoding="latin-1")
    assert first == "Some characters of this text could not be read, and are shown as �."
    assert second == "50 �g"


@pytest.mark.parametrize("data", ["TGluZQ=", "***", "TGluZQ==TGluZQ=="])
def test_a_text_that_is_not_base64_says_that_it_could_not_be_read(data: str) -> None:
    assert attachment(contentType="text/plain", data=data).lines == ("This text could not be read.",)


def test_a_text_in_a_character_set_that_is_not_known_here_says_so() -> None:
    assert carried("x", form="text/plain; charset=ebcdic") == ("This text could not be read.",)


def test_base64_may_be_broken_into_lines() -> None:
    broken = "TGV0dGVy\r\nIHRv  IHRoZSBHUA==\n"
    assert attachment(contentType="text/plain", data=broken).lines == ("Letter to the GP",)


def test_a_text_too_long_to_show_says_so() -> None:
    """Hazard: a letter that seems to be empty."""
    assert carried("x" * 400_000) == ("This text is too long to show here.",)


def test_html_is_shown_as_its_words_and_other_files_by_name_and_size() -> None:
    assert carried("<p>Dose <b>halved</b></p>", form="text/html") == ("Dose halved",)
    scan = attachment(contentType="application/pdf", data="JVBERg==", title="Scan", size=4, url="Binary/1")
    assert scan == Attachment(title="Scan", form="application/pdf", size="4 bytes", address="Binary/1", lines=())
    assert attachment(contentType="pdf", data="JVBERg==").lines == ()


def test_the_documents_of_a_report_are_shown_too() -> None:
    report: JsonObject = {"presentedForm": [{"title": "Report"}, {"title": "Images"}]}
    assert [each.title for each in read_attachments(report)] == ["Report", "Images"]


@pytest.mark.parametrize("content", [None, "x", [None, 3], [{"attachment": "x"}], [{}]])
def test_shapes_that_are_no_attachment_give_none(content: object) -> None:
    assert read_attachments({"content": content}) == ()
