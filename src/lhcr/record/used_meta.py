"""Used meta: the profiles, security labels and tags that the resources of a type, or of all, carry ($meta)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import msgspec

from lhcr.access.decision import AccessDecision
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.released import Released
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import parameters_of, type_ids
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.current import Current, Rows
from lhcr.record.sql import USED_META
from lhcr.store.database import Pool

MOST: Final = 1_000
_NAMES: Final = ("profile", "security", "tag")

Render: TypeAlias = Callable[[JsonObject], Answer]


class UsedMeta:
    def __init__(self, *, pool: Pool, log: AuditLog, clock: Clock, current: Current) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._current = current

    async def read(self, decision: AccessDecision, *, type: str | None, render: Render) -> Released:
        """Release the union of what visible resources of a type, or of all, carry in `meta`.

        Hazard: a label that only a hidden entry carries tells of that entry. Raises Incorrect (400) for more than 1,000 labels.
        """
        names = tuple(type_ids()) if type is None else (type,)
        decision, rows = await self._current.rows(decision, lambda now: self._rows(now, names))
        bodies = [row["body"] for row in rows if row["body"] is not None]
        if len(bodies) > MOST:
            raise Incorrect([_too_many()])
        entry = decision.entry.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS)
        return await self._log.release([entry], render(_union(read_json(body).get("meta") or {} for body in bodies)))

    async def _rows(self, decision: AccessDecision, names: Iterable[str]) -> Rows:
        known = [parameters_of(name) for name in names]
        coded = [row for each in known for code in ("_tag", "_security") for row in each[code].rows]
        profiles = [row for each in known for row in each["_profile"].rows]
        mask = decision.visibility.mask
        about_people = decision.visibility.persons is None
        bounds = mask, 8 * len(mask), about_people, MOST + 1
        rows: Rows = await self._pool.fetch(USED_META["used_meta"], coded, profiles, *bounds)
        return rows


def _union(metas: Iterable[JsonObject]) -> JsonObject:
    every = list(metas)
    found = {name: list(_distinct(value for meta in every for value in meta.get(name) or ())) for name in _NAMES}
    return {name: values for name, values in found.items() if values}


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    """Yield each label once, told apart by system and code: the same label may be written with and without its display."""
    seen: set[bytes] = set()
    for value in values:
        key = msgspec.json.encode([value.get("system"), value.get("code")] if isinstance(value, dict) else value)
        if key not in seen:
            seen.add(key)
            yield value


def _too_many() -> Issue:
    diagnostics = f"There are more than {MOST} labels. Ask for the labels of one type, or of one resource."
    return Issue(code="too-costly", error="meta-too-large", diagnostics=diagnostics)
