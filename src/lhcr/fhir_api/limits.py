"""The limits of one worker: how much a caller may send at once, so that everybody else is served on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lhcr.fhir.document_limits import values_in
from lhcr.fhir.json_document import write_json
from lhcr.fhir_api.refusals import too_many_entries, too_many_values
from lhcr.kernel.json_types import JsonArray, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`body`: bytes of one body. `bodies`: bytes of large bodies that one worker holds at once.

    `values`: members and items of one body. `resource_values`: of one resource that is no Bundle. `entries`: of one Bundle.
    """

    body: int = 50 * 1024 * 1024
    bodies: int = 50 * 1024 * 1024
    values: int = 500_000
    resource_values: int = 100_000
    entries: int = 5_000

    def check(self, document: JsonObject, *, values_at_most: int) -> None:
        """Raise Incorrect (413) where a document holds too many entries or one of its resources too many values.

        `values_at_most` is a number of values of which the document surely holds no more, entries and resources counted.
        """
        if values_at_most <= min(self.entries, self.resource_values):
            return
        entries = document.get("entry") if document.get("resourceType") == "Bundle" else None
        if not isinstance(entries, list):
            self._check_resources([(document, None)])
            return
        if len(entries) > self.entries:
            raise too_many_entries(self.entries)
        if values_at_most <= self.resource_values:
            return
        self._check_resources((each, f"Bundle.entry[{index}]") for index, each in enumerate(entries))

    def _check_resources(self, placed: Iterable[tuple[Any, str | None]]) -> None:
        for each, place in placed:
            # Each value takes two bytes at least, and writing JSON costs a tenth of counting what it holds.
            if isinstance(each, dict | list) and len(write_json(each)) > 2 * self.resource_values:
                self._count(each, place)

    def _count(self, resource: JsonObject | JsonArray, place: str | None) -> None:
        if values_in(resource, enough=self.resource_values) > self.resource_values:
            raise too_many_values(self.resource_values, place)
