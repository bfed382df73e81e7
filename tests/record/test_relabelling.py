"""Hazard: a sensitive item exposed, because what its code means was said after it was stored, or while it was."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from tests.record.area import BASE, HOSPITAL, KEY, Area, open_area, put, refusal
from tests.record.made import medication, number, observation, patient, prescription
from tests.record.restricted import Somebody, search

from lhcr.access.policy_change import PolicyChanges
from lhcr.access.sensitivity import Sensitivity
from lhcr.access.sensitivity_change import SensitivitySets
from lhcr.access.sensitivity_set import LoadedSet
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Busy, Incorrect, NotFound
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE, SNOMED_CT
from lhcr.record import relabelling as relabelling_module
from lhcr.record.relabelled_followers import FollowedLabels
from lhcr.record.relabelling import Relabelling
from lhcr.record.rows import SEARCH_TABLES

HIDDEN = (404, "not-found")
GDIS = f"{ACT_CODE}|GDIS"
STD = f"{ACT_CODE}|STD"


def coded(code: str, subject: str = "Patient/h", *, system: str = SNOMED_CT, id: str = "o") -> JsonObject:
    return observation(subject, id=id, code={"coding": [{"system": system, "code": code}]})


def sets_of(area: Area) -> SensitivitySets:
    changes = PolicyChanges(pool=area.side_pool, log=area.log, clock=SystemClock(), site="Area")
    return SensitivitySets(area.side_pool, changes, clock=SystemClock())


def relabelling(area: Area) -> Relabelling:
    followed = FollowedLabels(routes=RouteCipher(KEY), base=BASE)
    return Relabelling(pool=area.side_pool, classes=area.classes, followed=followed, clock=SystemClock())


async def say(area: Area, *codes: str, name: str = "invented", label: str = GDIS, relabel: bool = True) -> None:
    """Load a set of these codes of SNOMED CT, and relabel for it."""
    loaded = LoadedSet(name=name, version="1", label=label, codes=[("snomed.info/sct", code) for code in codes])
    await sets_of(area).load(loaded, label=None, operator=HOSPITAL)
    if relabel:
        await relabelling(area).run()


async def forget(area: Area, name: str = "invented") -> None:
    await sets_of(area).remove(name, operator=HOSPITAL)
    await relabelling(area).run()


async def known(area: Area) -> None:
    """The surgery's patient, of whom the hospital writes too."""
    await area.surgery.update(patient(number(1), id="p"))
    await area.hospital.update(patient(number(1), id="h"))


async def seen(area: Area, reference: str = "Observation/o") -> bool:
    """Whether the surgery's doctor sees what the hospital wrote, wherever they look."""
    own_id = reference.partition("/")[2]
    told = {
        own_id in [each.id for each in (await area.gp.everything("Patient/p")).found],
        own_id in [each.id for each in (await search(area.gp, PERSON, reference.partition("/")[0])).matches],
        await _is_read(area, reference),
    }
    (all_agree,) = told
    return all_agree


class _Person(Somebody):
    @property
    def plain_id(self) -> str:
        return "p"


PERSON = _Person(1, "p")


async def _is_read(area: Area, reference: str) -> bool:
    try:
        await area.gp.read(reference)
    except NotFound:
        assert await refusal(area.gp.read(reference)) == HIDDEN
        assert await refusal(area.gp.history(reference)) == HIDDEN
        return False
    assert (await area.gp.history(reference)).versions
    return True


async def test_an_entry_that_is_written_after_a_set_is_hidden_for_its_code(area: Area) -> None:
    await known(area)
    await say(area, "1001")
    await area.hospital.update(coded("1001"))
    await area.hospital.update(coded("1002", id="other"))
    assert (await seen(area), await seen(area, "Observation/other")) == (False, True)
    assert b"GDIS" not in ((await area.hospital.read("Observation/o")).body or b"")


async def test_a_set_that_is_loaded_hides_what_is_stored_and_one_that_is_removed_shows_it_again(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001"))
    assert await seen(area)
    await say(area, "1001")
    assert not await seen(area)
    await forget(area)
    assert await seen(area)
    assert await sets_of(area).all() == []


async def test_one_and_the_same_label_of_a_source_stays_when_a_set_goes(area: Area) -> None:
    await known(area)
    said = {"meta": {"security": [{"system": ACT_CODE, "code": "GDIS"}]}}
    await area.hospital.update(coded("1001") | said)
    await say(area, "1001")
    await forget(area)
    assert not await seen(area)


async def test_a_code_that_leaves_a_set_shows_and_one_that_comes_hides(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001"))
    await area.hospital.update(coded("1002", id="two"))
    await say(area, "1001")
    await say(area, "1002")
    assert (await seen(area), await seen(area, "Observation/two")) == (True, False)


async def test_an_entry_that_lies_in_two_sets_stays_hidden_until_both_are_gone(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001"))
    await say(area, "1001")
    await say(area, "1001", name="other", label=STD)
    await forget(area)
    assert not await seen(area)
    await forget(area, "other")
    assert await seen(area)


async def test_a_code_counts_wherever_it_stands_and_however_its_system_is_spelt(area: Area) -> None:
    await known(area)
    await say(area, "1001")
    deep = {"component": [{"code": {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.96", "code": "1001"}]}}]}
    await area.hospital.update(coded("1") | {"id": "deep"} | deep)
    inside = {"resourceType": "Specimen", "id": "s", "type": {"coding": [{"code": "1001"}]}}
    await area.hospital.update(coded("1") | {"id": "inside", "contained": [inside], "specimen": {"reference": "#s"}})
    assert not await seen(area, "Observation/deep")
    assert not await seen(area, "Observation/inside")


async def test_an_old_version_is_judged_by_its_own_codes_and_by_those_of_now(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001", id="was"))
    await area.hospital.update(coded("1002", id="was"))
    await area.hospital.update(coded("1002", id="is"))
    await area.hospital.update(coded("1001", id="is"))
    await say(area, "1001")
    versions = (await area.gp.history("Observation/was")).versions
    assert [each.version for each in versions] == [2]
    assert await refusal(area.gp.vread("Observation/was", 1)) == HIDDEN
    assert await refusal(area.gp.vread("Observation/is", 1)) == HIDDEN
    assert not await seen(area, "Observation/is")
    await forget(area)
    assert len((await area.gp.history("Observation/was")).versions) == 2


async def test_what_follows_a_sensitive_entry_is_hidden_and_shown_with_it(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001"))
    made = {"resourceType": "Provenance", "id": "pr", "target": [{"reference": "Observation/o"}]}
    agent = {"recorded": "2025-01-01T10:00:00Z", "agent": [{"who": {"display": "somebody"}}]}
    await area.hospital.update(made | agent)
    assert await seen(area, "Provenance/pr")
    await say(area, "1001")
    assert not await seen(area, "Provenance/pr")
    await area.hospital.update(made | agent | {"id": "later"})
    assert not await seen(area, "Provenance/later")
    await forget(area)
    assert await seen(area, "Provenance/pr")
    assert await seen(area, "Provenance/later")


async def test_a_prescription_is_hidden_and_shown_with_the_medicine_that_it_refers_to(area: Area) -> None:
    await known(area)
    named = {"code": {"coding": [{"system": SNOMED_CT, "code": "1001"}]}}
    await area.hospital.update(medication(id="m") | named)
    await area.hospital.update(prescription("Patient/h", "Medication/m", id="before"))
    await say(area, "1001")
    await area.hospital.update(prescription("Patient/h", "Medication/m", id="after"))
    together = [put(medication(id="n") | named), put(prescription("Patient/h", "Medication/n", id="with"))]
    await area.hospital.transaction(*together)
    for own_id in ("before", "after", "with"):
        assert not await seen(area, f"MedicationRequest/{own_id}")
    await forget(area)
    for own_id in ("before", "after", "with"):
        assert await seen(area, f"MedicationRequest/{own_id}")


async def test_every_row_of_what_is_relabelled_has_its_new_class(area: Area) -> None:
    """Hazard: a row that is left behind is found by a search, in a chain or as what somebody is a member of."""
    await known(area)
    await area.surgery.update(patient(number(2), id="mother"))
    await area.hospital.update(coded("1001") | {"performer": [{"reference": "Patient/mother"}]})
    (before,) = await area.rows("SELECT class FROM resource WHERE id = 'o'")
    await say(area, "1001")
    (row,) = await area.rows("SELECT rid, class FROM resource WHERE id = 'o'")
    assert row["class"] != before["class"]
    for table in [*SEARCH_TABLES, "resource_member"]:
        rows = await area.rows(f"SELECT class FROM {table} WHERE rid = $1", row["rid"])
        assert {each["class"] for each in rows} <= {row["class"]}, table
        assert rows or table not in {"search_token", "search_reference", "resource_member"}


async def test_what_is_in_the_directory_is_about_nobody_and_keeps_its_class(area: Area) -> None:
    await say(area, "1001", relabel=False)
    kind = {"coding": [{"system": SNOMED_CT, "code": "1001"}]}
    await area.hospital.update({"resourceType": "Location", "id": "l", "type": [kind], "name": "Clinic"})
    await relabelling(area).run()
    assert (await area.gp.read("Location/l")).body


async def test_a_set_is_in_force_when_its_relabelling_has_ended_and_not_before(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1001"))
    await say(area, "1001", relabel=False)
    (one,) = await sets_of(area).all()
    assert (one.in_force, one.codes, one.label) == (None, 1, GDIS)
    assert (
        await relabelling(area).left() == 4
    )  # Two Patients, and an Observation twice, because it may follow something.
    await relabelling(area).run()
    (one,) = await sets_of(area).all()
    assert one.in_force is not None
    assert await relabelling(area).left() == 0


async def test_the_same_set_again_changes_nothing(area: Area) -> None:
    await say(area, "1001")
    (before,) = await sets_of(area).all()
    epoch = await area.value("SELECT epoch FROM sensitivity")
    await say(area, "1001", relabel=False)
    assert await sets_of(area).all() == [before]
    assert await area.value("SELECT epoch FROM sensitivity") == epoch


class _Killed(BaseException):
    """The end of the process, at whatever moment."""


async def test_relabelling_that_is_killed_at_any_row_goes_on_and_ends_as_if_it_never_was(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(area)
    monkeypatch.setattr("lhcr.record.relabelling._ROWS_IN_A_BATCH", 2)
    for place in range(7):
        await area.hospital.update(coded("1001" if place % 2 else "1002", id=f"o{place}"))
    await say(area, "1001", relabel=False)
    await _run_with_kills(area, monkeypatch)
    assert [await seen(area, f"Observation/o{place}") for place in range(7)] == [place % 2 == 0 for place in range(7)]
    await sets_of(area).remove("invented", operator=HOSPITAL)
    await _run_with_kills(area, monkeypatch)
    assert [await seen(area, f"Observation/o{place}") for place in range(7)] == [True] * 7


async def _run_with_kills(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run again and again, killed in each second batch, before or after what that writes, until it is done."""
    kills = 0
    while await relabelling(area).left():
        with monkeypatch.context() as patched:
            patched.setattr(relabelling_module, "_write", _Kill(after=bool(kills % 2)))
            with suppress(_Killed):
                await relabelling(area).run()
        kills += 1
        assert kills < 100
    assert kills > 3


class _Kill:
    """Writes a first batch, and is killed in the second."""

    def __init__(self, *, after: bool) -> None:
        self._write, self._after, self._calls = relabelling_module._write, after, 0

    async def __call__(self, *arguments: Any, past: bool) -> None:
        self._calls += 1
        if self._calls == 2 and not self._after:
            raise _Killed
        await self._write(*arguments, past=past)
        if self._calls == 2:
            raise _Killed


async def test_a_change_while_relabelling_runs_begins_it_anew_and_loses_nothing(area: Area) -> None:
    await known(area)
    for code in ("1001", "1002", "1003"):
        await area.hospital.update(coded(code, id=f"o{code}"))
    await say(area, "1001", "1002", relabel=False)
    await say(area, "1002", "1003", relabel=False)
    # Until what comes is hidden, what goes is hidden too, also where it is written only now.
    await area.hospital.update(coded("1001", id="new"))
    assert not await seen(area, "Observation/new")
    await relabelling(area).run()
    assert [await seen(area, f"Observation/o{code}") for code in ("1001", "1002", "1003")] == [True, False, False]
    assert await seen(area, "Observation/new")


async def test_a_worker_that_does_not_know_of_a_change_labels_what_it_writes_all_the_same(area: Area) -> None:
    """Hazard: an entry behind the back of a relabelling, by a worker whose permit is remembered for a minute."""
    await known(area)
    await area.hospital.update(coded("1", id="warm"))
    async with open_area(area.dsn) as other:
        await say(other, "1001")
    stale = area.classes.sensitivity
    assert not await stale.codes(policy_epoch=area.classes.table.epoch)
    single = coded("1001")
    del single["id"]
    written = await area.hospital.create(single)
    assert not await seen(area, f"Observation/{written.draft.id}")


async def test_an_update_of_a_worker_that_does_not_know_of_a_change_is_labelled_too(area: Area) -> None:
    await known(area)
    await area.hospital.update(coded("1", id="warm"))
    async with open_area(area.dsn) as other:
        await say(other, "1001")
    await area.hospital.update(coded("1001"))
    assert not await seen(area)


async def test_a_write_that_is_overtaken_by_a_change_is_not_written_and_can_be_sent_again(
    area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(area)
    await area.hospital.update(coded("1", id="warm"))
    async with open_area(area.dsn) as other:
        await say(other, "1001")
    monkeypatch.setattr(Sensitivity, "meet", lambda *_: None)
    assert await refusal(area.hospital.update(coded("1001"))) == (503, "labels-changing")
    assert await area.value("SELECT count(*) FROM resource WHERE id = 'o'") == 0
    await area.hospital.update(coded("1001"))
    assert not await seen(area)


async def test_relabelling_beside_writers_leaves_nothing_unlabelled(area: Area) -> None:
    await known(area)
    async with open_area(area.dsn) as operator:
        writing = asyncio.create_task(_write_on(area))
        for _ in range(3):
            await say(operator, "1001")
            await forget(operator)
        await say(operator, "1001")
        written = await writing
    shown = {each.id for each in (await area.gp.everything("Patient/p")).found}
    assert len(written) == 80
    assert shown.isdisjoint(written)


async def _write_on(area: Area) -> set[str]:
    """Write entries one by one, of which every fourth replaces the one before."""
    written = set()
    for place in range(80):
        own_id = f"w{place}"
        for code in ("1002", "1001"):
            for _ in range(20):
                with suppress(Busy):
                    await area.hospital.update(coded(code, id=own_id))
                    break
        written.add(own_id)
    return written


async def test_the_next_page_of_a_search_obeys_a_set_that_was_loaded_meanwhile(area: Area) -> None:
    await known(area)
    for place in range(4):
        await area.hospital.update(coded("1001" if place == 1 else "1002", id=f"o{place}"))
    first = await search(area.gp, PERSON, "Observation", "_count=1&_sort=_lastUpdated")
    await say(area, "1001")
    rest = await search(area.gp, PERSON, "Observation", "_count=10&_sort=_lastUpdated", after=first.after)
    assert [each.id for each in rest.matches] == ["o2", "o3"]


async def test_every_change_of_a_set_is_in_the_log_with_who_made_it(area: Area) -> None:
    await say(area, "1001")
    await forget(area)
    told = [each for each in await area.entries() if each["subtype"] == "value-set"]
    assert [each["outcome"] for each in told] == ["0", "0"]


async def test_a_set_that_nobody_gave_a_label_is_refused_and_one_that_is_not_there_is_not_found(area: Area) -> None:
    loaded = LoadedSet(name="n", version="", label=None, codes=[("snomed.info/sct", "1")])
    with pytest.raises(Incorrect):
        await sets_of(area).load(loaded, label=None, operator=HOSPITAL)
    with pytest.raises(NotFound):
        await sets_of(area).remove("n", operator=HOSPITAL)
    assert await sets_of(area).all() == []
