"""What a reader of a record is told of entries that somebody says are wrong."""

from datetime import UTC, datetime

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.dispute import Answer, disputes_of
from lhcr.views.entry import Entry, Source

HOSPITAL, OTHER = Source("RRE", "Hospital"), Source("A81001", "Surgery")
NOW = datetime(2026, 6, 3, tzinfo=UTC)


def entry(version: str = "1") -> Entry:
    return Entry({"resourceType": "Observation", "id": "o", "meta": {"versionId": version}}, HOSPITAL, NOW)


def task(source: Source = HOSPITAL, **elements: object) -> Entry:
    resource: JsonObject = {
        "resourceType": "Task",
        "id": "t",
        "status": "requested",
        "code": {"coding": [{"system": "urn:lhcr:task", "code": "dispute"}]},
        "description": "It was not me.",
        "focus": {"reference": "Observation/o/_history/1"},
        "authoredOn": "2026-06-03",
    }
    return Entry(resource | elements, source, NOW)


@pytest.mark.parametrize(
    ("version", "elements", "answer", "reply"),
    [
        ("1", {}, Answer.OPEN, ""),
        ("1", {"status": "accepted"}, Answer.OPEN, ""),
        ("2", {}, Answer.CHANGED, ""),
        ("1", {"status": "rejected", "statusReason": {"text": "It was you."}}, Answer.UPHELD, "It was you."),
        ("2", {"status": "completed", "note": [{"text": "Put right."}]}, Answer.CHANGED, "Put right."),
        ("1", {"status": "completed"}, Answer.ANSWERED, ""),
    ],
)
def test_the_outcome_is_told_in_the_words_of_the_source(
    version: str, elements: JsonObject, answer: Answer, reply: str
) -> None:
    (found,) = disputes_of([entry(version), task(**elements)])["Observation/o"]
    assert (found.answer, found.reply, found.words) == (answer, reply, "It was not me.")
    assert found.sentence == f"Said to be wrong on 3 June 2026. {answer.value}"


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_dispute_that_was_withdrawn_marks_nothing(status: str) -> None:
    assert disputes_of([entry(), task(status=status)]) == {}


def test_hazard_another_organisation_cannot_mark_an_entry_as_wrong() -> None:
    """Hazard: somebody's right allergy that everybody passes over because a stranger wrote that it is wrong."""
    assert disputes_of([entry(), task(OTHER)]) == {}
    assert disputes_of([entry(), task(code={"text": "dispute"})]) == {}
    assert disputes_of([task()]) == {}
