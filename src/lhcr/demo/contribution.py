"""A contribution: what one source hands over at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from lhcr.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Contribution:
    """The ODS code of a source and a FHIR transaction Bundle.

    Its entries are PUT under ids of their own and refer to each other by `Type/id`, so that it can be sent again.
    Numbers are `int` or `Decimal`, as `lhcr.fhir` reads and writes them.
    """

    source_ods: str
    bundle: JsonObject


def contribute(source_ods: str, resources: Iterable[JsonObject]) -> Contribution:
    """Wrap resources into a contribution, in the order given."""
    entries = [_entry(resource) for resource in resources]
    return Contribution(source_ods, {"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _entry(resource: JsonObject) -> JsonObject:
    return {"resource": resource, "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}}
