"""Who contributed a resource: its `meta.source` is the server's own statement, whatever its sender says."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.contributor import SENT_SOURCE, contribute, sent_source, source_uri, without_source
from lhcr.fhir.json_document import DEEPEST, read_json, write_json
from lhcr.fhir.stored_body import with_meta
from lhcr.fhir.validation import validate
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject

OURS, THEIRS = source_uri("RRE"), source_uri("A81001")
MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)

_URIS = st.sampled_from(
    [OURS, THEIRS, "urn:lhcr:source:", "URN:LHCR:SOURCE:A81001", "https://pas.example/1", "é", SENT_SOURCE]
)
_LEAVES = st.one_of(
    st.builds(lambda url, value: {"url": url, "valueUri": value}, _URIS, _URIS),
    st.builds(lambda url: {"url": url, "valueString": THEIRS}, _URIS),
    st.builds(
        lambda url: {"url": url, "_valueUri": {"id": "x", "extension": [{"url": url, "valueUri": THEIRS}]}}, _URIS
    ),
)
_EXTENSIONS = _LEAVES | st.builds(lambda url, inner: {"url": url, "extension": [inner]}, _URIS, _LEAVES)
_LISTS = st.lists(_EXTENSIONS, min_size=1, max_size=3)
_METAS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.just("m"),
        "versionId": st.just("9"),
        "source": _URIS,
        "_source": _LISTS.map(lambda each: {"id": "s", "extension": each}),
        "extension": _LISTS,
        "profile": st.lists(_URIS, min_size=1, max_size=2),
        "tag": st.just([{"system": THEIRS, "code": "t"}]),
    },
).filter(lambda meta: validate(sent(meta)) == [])


def sent(meta: JsonObject | None) -> JsonObject:
    resource: JsonObject = {"resourceType": "Basic", "id": "b", "code": {"text": "1"}}
    return resource | ({"meta": meta} if meta else {})


def contributed(resource: JsonObject, *, by: str) -> JsonObject:
    made = read_json(write_json(resource))
    contribute(made, by=by)
    return made


def served(resource: JsonObject, *, by: str = OURS, version: int = 1) -> JsonObject:
    return read_json(with_meta(contributed(resource, by=by), id="b", version=version, last_updated=MOMENT))


def words(meta: JsonObject) -> list[Any]:
    return [each for each in meta.get("extension", ()) if each["url"] == SENT_SOURCE]


@settings(max_examples=100, deadline=None)
@given(meta=_METAS)
def test_hazard_wrong_contributor_whatever_a_sender_says_the_source_is_who_contributed(meta: JsonObject) -> None:
    """And what is served is as valid as what was sent."""
    answer = served(sent(meta))
    assert answer["meta"]["source"] == OURS
    assert "_source" not in answer["meta"]
    assert validate(answer) == []


@settings(max_examples=100, deadline=None)
@given(meta=_METAS)
def test_nothing_that_the_sender_says_is_lost(meta: JsonObject) -> None:
    """Hazard: partial shown as complete. A word that replaces one that was read replaces it alone."""
    answer = served(sent(meta))["meta"]
    said, beside = meta.get("source"), meta.get("_source")
    kept = words(answer)
    if beside is not None or said not in {None, OURS}:
        expected = {"url": SENT_SOURCE, "valueUri": said, "_valueUri": beside}
        assert kept == [{name: value for name, value in expected.items() if value is not None}]
    else:
        assert kept == words(meta)
    for name in ("id", "profile", "tag"):
        assert answer.get(name) == meta.get(name)
    others = [each for each in meta.get("extension", ()) if each["url"] != SENT_SOURCE]
    assert [each for each in answer.get("extension", ()) if each["url"] != SENT_SOURCE] == others


@settings(max_examples=100, deadline=None)
@given(meta=_METAS)
def test_what_is_read_and_sent_back_stays_byte_for_byte(meta: JsonObject) -> None:
    first = served(sent(meta))
    again = served(first)
    assert write_json(again) == write_json(first)
    assert contributed(first, by=OURS) == first


@settings(max_examples=100, deadline=None)
@given(meta=_METAS)
def test_nobody_is_found_under_anothers_name_by_the_senders_word(meta: JsonObject) -> None:
    word = sent_source(contributed(sent(meta), by=OURS))
    assert word is None or not word.lower().startswith("urn:lhcr:source:")


def test_the_senders_own_word_is_what_it_is_found_by_beside_the_contributor() -> None:
    assert sent_source(contributed(sent({"source": "https://pas.example/1"}), by=OURS)) == "https://pas.example/1"
    assert sent_source(contributed(sent(None), by=OURS)) is None
    assert sent_source(contributed(sent({"_source": _beside(3)}), by=OURS)) is None


def test_a_copy_of_anothers_entry_is_ones_own_and_says_where_it_is_said_to_be_from() -> None:
    theirs = served(sent({"source": "https://pas.example/1"}), by=THEIRS)
    copy = served(theirs, by=OURS)["meta"]
    assert (copy["source"], words(copy)) == (OURS, [{"url": SENT_SOURCE, "valueUri": THEIRS}])


@settings(max_examples=100, deadline=None)
@given(meta=_METAS)
def test_hazard_whereabouts_without_its_source_a_meta_tells_neither_the_contributor_nor_the_senders_word(
    meta: JsonObject,
) -> None:
    answer = served(sent(meta))["meta"]
    left = without_source(answer)
    assert not {"source", "_source", "extension"} & left.keys()
    assert validate(sent(left)) == []
    for name in ("id", "versionId", "profile", "tag"):
        assert left.get(name) == answer.get(name)


def _beside(levels: int) -> JsonObject:
    """An object beside a primitive that nests so many levels deep, itself the first."""
    inner: JsonObject = {"url": "urn:x", "valueBoolean": True}
    for _ in range((levels - 3) // 2):
        inner = {"url": "urn:x", "extension": [inner]}
    return {"extension": [inner]}


def test_hazard_an_entry_that_cannot_be_read_again_a_word_is_refused_that_would_nest_too_deep() -> None:
    deepest = DEEPEST - 5
    assert read_json(write_json(served(sent({"_source": _beside(deepest)}))))["meta"]["source"] == OURS
    too_deep = read_json(write_json(sent({"_source": _beside(deepest + 2)})))
    with pytest.raises(Incorrect) as caught:
        contributed(too_deep, by=OURS)
    assert caught.value.issues[0].error == "json-too-deep"
