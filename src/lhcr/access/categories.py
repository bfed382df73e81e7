"""The access category and labels of a resource: what a decision needs to know of it besides its source.

Hazard guarded here: a sensitive item exposed. What cannot be understood counts as the stricter.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from lhcr.access.access_class import AccessClass
from lhcr.access.consent_scope import SHARING_CHOICE, is_about_sharing
from lhcr.access.disputed import category_of_disputed
from lhcr.access.policy import OTHER, Policy
from lhcr.access.security_label import REDACTED, VERY_RESTRICTED, canonical_label, is_redacted, read_label
from lhcr.access.sensitivity_codes import is_label_of_set, joint_labels, labels_of_sets
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY

#: More labels than these are replaced by the strictest, so that a hostile source cannot make access classes without end.
_MOST_LABELS: Final = 3
#: Labels of what is returned to nobody: very restricted for every rule that asks who may see it, and closed to its own source too.
_NEVER_RETURNED: Final = frozenset({VERY_RESTRICTED, REDACTED})
#: The elements, beside `meta`, in which there may be labels.
_LABELLING: Final = frozenset({"contained", "entry", "securityLabel", "confidentiality", "scope"})


def category_of(resource: JsonObject, *, policy: Policy) -> str:
    """Return the category of a resource, by its type and, where the policy says so, the codes of its `category`.

    A dispute is of the category of what is said to be wrong, where that tells of a kind of care: its words tell what it holds.
    """
    resource_type = resource["resourceType"]
    if resource_type == "Task" and (disputed := category_of_disputed(resource)) in policy.categories_of_care:
        return str(disputed)
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
    """Return the labels of a resource and of what it contains that hide it from somebody, sorted, as `system|code`.

    What a label means is said in `read_label`. Labels of which the policy says nothing, in systems that are not known, decide
    nothing; they stay in the body that is served. What stands inside, contained or as an entry of a Bundle, has no row of its
    own, so that its labels count for the whole. `DocumentReference.securityLabel` and `Composition.confidentiality` are labels too,
    and a Consent about sharing has one of the area's own: what somebody objects to tells what there is to hide.
    """
    # Most resources have neither, and every write asks.
    if _LABELLING.isdisjoint(resource) and "security" not in (resource.get("meta") or ()):
        return ()
    labels: set[str] = set()
    for coding in _labelling(resource):
        if is_redacted(coding):
            labels |= _NEVER_RETURNED
        elif (label := _label(coding, policy)) is not None:
            labels.add(label)
    return _few(labels)


def joined_labels(
    own: Collection[str], followed: Iterable[AccessClass], *, policy: Policy, of_sets: Collection[str] = ()
) -> tuple[str, ...]:
    """Return labels together with those of the classes of what a resource follows, such as the target of a Provenance.

    What follows an entry of a category that is sensitive without labels is very restricted, because its own category is another.
    Labels of value sets stay such, so that they go with their set.
    """
    labels, given = set(own), set(of_sets)
    for each in followed:
        given |= labels_of_sets(each.labels)
        said = (canonical_label(label) for label in each.labels if not is_label_of_set(label))
        labels |= (policy.hiding_labels | {REDACTED}).intersection(said)
        labels |= {VERY_RESTRICTED} if each.category in policy.sensitive_categories else set()
    return joint_labels(_few(labels), given)


def _few(labels: Collection[str]) -> tuple[str, ...]:
    if REDACTED in labels:
        return tuple(sorted(_NEVER_RETURNED))
    return tuple(sorted(labels)) if len(labels) <= _MOST_LABELS else (VERY_RESTRICTED,)


def _labelling(resource: JsonObject) -> Iterator[JsonObject]:
    pending = [resource]
    while pending:
        part = pending.pop()
        yield from _objects(_object(part.get("meta")).get("security"))
        yield from _own_labelling(part)
        pending += _objects(part.get("contained"))
        pending += [_object(entry.get("resource")) for entry in _objects(part.get("entry"))]


def _own_labelling(resource: JsonObject) -> Iterator[JsonObject]:
    """Yield what the elements of single types say as labels; a label in words alone is one that is not understood."""
    if resource.get("resourceType") == "DocumentReference":
        for concept in _objects(resource.get("securityLabel")):
            yield from [*_objects(concept.get("coding"))] or [{}]
    if resource.get("resourceType") == "Composition" and "confidentiality" in resource:
        yield {"system": CONFIDENTIALITY, "code": resource["confidentiality"]}
    if resource.get("resourceType") == "Consent" and is_about_sharing(resource):
        system, _, code = SHARING_CHOICE.partition("|")
        yield {"system": system, "code": code}


def _label(coding: JsonObject, policy: Policy) -> str | None:
    return read_label(coding, hiding=policy.hiding_labels, harmless=policy.harmless_labels)


def _codes(categories: object) -> Iterator[str]:
    for concept in _objects(categories):
        for coding in _objects(concept.get("coding")):
            if isinstance(coding.get("code"), str):
                yield coding["code"]


def _objects(value: object) -> Iterator[JsonObject]:
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
