"""Subjects: whether a source entry says whose it is in a way that can be followed.

Hazard: an entry of somebody's record that ends up with nobody, where no reader of that person's record sees it. An entry that names
its person by a reference that leads nowhere is refused, never filed without a person.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from lhcr.fhir.references import ReferenceKind, parse_reference
from lhcr.fhir.search.homes import HomeKind, home, home_reference
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft


def names_of(drafts: Sequence[Draft]) -> set[str]:
    """Return the names under which entries of a batch can refer to each other."""
    names = {draft.full_url for draft in drafts if draft.full_url}
    return names | {f"{draft.type}/{draft.id}" for draft in drafts if draft.id}


def subject_error(draft: Draft, names: Collection[str], *, base: str) -> Incorrect | None:
    """Return why it cannot be known whose a draft is; None where it can, or where it is about nobody."""
    if draft.type == "Patient" or draft.resource is None or home(draft.type).kind is not HomeKind.PERSON:
        return None
    named = list(subject_references(draft.resource))
    if any(reference in names for reference in named):
        return None
    patient = home_reference(draft.resource)
    if patient is not None:
        return None if parse_reference(patient, base=base).kind is ReferenceKind.LOCAL else unknown_subject(draft.type)
    unfollowed = any(reference.startswith("urn:") for reference in named)
    return unknown_subject(draft.type) if unfollowed else None


def conditional_subjects(draft: Draft) -> set[str]:
    """Return the searches by which a draft names its person, `Patient?identifier=...`: only the record can follow them."""
    if draft.resource is None or home(draft.type).kind is not HomeKind.PERSON:
        return set()
    return {reference for reference in subject_references(draft.resource) if "?" in reference}


def subject_references(resource: JsonObject) -> Iterator[str]:
    """Yield the literal references of the elements that may name the person whom a resource is about."""
    for path in home(resource["resourceType"]).subjects:
        for holder in _at(resource, path.split(".")):
            reference = holder.get("reference") if isinstance(holder, dict) else None
            if isinstance(reference, str):
                yield reference


def _at(node: Any, path: Sequence[str]) -> Iterator[Any]:
    if isinstance(node, list):
        for each in node:
            yield from _at(each, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _at(node[path[0]], path[1:])


def unknown_subject(resource_type: str) -> Incorrect:
    """Return what is said of an entry whose person cannot be found."""
    subjects = home(resource_type).subjects
    return Incorrect(
        [
            Issue(
                code="business-rule",
                error="subject-unknown",
                diagnostics="The person whom this is about is named by a reference that leads to no Patient of this file or area.",
                expression=f"{resource_type}.{subjects[0]}" if subjects else resource_type,
            )
        ],
        status=422,
    )
