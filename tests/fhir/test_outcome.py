"""OperationOutcomes: valid FHIR, with a stable code for programs and words for people."""

import pytest

from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import error_outcome, operation_outcome
from lhcr.fhir.validation import validate
from lhcr.kernel.errors import Busy, Conflict, Fault, Forbidden, Incorrect, Issue, LhcrError, NotFound, Unavailable

ISSUE = Issue(code="structure", error="unknown-element", diagnostics="No such element.", expression="Patient.x")


def test_an_issue_tells_programs_people_and_the_place() -> None:
    assert operation_outcome([ISSUE]) == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "structure",
                "details": {"coding": [{"system": "urn:lhcr:error", "code": "unknown-element"}]},
                "diagnostics": "No such element.",
                "expression": ["Patient.x"],
            }
        ],
    }


def test_an_outcome_is_valid_and_leaves_out_a_place_that_is_not_known() -> None:
    outcome = operation_outcome([ISSUE, Issue(code="not-found", error="not-found", diagnostics="Nothing here.")])
    assert validate(outcome) == []
    assert b"null" not in write_json(outcome)


def test_an_outcome_without_issues_is_a_defect() -> None:
    with pytest.raises(ValueError, match="needs an issue"):
        operation_outcome([])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Incorrect([ISSUE]), 400),
        (Incorrect([ISSUE], status=422), 422),
        (Forbidden([ISSUE]), 403),
        (NotFound([ISSUE], status=410), 410),
        (Conflict([ISSUE], status=412), 412),
        (Busy([ISSUE]), 429),
        (Fault([ISSUE]), 500),
        (Unavailable([ISSUE]), 503),
    ],
)
def test_each_error_has_one_status_and_outcome(error: LhcrError, status: int) -> None:
    assert error_outcome(error) == (status, operation_outcome([ISSUE]))


def test_no_more_is_told_than_anybody_reads() -> None:
    """Hazard: twenty thousand references that lead nowhere make an answer of five megabytes."""
    issue = Issue(code="not-found", error="reference-unresolved", diagnostics="It leads nowhere.")
    _, outcome = error_outcome(Incorrect([issue] * 20_000, status=412))
    assert len(outcome["issue"]) == 100
