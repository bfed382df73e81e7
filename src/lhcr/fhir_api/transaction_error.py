"""The error of a transaction, put at the entry that is to blame."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.fhir_api.bundle_entry import entry_place
from lhcr.kernel.errors import Incorrect, Issue, LhcrError
from lhcr.record.draft import Draft
from lhcr.record.identity_claim import NATIONAL, identity_claims


def placed(error: LhcrError, drafts: Mapping[int, Draft]) -> LhcrError:
    """Return the error of a write with its issues, as many as anybody reads, at entries; drafts are by the numbers of theirs.

    Where the issue may be of any entry of a type, its place says so: `Bundle.entry.resource.ofType(Observation).subject`.
    """
    places = _Places(drafts)
    issues = [replace(issue, expression=places.of(issue)) for issue in error.issues[:MOST_ISSUES]]
    return LhcrError(issues, status=error.status)


class _Places:
    """The places of one transaction. What a draft shows of itself is found out once, whatever the number of issues."""

    def __init__(self, drafts: Mapping[int, Draft]) -> None:
        self._drafts = drafts
        self._wrong_numbers: dict[int, frozenset[str | None]] = {}

    def of(self, issue: Issue) -> str | None:
        if issue.expression is None or issue.expression.startswith("Bundle"):
            return issue.expression
        type, dot, rest = issue.expression.partition(".")  # noqa: A001 - a word of FHIR.
        candidates = [number for number, draft in self._drafts.items() if draft.type == type]
        blamed = [number for number in candidates if self._is_to_blame(issue, number)]
        if len(blamed) == 1:
            candidates = blamed
        if len(candidates) == 1:
            return f"{entry_place(candidates[0])}.resource{dot}{rest}"
        return f"Bundle.entry.resource.ofType({type}){dot}{rest}" if candidates else issue.expression

    def _is_to_blame(self, issue: Issue, number: int) -> bool:
        """Whether the draft itself shows what the issue says."""
        if issue.error == "subject-unknown":
            return self._drafts[number].person_id is None
        if issue.error != "nhs-number-invalid":
            return False
        if number not in self._wrong_numbers:
            self._wrong_numbers[number] = frozenset(_wrong_numbers(self._drafts[number]))
        return issue.expression in self._wrong_numbers[number]


def _wrong_numbers(draft: Draft) -> Iterator[str | None]:
    try:
        if draft.type == "Patient" and draft.resource is not None:
            identity_claims(draft.resource, source_id=NATIONAL)
    except Incorrect as error:
        yield from (issue.expression for issue in error.issues)
