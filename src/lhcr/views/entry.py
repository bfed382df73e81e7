"""An entry: one resource of a record with where it came from and when it was recorded there."""

from dataclasses import dataclass
from datetime import datetime

from lhcr.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Source:
    """The organisation that contributed an entry, by its ODS code and its name for people."""

    ods: str
    name: str

    @property
    def shown(self) -> str:
        return self.name or self.ods or "Source not stated"


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource as parsed JSON, its contributor, and the instant at which this record took it in."""

    resource: JsonObject
    source: Source
    recorded: datetime | None = None

    @property
    def kind(self) -> str:
        kind = self.resource.get("resourceType")
        return kind if isinstance(kind, str) else ""

    @property
    def reference(self) -> str:
        """The entry's address inside the record, such as `Condition/abc`."""
        return f"{self.kind}/{self.resource.get('id', '')}"
