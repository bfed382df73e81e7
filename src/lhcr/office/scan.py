"""The scan of the log: each opening is judged once, in the order of the tree, and what is unusual becomes a finding.

How far it came, what it judged and what it found are written in one transaction, so that whoever is stopped in the midst goes on
where the last transaction ended: nothing is left out and nothing is found twice.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from lhcr.access.kin import FlagKind, flags
from lhcr.access.kin import Opening as KinOpening
from lhcr.access.policy import Policy
from lhcr.access.recorded_ties import TieQuestion, recorded_ties
from lhcr.audit.log_tail import read_tail
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.office.attempt_cases import AttemptCases
from lhcr.office.case_kind import KINDS, CaseKind
from lhcr.office.case_name import case_name
from lhcr.office.opening import Opening, openings
from lhcr.office.patterns import Finding, Known, findings
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.office", "scan.sql")
_BATCH: Final = 1_000
_KEPT: Final = timedelta(days=8)
_ONE_A_USER: Final = (CaseKind.BULK.code,)
#: From openings to what ties their users to the persons in private life, in their order.
Kin: TypeAlias = Callable[[Sequence[Opening]], Awaitable[Sequence[frozenset[CaseKind]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """`entries` of the log were read, `found` are new."""

    entries: int = 0
    openings: int = 0
    found: int = 0

    def __add__(self, other: "Scanned") -> "Scanned":
        return Scanned(
            entries=self.entries + other.entries,
            openings=self.openings + other.openings,
            found=self.found + other.found,
        )


class Scan:
    """Scans for one worker; whoever calls it sees to it that no other worker does at the same time."""

    def __init__(
        self,
        pool: Pool,
        *,
        policy: Policy,
        clock: Clock,
        ids: Ids,
        kin: Kin,
        overseer: str = "",
        batch: int = _BATCH,
    ) -> None:
        self._attempts = AttemptCases(policy=policy, clock=clock, ids=ids, overseer=overseer)
        self._pool = pool
        self._policy = policy
        self._clock = clock
        self._ids = ids
        self._kin = kin
        self._batch = batch

    async def run(self) -> Scanned:
        """Read all that is new in the log."""
        total = Scanned()
        while True:
            done = await self.step()
            total += done
            if done.entries < self._batch:
                break
        before = (self._clock.now() - _KEPT).date()
        await self._pool.execute(_SQL["forget_openings"], before)
        await self._pool.execute(_SQL["forget_attempts"], before)
        return total

    async def step(self) -> Scanned:
        """Read one batch, in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            first = await connection.fetchval(_SQL["next_leaf"])
            tail = await read_tail(connection, first=first, most=self._batch)
            if not tail.read:
                return Scanned()
            new = await _new(connection, openings(tail.entries, policy=self._policy))
            found = await self._judge(connection, new) + await self._attempts.judge(connection, tail.entries)
            await connection.execute(_SQL["advance"], tail.next_leaf)
        return Scanned(entries=tail.read, openings=len(new), found=found)

    async def _judge(self, connection: Connection, new: Sequence[Opening]) -> int:
        if not new:
            return 0
        known = await self._known(connection, new)
        found = [finding for each in known for finding in findings(each, policy=self._policy)]
        return await self._add(connection, _first_of_each(found))

    async def _known(self, connection: Connection, new: Sequence[Opening]) -> list[Known]:
        asked = [
            TieQuestion(person_id=each.person_id, organisation=each.organisation, low=each.began, high=each.began)
            for each in new
        ]
        ties = await recorded_ties(connection, asked)
        persons = [each.person_id for each in new]
        organisations, users = [each.organisation for each in new], [each.user_id for each in new]
        began = [each.began for each in new]
        alerted = {
            row["place"] for row in await connection.fetch(_SQL["alerted"], persons, organisations, users, began)
        }
        within = await connection.fetch(_SQL["persons_within_the_hour"], organisations, users, began)
        kin = await self._kin(new)
        return [
            Known(opening=each, ties=ties[at], alerted=at + 1 in alerted, persons=within[at]["persons"], kin=kin[at])
            for at, each in enumerate(new)
        ]

    async def _add(self, connection: Connection, found: Sequence[Finding]) -> int:
        rows = [self._row(finding) for finding in found]
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else []
        if not columns:
            return 0
        return len(await connection.fetch(_SQL["add_findings"], *columns, _ONE_A_USER, self._clock.now()))

    def _row(self, finding: Finding) -> tuple[object, ...]:
        of = finding.opening
        return (
            of.person_id,
            case_name(self._ids),
            finding.kind.code,
            finding.source_key,
            of.organisation,
            of.organisation_name,
            of.user_id,
            of.user_name,
            of.role_name,
            of.began,
            finding.words,
        )


async def _new(connection: Connection, said: Sequence[Opening]) -> list[Opening]:
    columns = (
        [each.person_id for each in said],
        [each.organisation for each in said],
        [each.user_id for each in said],
        [each.day for each in said],
        [each.out_of_hours for each in said],
        [each.began for each in said],
    )
    rows = await connection.fetch(_SQL["new_openings"], *columns) if said else []
    return [said[row["place"] - 1] for row in rows]


def _first_of_each(found: Sequence[Finding]) -> list[Finding]:
    """Return the first finding of each kind, user and day, and of each person but for those that are one a user."""
    first: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        whom = None if finding.kind.code in _ONE_A_USER else finding.opening.person_id
        first.setdefault((finding.kind, finding.source_key, whom), finding)
    return list(first.values())


def kin_of(pool: Pool) -> Kin:
    """Return what finds who opened their own record, or that of somebody with their name or address."""

    async def find(asked: Sequence[Opening]) -> list[frozenset[CaseKind]]:
        told = [
            KinOpening(
                person_id=each.person_id,
                organisation=each.organisation,
                user_id=each.user_id,
                user_name=each.user_name,
            )
            for each in asked
        ]
        kinds: Mapping[int, set[CaseKind]] = {id(each): set() for each in told}
        for flag in await flags(pool, openings=told):
            kinds[id(flag.opening)].add(_kind_of(flag.kind))
        return [frozenset(kinds[id(each)]) for each in told]

    return find


def _kind_of(flag: FlagKind) -> CaseKind:
    return KINDS[flag.value]
