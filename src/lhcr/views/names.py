"""What the entries of a record call one another: references resolved to the words that a reader needs."""

from collections.abc import Iterable

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.entry import Entry
from lhcr.views.json_walk import object_of, objects_of, text_of
from lhcr.views.person_name import read_name


class Names:
    """The resources of a record by the references that can point at them. Shapes are not trusted."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._resources: dict[str, JsonObject] = {}
        for entry in entries:
            self._resources[entry.reference] = entry.resource
            self._resources[f"urn:uuid:{entry.resource.get('id', '')}"] = entry.resource

    def resolve(self, reference: str, *, holder: JsonObject | None = None) -> JsonObject | None:
        """The resource that a reference means, among those contained in the holder and those of the record."""
        if reference.startswith("#"):
            inside = objects_of(object_of(holder).get("contained"))
            return next((item for item in inside if item.get("id") == reference[1:]), None)
        return self._resources.get(reference) or self._resources.get("/".join(reference.split("/")[-2:]))

    def words(self, reference: JsonObject, *, holder: JsonObject | None = None) -> str:
        """The name behind a reference: its display, else the resource's own name, else its identifier."""
        display = text_of(reference.get("display"))
        if display:
            return display
        target = self.resolve(text_of(reference.get("reference")), holder=holder)
        return (_own_name(target) if target else "") or _identifier(reference)


def _own_name(resource: JsonObject) -> str:
    name = resource.get("name")
    if isinstance(name, str):
        return name
    if name is not None:
        return read_name(name).shown
    for element in ("code", "title", "type", "description", "vaccineCode"):
        value = resource.get(element)
        title = read_concept(value[0] if isinstance(value, list) and value else value).title
        if title:
            return title
    return _role_name(resource)


def _role_name(resource: JsonObject) -> str:
    parts = (object_of(resource.get(part)).get("display") for part in ("practitioner", "organization"))
    return ", ".join(text_of(part) for part in parts if text_of(part))


def _identifier(reference: JsonObject) -> str:
    return text_of(object_of(reference.get("identifier")).get("value"))
