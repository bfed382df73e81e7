"""The agreements of an area as they are stored: read with the access classes, and replaced as a whole by whoever runs the area."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from lhcr.access.agreement import Agreement, SafetyTester, State
from lhcr.access.policy_change import PolicyChanges
from lhcr.identity.principal import Principal
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "agreement.sql")
#: The subtype of entries of the log that say so.
AGREEMENTS: Final = "agreements"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """How many agreements a load added, changed, took away and left as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.changed or self.removed)


async def read_agreement_list(source: Connection | Pool) -> tuple[Agreement, ...]:
    return tuple(_agreement(row) for row in await source.fetch(_SQL["all_agreements"]))


async def replace_agreements(
    changes: PolicyChanges, principal: Principal, agreements: Iterable[Agreement]
) -> ListChange:
    """Let a list take the place of the one that is stored, in one transaction with the policy's next epoch and an entry of the log.

    The same list again changes nothing. Every worker obeys with its next request.
    """
    wanted = tuple(agreements)

    async def work(connection: Connection) -> tuple[ListChange, str]:
        await connection.execute(_SQL["lock"])
        change = _change(await read_agreement_list(connection), wanted)
        if change.is_none:
            return change, ""
        await connection.execute(_SQL["clear"])
        await connection.executemany(_SQL["put"], [_row(each) for each in wanted])
        await connection.execute(_SQL["raise_epoch"])
        said = f"{change.added} added, {change.changed} changed, {change.removed} removed, {change.unchanged} unchanged"
        return change, f"sharing agreements: {said}"

    return await changes.make(principal, AGREEMENTS, work)


def _change(before: Sequence[Agreement], after: Sequence[Agreement]) -> ListChange:
    old, new = ({each.agreement_id: each for each in some} for some in (before, after))
    both = old.keys() & new.keys()
    changed = sum(old[each] != new[each] for each in both)
    return ListChange(
        added=len(new.keys() - old.keys()),
        changed=changed,
        removed=len(old.keys() - new.keys()),
        unchanged=len(both) - changed,
    )


def _row(one: Agreement) -> tuple[object, ...]:
    testers = sorted("|".join(each) for each in one.testers)
    names = (sorted(each) for each in (one.sources, one.recipients, one.categories))
    return (one.agreement_id, *names, one.state.value, testers, one.low, one.high, one.in_emergency)


def _agreement(row: asyncpg.Record) -> Agreement:
    return Agreement(
        agreement_id=row["agreement_id"],
        sources=frozenset(row["sources"]),
        recipients=frozenset(row["recipients"]),
        categories=frozenset(row["categories"]),
        state=State(row["state"]),
        testers=frozenset(_tester(each) for each in row["testers"]),
        low=row["low"],
        high=row["high"],
        in_emergency=row["in_emergency"],
    )


def _tester(text: str) -> SafetyTester:
    organisation, _, user = text.partition("|")
    return SafetyTester(organisation, user)
