"""What any write would refuse of a resource, foreseen without the record: what says in itself that it cannot be filed.

Hazard: a resource is called right that its own area refuses. Whom a number or a reference leads to is not asked here.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from lhcr.fhir.contributor import contribute, source_uri
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_names import BatchNames
from lhcr.record.batch_references import BatchReferences
from lhcr.record.draft import Draft, Method
from lhcr.record.identity_claim import NATIONAL, identity_claim
from lhcr.record.links import LinkReader, read_links
from lhcr.record.naming import naming_of, national_numbers

_SOMEBODY: Final = source_uri("AAAAA")


def foreseeable_issues(resource: JsonObject, *, base: str) -> list[Issue]:
    """Return what is wrong with a structurally valid resource, whoever writes it into whichever record.

    What only another entry of a transaction could put right is a warning. The resource stays as it is.
    """
    resource = copy.deepcopy(resource)
    type_ = resource["resourceType"]
    draft = Draft(method=Method.POST, type=type_, type_id=type_id(type_), resource=resource)
    read_links([draft])
    names = BatchNames([draft], LinkReader(base))
    issues = [issue for check in _checks(draft, resource, names) for issue in _issues(check)]
    unresolved = names.unresolved(BatchReferences([draft]))
    issues += [replace(issue, severity="warning", diagnostics=_ALONE + issue.diagnostics) for issue in unresolved]
    return list(dict.fromkeys(issues))[:MOST_ISSUES]


_ALONE: Final = "Sent by itself it would be refused: "


def _checks(draft: Draft, resource: JsonObject, names: BatchNames) -> Iterator[Callable[[], object]]:
    if draft.type == "Patient":
        for index, each in enumerate(resource.get("identifier") or ()):
            where = f"Patient.identifier[{index}]"
            yield partial(identity_claim, each, source_id=NATIONAL, expression=where)
    else:
        yield partial(naming_of, resource, source_id=NATIONAL, entry_type=names.entry_type)
    yield lambda: list(national_numbers(resource, references=draft.numbered))
    yield partial(contribute, {"meta": resource.get("meta") or {}}, by=_SOMEBODY)


def _issues(check: Callable[[], object]) -> tuple[Issue, ...]:
    try:
        check()
    except Incorrect as error:
        return error.issues
    return ()
