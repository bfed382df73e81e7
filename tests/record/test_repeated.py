"""One batch says one thing about one resource."""

from datetime import UTC, datetime

import pytest

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.query import SearchQuery
from lhcr.fhir.search.query_parser import parse_query
from lhcr.kernel.errors import Incorrect
from lhcr.record.draft import Draft, Method
from lhcr.record.repeated import refuse_repeated


def draft(
    method: Method,
    kind: str = "Observation",
    *,
    id: str | None = None,
    full_url: str | None = None,
    condition: SearchQuery | None = None,
) -> Draft:
    return Draft(
        method=method, type=kind, type_id=type_id(kind), resource={}, id=id, full_url=full_url, condition=condition
    )


def search(text: str) -> SearchQuery:
    name, value = text.split("=")
    return parse_query("Observation", [(name, value)], now=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (draft(Method.PUT, id="a"), draft(Method.PUT, id="a")),
        (draft(Method.PUT, id="a"), draft(Method.DELETE, id="a")),
        (draft(Method.PATCH, id="a"), draft(Method.PUT, id="a", full_url="urn:uuid:1")),
        (draft(Method.POST, full_url="urn:uuid:1"), draft(Method.POST, full_url="urn:uuid:1")),
        (draft(Method.POST, full_url="urn:uuid:1"), draft(Method.PUT, "Patient", id="a", full_url="urn:uuid:1")),
        (draft(Method.POST, condition=search("identifier=1")), draft(Method.POST, condition=search("identifier=1"))),
        (draft(Method.PUT, condition=search("identifier=1")), draft(Method.DELETE, condition=search("identifier=1"))),
    ],
)
def test_two_entries_about_one_resource_are_refused_and_nothing_of_either_is_told(one: Draft, other: Draft) -> None:
    """Hazard: which of the two stands in the end would be an accident."""
    between = draft(Method.POST, "Condition")
    for batch in ([one, other], [other, between, one]):
        with pytest.raises(Incorrect) as caught:
            refuse_repeated(batch)
        (issue,) = caught.value.issues
        assert (caught.value.status, issue.error) == (400, "identity-repeated")
        assert issue.expression == batch[-1].type
        assert "urn:" not in issue.diagnostics


@pytest.mark.parametrize(
    "batch",
    [
        [],
        [draft(Method.POST), draft(Method.POST)],
        [draft(Method.PUT, id="a"), draft(Method.PUT, id="A")],
        [draft(Method.PUT, id="a"), draft(Method.PUT, "Patient", id="a")],
        [draft(Method.POST, full_url="urn:uuid:1"), draft(Method.POST, full_url="urn:uuid:2")],
        [draft(Method.POST, condition=search("identifier=1")), draft(Method.POST, condition=search("identifier=2"))],
        [draft(Method.POST, id="found"), draft(Method.POST, id="found")],
    ],
)
def test_entries_about_different_resources_are_let_be(batch: list[Draft]) -> None:
    """Two creates that found what is there already (If-None-Exist) change nothing, and so do not contradict each other."""
    refuse_repeated(batch)
