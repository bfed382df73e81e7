"""Two worlds: what a system is told is the same, byte for byte, with and without what other sources contributed.

The same script of one source runs in an empty area, and in one where other sources contribute to the same persons before it,
between its steps and after it. Instants and the ids that the server assigns are numbered as they come; nothing else is touched.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.record.area import EVERY_VERSION, Area, Asker, delete, open_area, patch, post, put
from tests.record.made import (
    HOSPITAL_NUMBER,
    allergy,
    encounter,
    identifier,
    labelled,
    medication,
    number,
    observation,
    organisation,
    patient,
    prescription,
)

from lhcr.fhir.stored_body import instant
from lhcr.kernel.errors import LhcrError
from lhcr.record.draft import Draft
from lhcr.record.everything import Range
from lhcr.record.history import HistoryPage, Slice
from lhcr.record.stored import Stored
from lhcr.record.written import Written

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_ASSIGNED = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass
class Telling:
    """Everything that the system was told, in order."""

    lines: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, *told: object) -> None:
        self.lines.append(" ".join(_text(each) for each in told))

    def comparable(self) -> list[str]:
        """Number instants by their order in time, and assigned ids by their order of appearance."""
        text = "\n".join(self.lines)
        instants = {each: f"instant-{place}" for place, each in enumerate(sorted(set(_INSTANT.findall(text))))}
        assigned = {each: f"id-{place}" for place, each in enumerate(dict.fromkeys(_ASSIGNED.findall(text)))}
        text = _INSTANT.sub(lambda match: instants[match[0]], text)
        return _ASSIGNED.sub(lambda match: assigned[match[0]], text).split("\n")


def _text(told: object) -> str:
    if isinstance(told, bytes):
        return told.decode()
    return instant(told) if isinstance(told, datetime) else str(told)


class Script:
    """What the hospital's system does and asks. Between its steps `meanwhile` lets others do what they do."""

    def __init__(self, area: Area, meanwhile: Callable[[int], Awaitable[None]]) -> None:
        self._asker: Asker = area.hospital
        self._meanwhile = meanwhile
        self._step = 0
        self._references: list[str] = []
        self.telling = Telling()

    async def run(self) -> None:
        me = self._asker
        await self._do(me.update(organisation("RRE", id="us")))
        await self._do(
            me.update(patient(number(1), identifier("h1", system=HOSPITAL_NUMBER), id="ours", gender="female"))
        )
        await self._do(me.create(patient(number(2), deceasedBoolean=False)))
        await self._do(
            me.create(patient(number(3)), condition=f"identifier=https://fhir.nhs.uk/Id/nhs-number|{number(3)}")
        )
        await self._do(me.update(encounter("Patient/ours", id="e", serviceProvider={"reference": "Organization/us"})))
        await self._do(me.update(observation("Patient/ours", id="o", encounter={"reference": "Encounter/e"})))
        await self._do(me.update(labelled(allergy("Patient/ours", id="a"), "V")))
        await self._do(me.update(medication(id="drug")))
        await self._do(me.update(prescription("Patient/ours", "Medication/drug", id="rx")))
        await self._do(me.update(observation({"identifier": identifier(number(1))}, id="by-number")))
        await self._do(me.update(observation("Patient/ours", id="o", status="amended"), if_match=1))
        await self._do(me.update(patient(number(1), id="ours", birthDate="1950-01-01"), if_match=1))
        await self._do(me.patch("Patient/ours", [{"op": "add", "path": "/active", "value": True}], if_match=2))
        both = [{"reference": self._references[2]}]
        await self._do(me.update(observation("Patient/ours", id="both", focus=both)))
        await self._do(me.delete("Observation/o", if_match=2))
        for stale in (1, 7):
            await self._do(me.update(patient(number(1), id="ours"), if_match=stale))
        await self._do(me.create(observation("Patient/nobody")))
        await self._do(me.delete("Observation/nobodys"))
        await self._do(me.update(observation("Patient/ours", id="o")))
        await self._do(me.update(observation(f"Patient?identifier={HOSPITAL_NUMBER}|h1", id="by-search")))
        await self._transaction(
            post(patient(number(4)), full_url="urn:uuid:4"),
            put(observation("urn:uuid:4", id="of-four")),
            patch("Encounter/e", [{"op": "add", "path": "/language", "value": "en"}]),
            delete("MedicationRequest/rx"),
        )
        await self._do(me.delete("Patient/ours"))
        await self._do(me.update(patient(number(1), id="ours", gender="other")))
        await self._ask_everything()

    async def _do(self, attempt: Awaitable[Written | list[Written]]) -> None:
        await self._meanwhile(self._step)
        self._step += 1
        try:
            written = await attempt
        except LhcrError as error:
            self.telling.add(error.status, error.issues)
            return
        for each in written if isinstance(written, list) else [written]:
            draft = each.draft
            reference = f"{draft.type}/{draft.id}"
            self.telling.add(reference, draft.version, each.created, draft.found, draft.is_nothing, each.body or "")
            if draft.id and reference not in self._references:
                self._references.append(reference)
        await self._ask()

    async def _transaction(self, *drafts: Draft) -> None:
        await self._do(self._asker.transaction(*drafts))

    async def _ask(self) -> None:
        """Read the newest of what was written, with its Patient."""
        for reference in dict.fromkeys([self._references[-1], "Patient/ours"]):
            await self._tell(reference, self._asker.read(reference))

    async def _ask_everything(self) -> None:
        me = self._asker
        for reference in [*self._references, "Observation/nobodys", "Patient/nobodys"]:
            await self._tell(reference, me.read(reference))
            for version in range(6):
                await self._tell(reference, me.vread(reference, version))
            await self._tell_history(reference, me.history(reference))
            first = Slice(since=None, after=None, count=1)
            await self._tell_history(reference, me.history(reference, first))
        for reference in [each for each in self._references if each.startswith("Patient/")]:
            for asked in (Range(), Range(types=("Observation", "Medication")), Range(low=0, high=10**15)):
                page = await me.everything(reference, asked=asked)
                self.telling.add(reference, [each[:3] for each in page.found], page.after)
                for each in page.found:
                    self.telling.add(each.body)
            pages = await me.everything_in_pages(reference, count=2)
            self.telling.add(reference, [each[:3] for each in pages])
        for types in ((), ("Patient",), ("Observation", "Medication"), ("Organization",)):
            await self._tell_history(types, me.history_of(*types, part=EVERY_VERSION))
            await self._tell_history(types, me.history_of(*types, part=Slice(since=None, after=None, count=3)))

    async def _tell(self, asked: object, answer: Awaitable[Stored]) -> None:
        try:
            stored = await answer
        except LhcrError as error:
            self.telling.add(asked, error.status, error.issues)
            return
        self.telling.add(asked, stored.version, stored.last_updated, stored.method, stored.body or "")

    async def _tell_history(self, asked: object, answer: Awaitable[HistoryPage]) -> None:
        try:
            page = await answer
        except LhcrError as error:
            self.telling.add(asked, error.status, error.issues)
            return
        for each in page.versions:
            self.telling.add(asked, each.type, each.id, each.version, each.last_updated, each.method, each.body or "")
        after = page.after
        self.telling.add(asked, "on" if after else "end", after[0] if after else "", after[2] if after else "")


async def nobody(_: int) -> None:
    """Nobody else is there."""


def others(area: Area, *, before: bool) -> Callable[[int], Awaitable[None]]:
    """Two other sources contribute to the same persons, before the hospital does or only after its first Patients."""
    pharmacy, surgery = area.pharmacy, area.surgery

    async def meanwhile(step: int) -> None:
        if step == (0 if before else 4):
            for index in range(1, 5):
                await surgery.update(patient(number(index), id=f"s{index}", gender="male", birthDate="1900-01-01"))
                await pharmacy.update(patient(number(index), id=f"f{index}", deceasedBoolean=True))
            await pharmacy.update(medication(id="theirs"))
        elif step > 4:
            index = 1 + step % 4
            await surgery.update(patient(number(index), id=f"s{index}", birthDate="1900-01-01", language=f"en-{step}"))
            await surgery.update(labelled(observation(f"Patient/s{index}", id=f"so{step}"), "VN"[step % 2]))
            await pharmacy.create(prescription(f"Patient/f{index}", "Medication/theirs"))
            if step % 5 == 0:
                await pharmacy.delete(f"Patient/f{index}")
                await pharmacy.update(patient(number(index), id=f"f{index}"))
                await surgery.delete(f"Observation/so{step}")

    return meanwhile


async def telling_of(dsn: str, meanwhile: Callable[[Area], Callable[[int], Awaitable[None]]]) -> list[str]:
    async with open_area(dsn) as area:
        script = Script(area, meanwhile(area))
        await script.run()
        return script.telling.comparable()


async def tellings(migrated_database: Callable[[], str]) -> AsyncIterator[list[str]]:
    yield await telling_of(migrated_database(), lambda _: nobody)
    for before in (True, False):
        yield await telling_of(migrated_database(), lambda area, before=before: others(area, before=before))  # type: ignore[misc]


async def test_a_system_is_told_the_same_whoever_else_contributes(migrated_database: Callable[[], str]) -> None:
    """Hazard: a sensitive item exposed. What a source learns of others is nothing, not even that they are there."""
    alone, *beside_others = [telling async for telling in tellings(migrated_database)]
    assert len(alone) > 200
    for telling in beside_others:
        assert telling == alone
