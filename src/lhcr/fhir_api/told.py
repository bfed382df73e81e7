"""What the edge may say by itself: words about the request, made from an error or from issues, never from a stored resource."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import error_outcome, operation_outcome
from lhcr.fhir_api.refusals import headers_of
from lhcr.kernel.errors import Issue, LhcrError

ALL_OK: Final = Issue(code="informational", error="ok", diagnostics="Nothing is wrong.", severity="information")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that holds nothing of anybody's record."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: tuple[bytes, ...] = ()


def refusal(error: LhcrError) -> Told:
    status, outcome = error_outcome(error)
    return Told(status=status, headers=headers_of(error), body=(write_json(outcome),))


def outcome(issues: Sequence[Issue]) -> Told:
    """Answer 200 with an OperationOutcome of issues; one that says so where there are none."""
    return Told(status=200, body=(write_json(operation_outcome(issues or [ALL_OK])),))
