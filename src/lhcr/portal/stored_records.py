"""The record reader over this area's own store: decide, read everything, render, release."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.policy import Policy
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.ids import Ids
from lhcr.kernel.json_types import JsonObject
from lhcr.portal.closed_sections import closed_sections, narrowed_sections, withholds_sensitive
from lhcr.portal.contributors import NOT_STATED, Contributors
from lhcr.portal.ports import ReadRecord, RenderRecord
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.whereabouts import names_nobody, whereabouts_of
from lhcr.record.everything import Page, Range
from lhcr.record.record import Record
from lhcr.views.completeness import Completeness, SourceAnswer
from lhcr.views.entry import Entry, Source
from lhcr.views.json_walk import object_of, text_of
from lhcr.views.sections.table import SectionTable
from lhcr.views.stored_json import read_stored

_MOST = 10_000
_NOBODY = 0
#: The golden Patient is folded from every contribution that the decision permits.
_FOLDED = Source("", "This area, from all that its sources say")


class StoredRecords:
    """Reads records of one worker. `names` gives an organisation's name by its ODS code.

    An entry's source is the organisation under which it was written, whatever its `meta.source` says.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        record: Record,
        policy: Policy,
        keys: RecordKeys,
        table: SectionTable,
        names: Mapping[str, str],
        ids: Ids,
    ) -> None:
        self._gate = gate
        self._record = record
        self._policy = policy
        self._keys = keys
        self._table = table
        self._names = names
        self._ids = ids

    async def open_record(self, principal: Principal, key: str, *, render: RenderRecord) -> Released:
        """As `RecordReader.open_record`. A key that means nobody is refused as a stranger's is."""
        patient_id = self._keys.open(key) or ""
        person_id = await self._record.whose(type="Patient", id=patient_id) if patient_id else None
        request = Request(
            interaction=Interaction.EVERYTHING,
            type=None,
            person=UNKNOWN if person_id is None else person_id,
            request_id=self._ids.token(),
            asked="Patient/$everything",
        )
        decision = await self._gate.decide(principal, request)

        def answer(page: Page) -> Answer:
            return render(self._read(page, patient_id, decision))

        return await self._record.everything.page(
            decision,
            id=patient_id,
            person_id=_NOBODY if person_id is None else person_id,
            asked=Range(),
            after=None,
            count=_MOST,
            render=answer,
            with_contributions=True,
        )

    def _read(self, page: Page, patient_id: str, decision: AccessDecision) -> ReadRecord:
        principal = decision.principal
        found = [(read_stored(body), class_id) for _, _, _, body, class_id in page.found]
        said = [(read_stored(body), class_id) for _, _, _, body, class_id in page.contributions]
        patients = [resource for resource, _ in (*said, *found) if resource.get("resourceType") == "Patient"]
        whereabouts = whereabouts_of(decision, patients)
        called = Contributors(self._names, by_kind=names_nobody(whereabouts, patients))
        entries = [self._entry(resource, class_id, called) for resource, class_id in found]
        contributions = [self._entry(resource, class_id, called) for resource, class_id in said]
        completeness = Completeness(
            sources=_answers([*entries, *contributions]),
            closed=closed_sections(self._table, principal, policy=self._policy),
            narrowed=narrowed_sections(self._table, principal, policy=self._policy),
            withholds=withholds_sensitive(self._policy),
            own_only=decision.restricted_to_own,
            cut=page.after is not None,
            whereabouts=whereabouts,
        )
        return ReadRecord(
            entries=entries,
            completeness=completeness,
            handles=self._keys.handles(patient_id),
            contributions=contributions,
        )

    def _entry(self, resource: JsonObject, class_id: int, called: Contributors) -> Entry:
        meta = object_of(resource.get("meta"))
        source = called.of(self._record.source_of(class_id)) if class_id else _FOLDED
        return Entry(resource, source, _instant(text_of(meta.get("lastUpdated"))))


def _answers(entries: Sequence[Entry]) -> tuple[SourceAnswer, ...]:
    """Every source that gave an entry, with the instant of its newest one."""
    newest: dict[Source, datetime | None] = {}
    for entry in (entry for entry in entries if entry.source not in {_FOLDED, NOT_STATED}):
        before = newest.get(entry.source)
        newest[entry.source] = max(filter(None, (before, entry.recorded)), default=None)
    return tuple(SourceAnswer(source=source, fresh=fresh) for source, fresh in newest.items())


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
