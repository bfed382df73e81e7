"""Own choices: a person says on their own page who may not see what, sees what they said, and takes it back.

Each is a Consent among the entries of the source `PEOPLE`, so that whoever may read Consents of the person over FHIR reads it, and
orders, merges and the log treat it as any entry; and it is facts, by which the next request in every worker decides. Consent, facts,
the entry of the log and the person's next epoch are durable together or not at all. Nobody is tied to the person by it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from lhcr.access.case import Case
from lhcr.access.case_facts import known_facts
from lhcr.access.choice_entry import MADE, READ, WITHDRAWN, choice_draft, refuse_choice
from lhcr.access.classes import AccessClasses
from lhcr.access.consent import ConsentFact
from lhcr.access.decision import AccessDecision
from lhcr.access.facts import counted_consents, read_standing
from lhcr.access.own_choice import PEOPLE, Choice, ChoiceKind, is_the_person, judge_choice
from lhcr.access.policy import Policy
from lhcr.access.projection import Said
from lhcr.access.refusal import Refused
from lhcr.access.relationship import parties_of
from lhcr.access.request import Interaction
from lhcr.access.verdict import Verdict
from lhcr.audit.entry import Item, Outcome
from lhcr.audit.lane import Lane
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.audit.outage import unavailable_when_down
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Conflict, Incorrect, Issue, NotFound
from lhcr.kernel.ids import RouteCipher
from lhcr.record.batch_rows import RowBuilder
from lhcr.record.choice_consent import consent_of
from lhcr.record.consent_rows import ConsentRows
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import absent
from lhcr.record.named_organisations import NamedOrganisations
from lhcr.record.own_choice import CONSENT, OwnChoice, OwnChoices, choice_draft_of, read_choice_row, withdrawal_of
from lhcr.record.persons import lock_persons
from lhcr.record.row_numbers import RowNumbers
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "own_choices.sql")
_PATIENT: Final = type_id("Patient")
#: More than anybody needs who changes their mind, and few enough that nobody fills a record with them.
MOST_A_DAY: Final = 30
_MOST_IN_FORCE: Final = 50
_OUTAGE: Final = "Choices cannot be read or written now, so nothing was changed. Ask again in a moment."


class _NoSay(Exception):
    """Somebody who is refused once the transaction has ended."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class _Open:
    """A person who is locked, and whether they ask themself."""

    connection: Connection
    lane: Lane
    person_id: int
    source_id: int
    by_person: bool


class Choosing:
    """Writes and reads choices for one worker. `area` is what the area calls itself."""

    def __init__(
        self,
        *,
        pool: Pool,
        log: AuditLog,
        clock: Clock,
        builder: RowBuilder,
        routes: RouteCipher,
        classes: AccessClasses,
        organisations: NamedOrganisations,
        policy: Policy,
        area: str,
    ) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._builder = builder
        self._routes = routes
        self._classes = classes
        self.organisations = organisations
        self._policy = policy
        self._numbers = RowNumbers(pool)
        self._area = area

    async def choices(self, decision: AccessDecision) -> OwnChoices:
        """Return what a person chose, and what of all that is recorded counts. Raises Refused for whoever has no say in it."""
        case, found = await self._found(decision, _person_of(decision))
        verdict = judge_choice(case)
        if not verdict.permits:
            raise await self._refusal(decision, READ, verdict)
        items = [each.item for each in found.choices]
        entry = choice_draft(decision, READ).complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS, items=items)
        await self._log.append([entry])
        return found

    async def _found(self, decision: AccessDecision, person_id: int) -> tuple[Case, OwnChoices]:
        async with (
            unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE),
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            case = await self._case(connection, decision, person_id)
            counted = await self._counted(connection, person_id)
            choices = await self._choices(connection, person_id, by_person=is_the_person(case))
        return case, OwnChoices(choices=choices, counted=counted)

    async def _counted(self, connection: Connection, person_id: int) -> dict[str, list[ConsentFact]]:
        facts = await counted_consents(connection, person_id, now=self._clock.now())
        names = await connection.fetch(_SQL["names_of_consents"], person_id, [rid for rid, _ in facts])
        ids = {row["rid"]: row["id"] for row in names}
        counted: dict[str, list[ConsentFact]] = {}
        for rid, fact in facts:
            counted.setdefault(ids.get(rid, ""), []).append(fact)
        return counted

    async def choose(self, decision: AccessDecision, choice: Choice) -> None:
        """Let what a person chooses count from the next request on; a choice that stands already is not made twice.

        Raises Refused, Incorrect (422, `choice-unknown`) for an organisation that nobody here knows, Busy (429, `choices-often`)
        and Conflict (`choices-many`).
        """
        named = choice.kind in {ChoiceKind.ORGANISATION, ChoiceKind.SOURCE}
        known = await self.organisations.known() if named else {}
        if named and choice.named not in known:
            raise _unknown()
        (rid,) = await self._numbers.take(1)
        async with self._opened(decision, MADE) as opened:
            stand = await self._choices(opened.connection, opened.person_id, by_person=opened.by_person)
            same = [each for each in stand if each.in_force and each.choice == choice and each.withdrawable]
            item = same[0].item if same else None
            if item is None:
                _refuse_many(stand)
                await self._refuse_often(opened)
                draft = await self._made(opened, choice, rid=rid, organisation=known.get(choice.named, ""))
                item = await self._store(opened, draft)
            await self._write_down(opened, decision, MADE, item)

    async def withdraw(self, decision: AccessDecision, *, id: str) -> None:
        """Take back a choice: it alone, whatever else keeps the same. One that was taken back stays so.

        Raises Refused, Busy, and NotFound for what is not the asker's to take back.
        """
        async with self._opened(decision, WITHDRAWN) as opened:
            stand = await self._choices(opened.connection, opened.person_id, by_person=opened.by_person)
            meant = next((each for each in stand if each.id == id and each.withdrawable), None)
            if meant is None:
                raise NotFound([absent("Consent")])
            item = meant.item
            if meant.in_force:
                await self._refuse_often(opened)
                item = await self._store(opened, withdrawal_of(meant, opened.person_id))
            await self._write_down(opened, decision, WITHDRAWN, item)

    @asynccontextmanager
    async def _opened(self, decision: AccessDecision, subtype: str) -> AsyncIterator[_Open]:
        """Lend a transaction in which the person is locked, once it is sure, under that lock, that the asker has a say.

        Hazard: a proxy who is none any more closes or opens a record, by a decision that another worker's write has overtaken.
        """
        person_id = _person_of(decision)
        try:
            async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
                source_id = await self._classes.source_of(PEOPLE, name=self._area)
                async with self._log.write_lane() as lane:
                    async with self._pool.acquire() as connection, connection.transaction():
                        await lock_persons(connection, {person_id})
                        case = await self._case(connection, decision, person_id)
                        _require_say(case)
                        by_person = is_the_person(case)
                        yield _Open(connection, lane, person_id, source_id, by_person)
                    lane.committed()
        except _NoSay as refused:
            raise await self._refusal(decision, subtype, refused.verdict) from None

    async def _case(self, connection: Connection, decision: AccessDecision, person_id: int) -> Case:
        now, asker = self._clock.now(), decision.principal
        standing = await read_standing(connection, person_id, parties=parties_of(asker), now=now)
        known = known_facts(standing, policy=self._policy, now=now)
        return Case(principal=asker, request=decision.request, policy=self._policy, **known)

    async def _refusal(self, decision: AccessDecision, subtype: str, verdict: Verdict) -> Refused:
        return await refuse_choice(decision, subtype, verdict, log=self._log, policy=self._policy, clock=self._clock)

    async def _choices(self, connection: Connection, person_id: int, *, by_person: bool) -> list[OwnChoice]:
        source_id = self._classes.table.source_by_ods.get(PEOPLE)
        rows = await connection.fetch(_SQL["choices"], person_id, CONSENT, source_id)
        return [read_choice_row(row, by_person=by_person) for row in rows]

    async def _refuse_often(self, opened: _Open) -> None:
        """Hazard: a record that nobody can be sure of, because somebody opens and closes it all day."""
        asked = (opened.person_id, CONSENT, opened.source_id)
        if await opened.connection.fetchval(_SQL["written_lately"], *asked) >= MOST_A_DAY:
            diagnostics = (
                "These choices have been changed very often today. Change them again tomorrow; nothing was changed now."
            )
            raise Busy([Issue(code="throttled", error="choices-often", diagnostics=diagnostics)])

    async def _made(self, opened: _Open, choice: Choice, *, rid: int, organisation: str) -> Draft:
        patient = await opened.connection.fetchval(_SQL["patient_of"], opened.person_id, _PATIENT)
        if patient is None:
            raise NotFound([absent("Patient")])
        consent = consent_of(
            choice,
            patient=patient,
            by_person=opened.by_person,
            now=self._clock.now(),
            area=self._area,
            organisation=organisation,
        )
        own_id = self._routes.assign(person_id=opened.person_id, rid=rid)
        return choice_draft_of(Method.POST, consent, id=own_id, rid=rid, person_id=opened.person_id)

    async def _store(self, opened: _Open, draft: Draft) -> Item:
        """Write the Consent with its search rows, its facts, a notice and the person's next epoch."""
        said = Said(
            recorded=self._clock.now(),
            source=PEOPLE,
            resolve=_no_reference,
            policy=self._policy,
            names_proxies=False,
        )
        rows = await self._builder.build([draft], source_id=opened.source_id)
        facts = ConsentRows([draft], counts=self._policy.file.consent.takes_own_word, said=said)
        await facts.clear(opened.connection)
        statement = rows.elsewhere.statement(directory=False)
        facts.add_to(statement)
        rows.add_consequences(statement, permitted={})
        text, arguments = statement.build()
        await opened.connection.fetchval(text, *arguments)
        return Item("Consent", draft.id or "", draft.version)

    async def _write_down(self, opened: _Open, decision: AccessDecision, subtype: str, item: Item) -> None:
        entry = choice_draft(decision, subtype).complete(
            recorded=self._clock.now(), outcome=Outcome.SUCCESS, items=[item]
        )
        await opened.connection.execute(INSERT_ENTRIES, *opened.lane.prepare([entry]).parameters)


def _require_say(case: Case) -> None:
    verdict = judge_choice(case)
    if not verdict.permits:
        raise _NoSay(verdict)


def _refuse_many(stand: Sequence[OwnChoice]) -> None:
    if sum(each.in_force for each in stand) >= _MOST_IN_FORCE:
        diagnostics = "There are very many choices already. Take some back, or object to sharing the whole record."
        raise Conflict([Issue(code="too-costly", error="choices-many", diagnostics=diagnostics)])


def _unknown() -> Incorrect:
    diagnostics = "Choose an organisation."
    return Incorrect([Issue(code="value", error="choice-unknown", diagnostics=diagnostics)], status=422)


def _no_reference(_: str) -> None:
    """A choice names organisations by their codes."""


def _person_of(decision: AccessDecision) -> int:
    """Return whom a decision is about that lets somebody read the Consents of one person."""
    request = decision.request
    person = request.person
    if (
        request.interaction is not Interaction.READ
        or request.type != "Consent"
        or not isinstance(person, int)
        or person <= 0
    ):
        raise TypeError("the decision is not about one person's Consents")
    return person
