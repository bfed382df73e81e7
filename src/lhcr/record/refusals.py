"""Refusals of placement: why a draft cannot be filed."""

from collections.abc import Iterator, Sequence

from lhcr.fhir.search.homes import home
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.draft import Draft


def refuse(issues: Sequence[Issue], *, status: int) -> None:
    """Raise Incorrect with the issues, if there are any."""
    if issues:
        raise Incorrect(issues, status=status)


def unplaced(draft: Draft) -> Iterator[Issue]:
    yield Issue(
        code="business-rule",
        error="subject-unknown",
        diagnostics="The person whom this resource is about is not known here. Send their Patient first, or in the same "
        "transaction.",
        expression=_subject(draft),
    )


def contradictory(draft: Draft) -> Issue:
    """Hazard: wrong person. A reference and a number that lead to two persons are for people to look at."""
    return Issue(
        code="business-rule",
        error="subject-contradicts",
        diagnostics="The resource names its person in two ways that lead to two different persons. Nothing was written.",
        expression=_subject(draft),
    )


def unresolved(draft: Draft) -> Issue:
    return Issue(
        code="not-found",
        error="reference-unresolved",
        diagnostics=f"A urn: reference of {_name(draft)} names no entry of the same transaction by its fullUrl.",
        expression=draft.type,
    )


def stranger(draft: Draft) -> Issue:
    return Issue(
        code="business-rule",
        error="reference-other-person",
        diagnostics="The resource refers to an entry in another person's record. Nothing was written.",
        expression=draft.type,
    )


def _subject(draft: Draft) -> str:
    subjects = home(draft.type).subjects
    return f"{draft.type}.{subjects[0]}" if subjects else draft.type


def _name(draft: Draft) -> str:
    return f"the entry {draft.full_url}" if draft.full_url else "the resource"
