"""The error of a transaction, put at the entry that is to blame."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lhcr.fhir_api.bundle_entry import entry_place
from lhcr.kernel.errors import Incorrect, Issue, LhcrError
from lhcr.record.draft import Draft
from lhcr.record.identity_claim import NATIONAL, identity_claims


def placed(error: LhcrError, drafts: Mapping[int, Draft]) -> LhcrError:
    """Return the error of a write with its issues at entries, given the drafts by the numbers of theirs.

    Where the issue may be of any entry of a type, its place says so: `Bundle.entry.resource.ofType(Observation).subject`.
    """
    issues = [replace(issue, expression=_place(issue, drafts)) for issue in error.issues]
    return LhcrError(issues, status=error.status)


def _place(issue: Issue, drafts: Mapping[int, Draft]) -> str | None:
    if issue.expression is None or issue.expression.startswith("Bundle"):
        return issue.expression
    type, dot, rest = issue.expression.partition(".")  # noqa: A001 - a word of FHIR.
    candidates = [number for number, draft in drafts.items() if draft.type == type]
    blamed = [number for number in candidates if _is_to_blame(issue, drafts[number])]
    if len(blamed) == 1:
        candidates = blamed
    if len(candidates) == 1:
        return f"{entry_place(candidates[0])}.resource{dot}{rest}"
    return f"Bundle.entry.resource.ofType({type}){dot}{rest}" if candidates else issue.expression


def _is_to_blame(issue: Issue, draft: Draft) -> bool:
    """Whether the draft itself shows what the issue says."""
    if issue.error == "subject-unknown":
        return draft.person_id is None
    return issue.error == "nhs-number-invalid" and issue.expression in set(_wrong_numbers(draft))


def _wrong_numbers(draft: Draft) -> Iterator[str | None]:
    try:
        if draft.type == "Patient" and draft.resource is not None:
            identity_claims(draft.resource, source_id=NATIONAL)
    except Incorrect as error:
        yield from (issue.expression for issue in error.issues)
