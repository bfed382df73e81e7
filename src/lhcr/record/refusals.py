"""Refusals of placement: why a draft cannot be filed, with the element that is to blame."""

from collections.abc import Mapping, Sequence

from lhcr.fhir.search.homes import home
from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.batch_references import Use
from lhcr.record.blame import path_inside, place_in, places_of
from lhcr.record.draft import Draft
from lhcr.record.naming import Naming


def refuse(issues: Sequence[Issue], *, status: int) -> None:
    """Raise Incorrect with the issues, if there are any."""
    if issues:
        raise Incorrect(issues, status=status)


def unplaced(drafts: Sequence[Draft], namings: Mapping[int, Naming | None]) -> list[Issue]:
    """Return an issue for each draft whose person is not here; `namings` say by the drafts' identities how each is named."""
    return [
        Issue(
            code="business-rule",
            error="subject-unknown",
            diagnostics="The person whom this resource is about is not known here. Send their Patient first, or in the same "
            "transaction.",
            expression=place_in(draft, _subject(draft, namings.get(id(draft)))),
        )
        for draft in drafts[:MOST_ISSUES]
    ]


def contradictory(draft: Draft, naming: Naming) -> Incorrect:
    """Hazard: wrong person. A reference and a number that lead to two persons are for people to look at."""
    issue = Issue(
        code="business-rule",
        error="subject-contradicts",
        diagnostics="The resource names its person in two ways that lead to two different persons. Nothing was written.",
        expression=draft.type + _subject(draft, naming),
    )
    return Incorrect([issue], status=422)


def unresolved(uses: Sequence[Use]) -> list[Issue]:
    return _at_elements(
        uses,
        "not-found",
        "reference-unresolved",
        "This urn: reference names no entry of the same transaction by its fullUrl.",
    )


def unmatched(uses: Sequence[Use]) -> list[Issue]:
    """Hazard: a sensitive item exposed. What is hidden from the source is told as what is not there."""
    return _at_elements(
        uses,
        "not-found",
        "reference-unresolved",
        "This conditional reference matches no resource, or several, among those that this source may see.",
    )


def strangers(uses: Sequence[Use]) -> list[Issue]:
    return _at_elements(
        uses,
        "business-rule",
        "reference-other-person",
        "This reference leads to an entry in another person's record. Nothing was written.",
    )


def _at_elements(uses: Sequence[Use], code: str, error: str, diagnostics: str) -> list[Issue]:
    """Return an issue for each of as many uses as anybody reads about, without what they say: that may be a number."""
    places = places_of(uses[:MOST_ISSUES])
    return [Issue(code=code, error=error, diagnostics=diagnostics, expression=place) for place in places]


def _subject(draft: Draft, naming: Naming | None) -> str:
    """Return the path of the element that names the person, or else of the one that may."""
    if naming is not None and naming.element is not None and draft.resource is not None:
        return path_inside(draft.resource, naming.element)
    subjects = home(draft.type).subjects
    return f".{subjects[0]}" if subjects else ""
