"""The loader: writes units into the record so that one bad entry never loses the others, and says what became of each entry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lhcr.ingest.attempts import Attempts
from lhcr.ingest.culprits import part_culprits, part_unfollowed
from lhcr.ingest.patience import REFUSALS, Refusal
from lhcr.ingest.prepared import Names, Prepared, part_unplaceable, prepare, waves
from lhcr.ingest.quarantine import Quarantine
from lhcr.ingest.rejection import Rejection, told
from lhcr.ingest.source_entry import SourceEntry
from lhcr.ingest.tally import Tally
from lhcr.ingest.whereabouts import Before, Whereabouts
from lhcr.kernel.errors import LhcrError, Unavailable
from lhcr.record.written import Written

_UNRESOLVED: Final = "reference-unresolved"


@dataclass(slots=True)
class Outcome:
    """What became of a unit.

    `missing` are references of what was written that lead to nothing that is here until now; `names` what the entries that have
    a fullUrl are called here.
    """

    tally: Tally = field(default_factory=Tally)
    rejections: list[Rejection] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)


class Deferred(Exception):
    """A conditional reference of the unit leads nowhere yet: its entries are to be tried again after the others."""


class Loader:
    """Loads for one source. `base` is the address of the area's FHIR API."""

    def __init__(self, attempts: Attempts, quarantine: Quarantine, whereabouts: Whereabouts, *, base: str) -> None:
        self._attempts = attempts
        self._quarantine = quarantine
        self._whereabouts = whereabouts
        self._base = base

    async def load(self, entries: Sequence[SourceEntry], *, defer: bool, names: Names | None = None) -> Outcome:
        """Write what can be written of a unit and quarantine the rest. `names` are those of earlier units of the same file.

        Raises Deferred where `defer` allows it and a conditional reference does not resolve; without it such references are
        kept as they came. Raises Unavailable where the database stays away.
        """
        outcome = Outcome()
        prepared, outcome.rejections = prepare(entries, names)
        for wave in waves(prepared):
            placeable, rejected = part_unplaceable(wave, base=self._base)
            outcome.rejections += rejected
            if placeable:
                await self._write(placeable, outcome, defer=defer)
        await self.quarantine(outcome.rejections, outcome.tally)
        return outcome

    async def quarantine(self, rejections: Sequence[Rejection], tally: Tally) -> None:
        """Keep rejections and count them."""
        await self._quarantine.keep(rejections)
        tally.reject(rejections)

    async def still_missing(self, references: Sequence[str]) -> list[str]:
        return await self._whereabouts.missing(references)

    async def _write(self, wave: Sequence[Prepared], outcome: Outcome, *, defer: bool) -> None:
        before = await self._whereabouts.before([each.draft for each in wave])
        try:
            written = await self._attempts.write(wave)
        except REFUSALS as error:
            if isinstance(error, Unavailable):
                raise
            if _is_unresolved(error) and defer:
                raise Deferred from None
            written = await self._write_around_culprits(wave, outcome)
        await self._count(written, before, outcome)

    async def _write_around_culprits(self, wave: Sequence[Prepared], outcome: Outcome) -> list[Written]:
        followed, unfollowed = await part_unfollowed(wave, self._attempts)
        sound, rejected = await part_culprits(followed, self._attempts, base=self._base)
        outcome.rejections += [*unfollowed, *rejected]
        try:
            return await self._attempts.write([each.again() for each in sound], keep_unresolved=True) if sound else []
        except REFUSALS as error:
            if isinstance(error, Unavailable):
                raise
            return await self._write_singly(sound, outcome)

    async def _write_singly(self, sound: Sequence[Prepared], outcome: Outcome) -> list[Written]:
        """Write each entry by itself: the last resort, for what a database refuses only when it is really written."""
        written: list[Written] = []
        for each in sound:
            try:
                written += await self._attempts.write([each.again()], keep_unresolved=True)
            except REFUSALS as error:
                if isinstance(error, Unavailable):
                    raise
                outcome.rejections.append(Rejection.of(each.entry, told(error)))
        return written

    async def _count(self, written: Sequence[Written], before: Before | None, outcome: Outcome) -> None:
        fresh = [each for each in written if not each.draft.found]
        outcome.tally.accepted += len(fresh)
        outcome.tally.unchanged += len(written) - len(fresh)
        outcome.tally.apart += sum(bool(each.draft.apart) for each in fresh)
        outcome.tally.folded += await self._whereabouts.folded(fresh, before)
        outcome.names |= {
            each.draft.full_url: f"{each.draft.type}/{each.draft.id}" for each in written if each.draft.full_url
        }
        outward = self._whereabouts.outward(fresh)
        if outward:
            outcome.missing.update(await self._whereabouts.missing(outward))


def _is_unresolved(error: Refusal) -> bool:
    return isinstance(error, LhcrError) and error.issues[0].error == _UNRESOLVED
