"""What a scope that is narrowed to a category leaves of an entry that is read by its id: all of it, or nothing."""

from lhcr.access.decision import AccessDecision
from lhcr.access.smart_scope import narrowed_to
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import parameter
from lhcr.fhir.search.extraction import extract
from lhcr.record.stored import Stored


def within_category(decision: AccessDecision, stored: Stored | None) -> Stored | None:
    """Return a version where the scopes grant reading it, None where it is of no category that they name.

    The category is told as a search tells it, by the same extraction, of the very version. Nothing is parsed for whoever's scopes
    narrow nothing. Hazard: a sensitive item exposed, to an app that was let see laboratory results and asks for imaging by its id.
    What was deleted is of no category.
    """
    if stored is None:
        return None
    categories = narrowed_to(decision.principal, stored.type, letter="r")
    if not categories:
        return stored
    return (
        stored if stored.body is not None and not categories.isdisjoint(_categories(stored.type, stored.body)) else None
    )


def _categories(type: str, body: bytes) -> set[str]:
    by = parameter(type, "category")
    assert by is not None, "a scope is narrowed only by what the type is searched by"
    return {f"{system}|{code}" for number, system, code in extract(read_json(body)).token if number == by.id}
