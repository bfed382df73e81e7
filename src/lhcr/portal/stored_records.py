"""The record reader over this area's own store: decide, read everything, render, release."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.emergency import for_emergency, may_begin_emergency
from lhcr.access.notice import told_of_sensitive
from lhcr.access.own_choice import may_be_led_to_choose
from lhcr.access.own_word import OwnWord
from lhcr.access.policy import Policy
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.access.rules import consent, relationship
from lhcr.access.verdict import deny_unless_emergency
from lhcr.access.ways import ways_past
from lhcr.audit.answer import Answer
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import NotFound
from lhcr.kernel.ids import Ids
from lhcr.kernel.json_types import JsonObject
from lhcr.portal.closed_sections import closed_sections, narrowed_sections, withholds_sensitive
from lhcr.portal.contributors import NOT_STATED, Contributors
from lhcr.portal.hidden_sections import hidden_sections
from lhcr.portal.ports import ReadRecord, RenderRecord
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.unshared_sections import unshared_sections
from lhcr.portal.whereabouts import names_nobody, whereabouts_of
from lhcr.record.everything import Page, Range
from lhcr.record.record import Record
from lhcr.views.completeness import Completeness, SourceAnswer, Whereabouts
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
        own_word: OwnWord,
    ) -> None:
        self._gate = gate
        self._record = record
        self._policy = policy
        self._keys = keys
        self._table = table
        self._names = names
        self._ids = ids
        self._own_word = own_word

    async def open_record(self, principal: Principal, key: str, *, render: RenderRecord) -> Released:
        """As `RecordReader.open_record`. A key that means nobody is refused as a stranger's is, and so is that of a Patient who is hidden by now.

        While an emergency session of the reader's about this person is in force, it is for emergency treatment that they read.
        """
        patient_id = self._keys.open(key) or ""
        name = await self._record.patient_name(patient_id) if patient_id else None
        request = Request(
            interaction=Interaction.EVERYTHING,
            type=None,
            person=UNKNOWN if name is None else name.person,
            by=name,
            request_id=self._ids.token(),
            asked="Patient/$everything",
        )
        in_force = await self._own_word.in_force(principal, request.person)
        urgent = in_force.emergency is not None and may_begin_emergency(principal)
        decision = await self._gate.decide(for_emergency(principal) if urgent else principal, request)

        def answer(page: Page) -> Answer:
            return render(replace(self._read(page, patient_id, decision), in_force=in_force))

        try:
            return await self._page(decision, patient_id, answer)
        except NotFound:
            if decision.restricted_to_own:
                raise self._refused(decision) from None
            raise

    async def _page(self, decision: AccessDecision, patient_id: str, answer: Callable[[Page], Answer]) -> Released:
        asked = decision.request.person
        return await self._record.everything.page(
            decision,
            id=patient_id,
            person_id=_NOBODY if asked is None or asked is UNKNOWN else asked,
            asked=Range(),
            after=None,
            count=_MOST,
            render=answer,
            with_contributions=True,
        )

    def _refused(self, decision: AccessDecision) -> Refused:
        """Return what somebody reads who asks for what others say of a person of whom they see only what their organisation wrote.

        Without a relationship it is told as to a stranger, else as to whom the person's objection stops: what they may do is the
        same, and "not found" would end their way.
        """
        stranger = deny_unless_emergency(relationship.RULE, relationship.NOTHING_IN_FORCE)
        verdict = stranger if decision.own_only else consent.kept_to_own(self._policy)
        ways = ways_past(verdict, decision.principal, policy=self._policy)
        return Refused(verdict, reference=decision.reference, ways=ways, contact=self._policy.file.contact.sentence)

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
            objected=decision.restricted_to_own and not decision.own_only,
            silent=self._silent(decision),
            cut=page.after is not None,
            chooses=may_be_led_to_choose(principal, own=whereabouts is Whereabouts.OWN, policy=self._policy),
            noticed=page.notice.given,
            hidden=hidden_sections(page.notice, self._table, policy=self._policy),
            tells_withheld=told_of_sensitive(principal, policy=self._policy),
            whereabouts=whereabouts,
        )
        return ReadRecord(
            entries=entries,
            completeness=completeness,
            handles=self._keys.handles(patient_id),
            contributions=contributions,
        )

    def _silent(self, decision: AccessDecision) -> tuple[SourceAnswer, ...]:
        """What is not shared by agreement; of whoever sees their own organisation's part alone it is said that they do."""
        told = () if decision.restricted_to_own else self._gate.not_shared(decision.principal)
        return unshared_sections(told, self._table, decision.principal, policy=self._policy, names=self._names)

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
