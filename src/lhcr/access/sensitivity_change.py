"""Changes of the value sets of what is sensitive, each in the log as a change of policy in its own transaction.

Hazard guarded here: a sensitive item exposed. Codes that come count with the next write in every worker; codes that go count until
whatever came with them is labelled.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from lhcr.access.sensitivity_set import LoadedSet, StandingSet
from lhcr.audit.entry import Action, EntryDraft, Outcome
from lhcr.audit.log import INSERT_ENTRIES, AuditLog
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, Issue, NotFound
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "sensitivity.sql")
ADDING: Final = "adding"
REMOVING: Final = "removing"
DONE: Final = "done"

_Work: TypeAlias = Callable[[Connection], Awaitable[None]]


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
    """The sets, as an operator sees and changes them. `site` is the area's own name in the log."""

    def __init__(self, pool: Pool, log: AuditLog, *, clock: Clock, site: str) -> None:
        self._pool = pool
        self._log = log
        self._clock = clock
        self._site = site

    async def load(self, loaded: LoadedSet, *, label: str | None, operator: Principal) -> None:
        """Put a set, or a new version of it, in place. Raises Incorrect where neither `label`, the file nor the set says a label."""

        async def put(connection: Connection) -> None:
            await _put(connection, loaded, label=label, now=self._clock.now())

        await self._change(operator, f"value set {loaded.name} {loaded.version}".strip(), Action.UPDATE, put)

    async def remove(self, name: str, *, operator: Principal) -> None:
        """Take a set away. Raises NotFound where there is none of this name."""

        async def leave(connection: Connection) -> None:
            if await connection.fetchrow(_SQL["set"], name) is None:
                diagnostics = f"No value set has the name {name}. `lhcr sensitivity list` names those that are loaded."
                raise NotFound([Issue(code="not-found", error="value-set-absent", diagnostics=diagnostics)])
            await connection.execute(_SQL["leave_set"], name)
            if _count(await connection.execute(_SQL["leave_codes"], name, "", [], [])):
                await _begin(connection, adds=False)

        await self._change(operator, f"value set {name}", Action.DELETE, leave)

    async def all(self) -> Sequence[StandingSet]:
        """Return the sets in the order of their names."""
        return [StandingSet(**row) for row in await self._pool.fetch(_SQL["sets"])]

    async def _change(self, operator: Principal, asked: str, action: Action, work: _Work) -> None:
        draft = EntryDraft(
            principal=operator,
            kind="policy",
            subtype="value-set",
            action=action,
            source=self._site,
            request_id="",
            asked=asked,
        )
        entry = draft.complete(recorded=self._clock.now(), outcome=Outcome.SUCCESS)
        async with self._log.write_lane() as lane:
            async with self._pool.acquire() as connection, connection.transaction():
                await lock_sets(connection)
                await work(connection)
                await connection.execute(INSERT_ENTRIES, *lane.prepare([entry]).parameters)
            lane.committed()


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
    """Say that every set is in force, and forget those that were leaving."""
    await connection.execute(_SQL["drop_sets"])
    await connection.execute(_SQL["finish"], now)


async def _put(connection: Connection, loaded: LoadedSet, *, label: str | None, now: datetime) -> None:
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
    else:
        await connection.execute(_SQL["put_version"], loaded.name, loaded.version)


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
