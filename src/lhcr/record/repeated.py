"""Repeated identities: two entries of one batch that are about one resource, which FHIR refuses (R4 http 3.1.0.11.2).

Hazard: which of two entries stands in the end, or which of two is meant by a reference, would be an accident.
"""

from collections.abc import Hashable, Iterator, Sequence

from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.blame import place_in
from lhcr.record.draft import Draft, Method


def refuse_repeated(drafts: Sequence[Draft]) -> None:
    """Raise Incorrect (400) where two drafts change one resource, have one condition or have one fullUrl.

    Conditions must be settled. Two equal conditions of one batch cannot find what the other writes.
    """
    seen: set[Hashable] = set()
    for draft in drafts:
        for identity in _identities(draft):
            if identity in seen:
                raise Incorrect([_repeated(draft)])
            seen.add(identity)


def _identities(draft: Draft) -> Iterator[Hashable]:
    if draft.full_url:
        yield "fullUrl", draft.full_url
    if draft.method is not Method.POST and draft.id is not None:
        yield "id", draft.type_id, draft.id
    if draft.condition is not None:
        yield "condition", draft.type_id, repr(draft.condition)


def _repeated(draft: Draft) -> Issue:
    return Issue(
        code="invalid",
        error="identity-repeated",
        diagnostics="Two entries of the transaction are about the same resource, or have the same fullUrl. Nothing was "
        "written; send one of them.",
        expression=place_in(draft),
    )
