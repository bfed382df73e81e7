"""Others' entries: what whoever writes can read and another organisation contributed is changed by that organisation alone.

Hazard: a wrong entry is believed to be gone. To delete nothing is answered as done, so that nobody learns of what is hidden
from them (docs/adr/0008); of what they can read there is nothing to hide, and they are told that it stands. Whoever may not read
it learns nothing: they are answered as where nobody has the id.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.rules import own_contribution
from lhcr.audit.entry import Outcome, PendingEntry
from lhcr.audit.reference import new_decision_number, reference_of
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir.search.query import Criterion, TokenValue
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Conflict, Forbidden, Issue, NotFound
from lhcr.record.blame import place_in
from lhcr.record.conditions import Conditions
from lhcr.record.current import Current, Rows
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import Owned, find_existing
from lhcr.record.links import Key
from lhcr.record.patient_read import stored_patient
from lhcr.record.persons import DIRECTORY, Persons
from lhcr.record.reach import persons_to_be_named
from lhcr.record.reading import contributions_of
from lhcr.record.sql import READS
from lhcr.store.database import Connection

_PATIENT: Final = "Patient"


class NotOwn(Forbidden):
    """403: the entry can be read, and another organisation contributed it. Nothing was changed."""

    def __init__(self, draft: Draft, decision: AccessDecision, *, at: datetime) -> None:
        self._decision = decision
        self._at = at
        # A number of its own: the permit to write, on which this rests, may have served other writes.
        self._number = new_decision_number(at)
        instead = "" if draft.method is Method.DELETE else " What you know beside it, create with POST as your own."
        diagnostics = (
            f"Another organisation contributed this {draft.type}, and only they can change or delete it: ask them. meta.source says "
            f"who they are, where that may be told. Nothing was changed.{instead} Decision {reference_of(self._number)}."
        )
        super().__init__(
            [Issue(code="forbidden", error=own_contribution.RULE, diagnostics=diagnostics, expression=place_in(draft))]
        )

    def entry(self) -> PendingEntry:
        """Return the entry of the log that says so, under the reference that is told."""
        reference = reference_of(self._number)
        rule = own_contribution.RULE
        refused = replace(self._decision.entry, decision=self._number, reference=reference, rule=rule)
        return refused.complete(recorded=self._at, outcome=Outcome.REFUSED, query=self._decision.request.query)


class OthersEntries:
    """Refuses what would change the entries of others; whether they can be read is decided anew inside the write."""

    def __init__(self, *, current: Current, conditions: Conditions, persons: Persons, clock: Clock) -> None:
        self._clock = clock
        self._current = current
        self._conditions = conditions
        self._persons = persons

    async def refuse(
        self, connection: Connection, drafts: Sequence[Draft], decided: Sequence[AccessDecision], *, owned: Owned
    ) -> None:
        """Raise NotOwn for the first draft that would change what another source contributed and its writer can read.

        `decided` are the decisions on each draft in turn. The conditions of drafts have been looked for among the source's own
        contributions; one that found nothing there is looked for among what can be read.
        """
        for draft, decision in zip(drafts, decided, strict=True):
            if not _asks(draft, decision):
                continue
            with suppress(Refused):
                if await self._is_others(connection, draft, decision, owned=owned):
                    raise NotOwn(draft, decision, at=self._clock.now())

    async def _is_others(self, connection: Connection, draft: Draft, decision: AccessDecision, *, owned: Owned) -> bool:
        if draft.key is None:
            return await self._is_found(connection, draft, decision)
        located = await self._persons.locate(connection, [draft.key])
        before = (await find_existing(connection, [draft], located, owned=owned, lock=False)).get(draft.key)
        if before is None or before.owned or before.body is None:
            return False
        reading = await self._reading(decision, draft, before.person_id)
        return reading is not None and await self._reads(connection, reading, draft, before.person_id)

    async def _is_found(self, connection: Connection, draft: Draft, decision: AccessDecision) -> bool:
        """Whether a condition finds anything in the record of the one person of whom it asks."""
        if draft.condition is None:
            return False
        named = _named(draft)
        located = {} if named is None else await self._persons.locate(connection, [named])
        person_id = located[named].person_id if named in located else decision.request.person
        if not isinstance(person_id, int) or person_id <= 0:
            return False
        reading = await self._reading(decision, draft, person_id)
        if reading is None:
            return False
        await self._current.refuse_beyond_scopes(reading, draft.condition)
        probe = Draft(
            method=Method.PATCH, type=draft.type, type_id=draft.type_id, resource=None, condition=draft.condition
        )
        try:
            await self._conditions.settle(connection, [probe], visibility=reading.visibility)
        except NotFound:
            return False
        except Conflict:
            return True  # It finds several.
        return True

    async def _reading(self, decision: AccessDecision, draft: Draft, person_id: int) -> AccessDecision | None:
        about = None if person_id == DIRECTORY else person_id
        return await self._current.reading(decision, type=draft.type, person_id=about)

    async def _reads(self, connection: Connection, reading: AccessDecision, draft: Draft, person_id: int) -> bool:
        """Whether the id can be read under a decision, as it stands."""
        key = person_id, draft.type_id, draft.id

        async def run(now: AccessDecision) -> Rows:
            mask = now.visibility.mask
            if draft.type == _PATIENT:
                rows: Rows = await connection.fetch(READS["contributions"], *key[:2], mask)
            elif person_id == DIRECTORY:
                rows = await connection.fetch(READS["read_directory"], *key, mask)
            else:
                rows = await connection.fetch(READS["read"], *key, mask, persons_to_be_named(now))
            return rows

        _, rows = await self._current.rows(reading, run)
        if draft.type == _PATIENT:
            stored = stored_patient(contributions_of(rows), id=draft.id or "")
            return stored is not None and stored.body is not None
        return rows[0]["body"] is not None


def _asks(draft: Draft, decision: AccessDecision) -> bool:
    """Whether a draft may change what others contributed, so that it is to be found out.

    An update that names an id chooses it as its own: one that somebody holds is taken, seen or not. A system reads its own
    organisation's contributions and the directory.
    """
    if draft.found or draft.method is Method.POST:
        return False
    if draft.method is Method.PUT and (draft.condition is None or draft.key is None):
        return False
    return decision.principal.kind is not PrincipalKind.SYSTEM or home(draft.type).kind is HomeKind.DIRECTORY


def _named(draft: Draft) -> Key | None:
    """Return the one id for which a condition asks, None where it asks for none or several."""
    for node in draft.condition.criteria if draft.condition else ():
        if isinstance(node, Criterion) and node.modifier is None and len(node.values) == 1:
            value = node.values[0]
            if node.parameters[0].code == "_id" and isinstance(value, TokenValue) and value.code is not None:
                return draft.type_id, value.code
    return None
