"""The access category and labels of a resource: what a decision needs to know of it besides its source.

Hazard guarded here: a sensitive item exposed. What cannot be understood counts as the stricter.
"""

from collections.abc import Iterator
from typing import Final

from lhcr.access.policy import OTHER, Policy
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY

_VERY_RESTRICTED: Final = f"{CONFIDENTIALITY}|V"
#: More labels than these are replaced by the strictest, so that a hostile source cannot make access classes without end.
_MOST_LABELS: Final = 3


def category_of(resource: JsonObject, *, policy: Policy) -> str:
    """Return the category of a resource, by its type and, where the policy says so, the codes of its `category`."""
    resource_type = resource["resourceType"]
    by_code = policy.file.category_of_code.get(resource_type)
    if by_code:
        for code in _codes(resource.get("category")):
            if code in by_code:
                return by_code[code]
    return policy.category_by_type.get(resource_type, OTHER)


def categories_of_type(resource_type: str, *, policy: Policy) -> frozenset[str]:
    """Return every category that a resource of this type may have."""
    own = policy.category_by_type.get(resource_type, OTHER)
    return frozenset({own, *policy.file.category_of_code.get(resource_type, {}).values()})


def labels_of(resource: JsonObject, *, policy: Policy) -> tuple[str, ...]:
    """Return the labels of `meta.security` that the policy knows as sensitive, sorted, as `system|code`.

    A code of the confidentiality system that is not known to restrict nothing counts as very restricted. Labels of which
    the policy says nothing decide nothing; they stay in the body that is served.
    """
    labels = {
        label for coding in _objects(_object(resource.get("meta")).get("security")) for label in _label(coding, policy)
    }
    return tuple(sorted(labels)) if len(labels) <= _MOST_LABELS else (_VERY_RESTRICTED,)


def _label(coding: JsonObject, policy: Policy) -> Iterator[str]:
    system, code = coding.get("system"), coding.get("code")
    label = f"{system}|{code}"
    if label in policy.sensitive_labels:
        yield label
    elif system == CONFIDENTIALITY and code not in policy.file.confidentiality_that_restricts_nothing:
        yield _VERY_RESTRICTED


def _codes(categories: object) -> Iterator[str]:
    for concept in _objects(categories):
        for coding in _objects(concept.get("coding")):
            if isinstance(coding.get("code"), str):
                yield coding["code"]


def _objects(value: object) -> Iterator[JsonObject]:
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
