"""The references of a batch by their text, against a look at each reference by itself. Hazard: wrong person, by a lost reference."""

from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_references import BatchReferences
from lhcr.record.draft import Draft, Method

TEXTS = st.sampled_from(["urn:uuid:a", "urn:uuid:b", "Patient/a", "Patient/b", "Practitioner/x"])
#: What each entry of a batch says.
SAID = st.lists(st.lists(TEXTS, max_size=5), max_size=6)


def drafts_of(said: list[list[str]]) -> list[Draft]:
    found = []
    for rid, texts in enumerate(said, start=1):
        links: list[JsonObject] = [{"reference": text} for text in texts]
        found.append(Draft(method=Method.POST, type="Observation", type_id=1, resource={}, links=links, rid=rid))
    return found


def said_by(drafts: list[Draft]) -> list[list[str]]:
    return [[link["reference"] for link in draft.links] for draft in drafts]


@given(said=SAID)
def test_each_text_is_told_once_and_each_of_its_uses_stands_in_its_entry(said: list[list[str]]) -> None:
    drafts = drafts_of(said)
    references = BatchReferences(drafts)
    assert set(references.texts) == {text for texts in said for text in texts}
    for text in references.texts:
        uses = references.uses(text)
        assert [draft.rid for draft, _ in uses] == [
            rid for rid, texts in enumerate(said, 1) for each in texts if each == text
        ]
        assert all(any(link is own for own in draft.links) and link["reference"] == text for draft, link in uses)


@given(said=SAID, first=st.dictionaries(TEXTS, TEXTS), second=st.dictionaries(TEXTS, TEXTS))
def test_texts_are_replaced_in_every_entry_as_one_look_at_each_would_have_done(
    said: list[list[str]], first: dict[str, str], second: dict[str, str]
) -> None:
    """Also where two texts change places, or come to be one and are replaced again."""
    drafts = drafts_of(said)
    references = BatchReferences(drafts)
    references.replace(first)
    references.replace(second)
    expected = [[second.get(once := first.get(text, text), once) for text in texts] for texts in said]
    assert said_by(drafts) == expected
    assert set(references.texts) == {text for texts in expected for text in texts}


@given(said=SAID, asked=st.sets(TEXTS))
def test_those_who_say_a_text_are_told_in_their_order_as_often_as_they_say_it(
    said: list[list[str]], asked: set[str]
) -> None:
    references = BatchReferences(drafts_of(said))
    found = references.saying(asked & references.texts)
    assert all(link["reference"] in asked for _, link in found)
    assert [draft.rid for draft, _ in found] == [
        rid for rid, texts in enumerate(said, start=1) for text in texts if text in asked
    ]
