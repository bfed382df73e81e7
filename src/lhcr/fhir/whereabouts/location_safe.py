"""The location-safe body: the stored JSON of an entry of a restricted person, without what tells where they are."""

from types import MappingProxyType
from typing import Final

from lhcr.fhir.contributor import without_source
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.subsetted import subsetted
from lhcr.fhir.whereabouts.entries import entry_without_places
from lhcr.fhir.whereabouts.givers import is_about_somebody
from lhcr.fhir.whereabouts.people import PEOPLE, person_without_places
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY

_RESTRICTED: Final = MappingProxyType({"system": CONFIDENTIALITY, "code": "R", "display": "restricted"})
_RESTRICTING: Final = ("R", "V")
_META_OF_PEOPLE: Final = frozenset({"versionId", "lastUpdated", "security"})


def location_safe(resource_type: str, body: bytes) -> bytes:
    """Return a stored body without places; the same bytes where `is_about_somebody` says that the type tells nobody's.

    Of people the label `R` says why something is missing, and of everything the tag SUBSETTED says that it is. Id, version and
    time stay, so that the body agrees with its ETag.
    """
    if not is_about_somebody(resource_type):
        return body
    resource = read_json(body)
    is_person = resource_type in PEOPLE
    left = person_without_places(resource) if is_person else entry_without_places(resource)
    # The source of an entry is an organisation that the person went to, and what its sender says of it may name one, too.
    meta = without_source(resource.get("meta") or {})
    if is_person:
        meta = _labelled({name: value for name, value in meta.items() if name in _META_OF_PEOPLE})
    first = {"resourceType": resource_type, "id": resource["id"], "meta": subsetted(meta)}
    return write_json(first | {name: value for name, value in left.items() if name not in first})


def _labelled(meta: JsonObject) -> JsonObject:
    labels = meta.get("security") or []
    if any(each.get("system") == CONFIDENTIALITY and each.get("code") in _RESTRICTING for each in labels):
        return meta
    return meta | {"security": [*labels, dict(_RESTRICTED)]}
