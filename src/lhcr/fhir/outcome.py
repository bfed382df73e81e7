"""The one mapping from errors to what a FHIR client is answered: a status and an OperationOutcome."""

from collections.abc import Sequence

from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.kernel.errors import Issue, LhcrError
from lhcr.kernel.json_types import JsonObject

ERROR_SYSTEM = "urn:lhcr:error"


def operation_outcome(issues: Sequence[Issue]) -> JsonObject:
    """Write issues, at least one, as an OperationOutcome (http://hl7.org/fhir/R4/operationoutcome.html)."""
    if not issues:
        raise ValueError("An OperationOutcome needs an issue")
    return {"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in issues]}


def error_outcome(error: LhcrError) -> tuple[int, JsonObject]:
    """Give the HTTP status and the OperationOutcome that answer an error, with as many issues as anybody reads."""
    return error.status, operation_outcome(error.issues[:MOST_ISSUES])


def _issue(issue: Issue) -> JsonObject:
    written: JsonObject = {
        "severity": issue.severity,
        "code": issue.code,
        "details": {"coding": [{"system": ERROR_SYSTEM, "code": issue.error}]},
        "diagnostics": issue.diagnostics,
    }
    return written if issue.expression is None else written | {"expression": [issue.expression]}
