"""Retention: what is due to be disposed of by the area's rules, and its disposal, one person at a time.

Hazards guarded here: what is disposed of too early is gone, and a partial record. Nothing is disposed of by default, nothing of which
a date is not known, nothing that is held or restricted, and no demographics of a source of which another entry stays. All is
looked at again under the person's lock. Disposed entries stay disposed: their source cannot send them again under the same name.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from lhcr.access.decision import AccessDecision
from lhcr.audit.entry import Action
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.record.entry_order import EntryRow, GivenOrder, Ordering, OrderKind, Selection, read_authority, rows_of
from lhcr.record.entry_reach import Reach, attachments_of
from lhcr.record.persons import Persons
from lhcr.record.removal import Removal
from lhcr.record.retention_dates import Forever, Life, Unknown, kept_until, life_of
from lhcr.record.retention_policy import RetentionPolicy, RetentionRule
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "retention.sql")
_PATIENT: Final = type_id("Patient")
_DEMOGRAPHIC: Final = frozenset({"Patient", "Person", "RelatedPerson"})
_AT_ONCE: Final = 200

Decide = Callable[[int], Awaitable[AccessDecision]]
"""Returns the permit for one order about a person."""


class Aged(NamedTuple):
    """An entry, with what retention asks of it."""

    row: EntryRow
    ods: str
    category: str
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Entries of one source about one person by one rule: `due`, or kept for a reason in words."""

    person_id: int
    ods: str
    rule: str
    rows: tuple[EntryRow, ...]
    due: bool
    reason: str = ""


class Retention:
    """Retention for one worker. `policy` is the area's."""

    def __init__(self, ordering: Ordering, *, persons: Persons, removal: Removal, policy: RetentionPolicy) -> None:
        self._ordering = ordering
        self._persons = persons
        self._removal = removal
        self._policy = policy

    async def judged(self, *, before: date) -> AsyncIterator[Judged]:
        """Yield what is due before a day, and what is kept because a date is not known or an order holds it, person by person."""
        after = 0
        while True:
            async with self._ordering.pool.acquire() as connection:
                last = await connection.fetchval(_SQL["last_of"], after, _AT_ONCE)
                if last is None:
                    return
                rows = await connection.fetch(_SQL["persons_after"], after, _AT_ONCE)
                found = await self._judge(connection, [row["person_id"] for row in rows], before=before)
            for each in found:
                yield each
            after = last

    async def dispose(self, decide: Decide, *, before: date) -> AsyncIterator[Judged]:
        """Dispose of what is due before a day, and yield each person's and source's once it is gone.

        It can be stopped at any time and given again. Raises Incorrect where the area's policy is not settled, or for a day to come.
        """
        self._require_settled(before)
        due: dict[int, None] = {}
        async for each in self.judged(before=before):
            if each.due:
                due[each.person_id] = None
        for person_id in due:
            for disposed in await self._dispose(await decide(person_id), person_id, before=before):
                yield disposed

    async def hold(self, decision: AccessDecision, selection: Selection, *, whole: bool, authority: str) -> str:
        """Keep an entry, or all of its person, from disposal until the order is released; return the order's reference."""
        words, person_id = read_authority(authority), selection.person_id
        opened = self._ordering.opened(
            decision, person_id=person_id, subtype="hold", action=Action.UPDATE, authority=words
        )
        async with opened as order:
            order.rows.extend(await rows_of(order.connection, selection))
            rids = () if whole else tuple(row.rid for row in order.rows)
            given = self._given(decision, person_id, OrderKind.HOLD, words, rids)
            await self._ordering.keep(order, given)
        return decision.reference

    async def _dispose(self, decision: AccessDecision, person_id: int, *, before: date) -> list[Judged]:
        opened = self._ordering.opened(
            decision,
            person_id=person_id,
            subtype="disposal",
            action=Action.DELETE,
            authority=f"Retention ended before {before.isoformat()} by the policy {self._policy.name}",
        )
        async with opened as order:
            found = [each for each in await self._judge(order.connection, [person_id], before=before) if each.due]
            rows = [row for each in found for row in each.rows]
            if rows:
                attachments, shared = await attachments_of(order.connection, self._persons, rows)
                await self._removal.forget(
                    order, Reach(rows=tuple(rows), attachments=tuple(attachments), shared=tuple(shared))
                )
                bases = dict.fromkeys(rule.basis for rule in self._policy.rules if rule.key in {e.rule for e in found})
                words = "; ".join(bases)[:500]
                await self._ordering.keep(order, self._given(decision, person_id, OrderKind.DISPOSAL, words, ()))
        return found

    async def _judge(self, connection: Connection, persons: Sequence[int], *, before: date) -> list[Judged]:
        entries = await connection.fetch(_SQL["entries_of"], persons)
        patients: dict[int, list[bytes]] = {}
        for row in await connection.fetch(_SQL["patients_of"], persons, _PATIENT):
            patients.setdefault(row["person_id"], []).append(row["body"])
        held: dict[int, list[set[int]]] = {}
        for row in await connection.fetch(_SQL["orders_that_hold"], persons):
            held.setdefault(row["person_id"], []).append(set(row["rids"]))
        aged = [
            Aged(EntryRow(*[*row.values()][:6]), row["ods"], row["category"], row["last"].date()) for row in entries
        ]
        judged: list[Judged] = []
        for person_id, of_person in groupby(aged, key=lambda each: each.row.person_id):
            life = life_of(map(read_json, patients.get(person_id, ())))
            judged += _judge_person([*of_person], life, held.get(person_id, []), policy=self._policy, before=before)
        return judged

    def _given(
        self, decision: AccessDecision, person_id: int, kind: OrderKind, words: str, rids: tuple[int, ...]
    ) -> GivenOrder:
        return GivenOrder(
            person_id=person_id,
            order_id=decision.reference,
            kind=kind,
            authority=words,
            given=self._ordering.clock.now(),
            given_by=decision.principal.user_id,
            rids=rids,
        )

    def _require_settled(self, before: date) -> None:
        if before > self._ordering.clock.now().date():
            diagnostics = "Nothing is disposed of whose retention has not ended yet: give a day that has passed."
            raise Incorrect([Issue(code="business-rule", error="retention-not-ended", diagnostics=diagnostics)])
        if not self._policy.settled:
            diagnostics = (
                "Nothing is disposed of by the baseline. Give the area its own retention policy, which says which services hold maternity "
                "records, and say in it that it is settled."
            )
            raise Incorrect([Issue(code="business-rule", error="retention-not-settled", diagnostics=diagnostics)])


def _judge_person(
    aged: Sequence[Aged], life: Life, holds: Sequence[set[int]], *, policy: RetentionPolicy, before: date
) -> Iterator[Judged]:
    """Judge all entries of one person, source by source. The last entry of a source ends the treatment there."""
    in_order = sorted(aged, key=attrgetter("ods"))
    for ods, of_source in groupby(in_order, key=attrgetter("ods")):
        entries = [*of_source]
        last = max(each.last for each in entries)
        yield from _judge_source(ods, entries, last, life, holds, policy=policy, before=before)


def _judge_source(
    ods: str,
    entries: Sequence[Aged],
    last: date,
    life: Life,
    holds: Sequence[set[int]],
    *,
    policy: RetentionPolicy,
    before: date,
) -> Iterator[Judged]:
    verdicts = [(each, *_verdict(each, last, life, holds, policy=policy, before=before)) for each in entries]
    whole = all(due for _, _, due, _ in verdicts)

    def spared(each: Aged) -> bool:
        return not whole and each.row.type in _DEMOGRAPHIC

    groups: dict[tuple[str, bool, str], list[EntryRow]] = {}
    for each, rule, due, reason in verdicts:
        if due and spared(each):
            continue
        if due or reason:
            groups.setdefault((rule, due, reason), []).append(each.row)
    for (rule, due, reason), rows in groups.items():
        yield Judged(person_id=rows[0].person_id, ods=ods, rule=rule, rows=tuple(rows), due=due, reason=reason)


def _verdict(
    each: Aged, last: date, life: Life, holds: Sequence[set[int]], *, policy: RetentionPolicy, before: date
) -> tuple[str, bool, str]:
    """Return the rule, whether the entry is due, and why it is kept though it might be due, empty where it is plainly kept."""
    rule: RetentionRule | None = policy.rule_of(each.ods, each.category)
    if rule is None:
        return "", False, ""
    until = kept_until(rule, last_entry=last, life=life)
    if isinstance(until, Unknown):
        return rule.key, False, until.value
    if isinstance(until, Forever) or until >= before:
        return rule.key, False, ""
    if _is_held(each.row.rid, holds):
        return rule.key, False, "an order holds it"
    return rule.key, True, ""


def _is_held(rid: int, holds: Iterable[set[int]]) -> bool:
    return any(not rids or rid in rids for rids in holds)
