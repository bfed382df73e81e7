"""Changes of the value sets of what is sensitive, each in the log as a change of policy in its own transaction.

Hazard guarded here: a sensitive item exposed. Codes that come count with the next write in every worker; codes that go count until
whatever came with them is labelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.access.policy_change import PolicyChanges
from lhcr.access.sensitivity_set import LoadedSet, StandingSet
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue, NotFound
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "sensitivity.sql")
#: The subtype of such entries of the log.
VALUE_SET: Final = "value-set"
ADDING: Final = "adding"
REMOVING: Final = "removing"
DONE: Final = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelabellingPlace:
    """How far relabelling has come: within `phase` and `step`, past a row; `changed`: this round of the step relabelled some row.

    `epoch`: of the codes for which it was begun.
    """

    epoch: int
    phase: str
    step: int
    changed: bool
    person_id: int
    rid: int
    version: int


class SensitivitySets:
    """The sets, as an operator sees and changes them."""

    def __init__(self, pool: Pool, changes: PolicyChanges, *, clock: Clock) -> None:
        self._pool = pool
        self._changes = changes
        self._clock = clock

    async def load(self, loaded: LoadedSet, *, label: str | None, operator: Principal) -> None:
        """Put a set, or a new version of it, in place. Raises Incorrect where neither `label`, the file nor the set says a label."""

        async def put(connection: Connection) -> tuple[None, str]:
            await lock_sets(connection)
            said = await _put(connection, loaded, label=label, now=self._clock.now())
            return None, said

        await self._changes.make(operator, VALUE_SET, put)

    async def remove(self, name: str, *, operator: Principal) -> None:
        """Take a set away. Raises NotFound where there is none of this name."""

        async def leave(connection: Connection) -> tuple[None, str]:
            await lock_sets(connection)
            return None, await _leave(connection, name)

        await self._changes.make(operator, VALUE_SET, leave)

    async def all(self) -> Sequence[StandingSet]:
        """Return the sets in the order of their names."""
        return [StandingSet(**row) for row in await self._pool.fetch(_SQL["sets"])]


async def relabelling_place(connection: Connection | Pool) -> RelabellingPlace:
    (row,) = await connection.fetch(_SQL["place"])
    return RelabellingPlace(**row)


async def lock_sets(connection: Connection) -> None:
    """Let nobody else change the sets before this transaction ends; taken before anything else that a change of them takes."""
    await connection.execute(_SQL["lock"])


async def end_additions(connection: Connection) -> None:
    """Let codes that were leaving count no more: whatever came with them is labelled."""
    await connection.execute(_SQL["drop_leaving"])
    await _raise_epochs(connection, phase=REMOVING)


async def end_removals(connection: Connection, *, now: datetime) -> None:
    """Say that every set is in force, and forget those that were leaving. Who was told that something is hidden is told anew."""
    await connection.execute(_SQL["drop_sets"])
    await connection.execute(_SQL["finish"], now)
    await connection.execute(_SQL["raise_policy_epoch"])


async def _put(connection: Connection, loaded: LoadedSet, *, label: str | None, now: datetime) -> str:
    before = await connection.fetchrow(_SQL["set"], loaded.name)
    meant = label or loaded.label or (before["label"] if before and not before["leaving"] else None)
    if meant is None:
        raise _unlabelled(loaded.name)
    columns = [system for system, _ in loaded.codes], [code for _, code in loaded.codes]
    left = _count(await connection.execute(_SQL["leave_codes"], loaded.name, meant, *columns))
    came = _count(await connection.execute(_SQL["put_codes"], loaded.name, meant, *columns))
    if before is None or before["leaving"] or left or came:
        await connection.execute(_SQL["put_set"], loaded.name, loaded.version, meant, now)
        await _begin(connection, adds=bool(came))
    elif before["version"] == loaded.version:
        return ""
    else:
        await connection.execute(_SQL["put_version"], loaded.name, loaded.version)
    return f"value set {loaded.name} {loaded.version}, {meant.rpartition('|')[2]}: {came} codes added, {left} removed"


async def _leave(connection: Connection, name: str) -> str:
    if await connection.fetchrow(_SQL["set"], name) is None:
        diagnostics = f"No value set has the name {name}. `lhcr sensitivity list` names those that are loaded."
        raise NotFound([Issue(code="not-found", error="value-set-absent", diagnostics=diagnostics)])
    await connection.execute(_SQL["leave_set"], name)
    left = _count(await connection.execute(_SQL["leave_codes"], name, "", [], []))
    if left:
        await _begin(connection, adds=False)
    return f"value set {name}: removed, with {left} codes" if left else ""


async def _begin(connection: Connection, *, adds: bool) -> None:
    """Begin relabelling, anew where it was under way: what was to be added before is added first, and nothing is lost meanwhile."""
    if adds or (await relabelling_place(connection)).phase == ADDING:
        await _raise_epochs(connection, phase=ADDING)
    else:
        await connection.execute(_SQL["drop_leaving"])
        await _raise_epochs(connection, phase=REMOVING)


async def _raise_epochs(connection: Connection, *, phase: str) -> None:
    epoch = await connection.fetchval(_SQL["raise_epoch"])
    await connection.execute(_SQL["begin"], epoch, phase)
    await connection.execute(_SQL["raise_policy_epoch"])


def _count(tag: str) -> int:
    """Return how many rows a statement changed, from the tag with which the server answers it."""
    return int(tag.rpartition(" ")[2])


def _unlabelled(name: str) -> Incorrect:
    diagnostics = (
        f"What the codes of {name} are is not said. Name their label, such as --label GDIS. Nothing was changed."
    )
    return Incorrect([Issue(code="required", error="value-set-unlabelled", diagnostics=diagnostics)])
