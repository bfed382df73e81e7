"""A file is loaded unit by unit: what waits has its turn later, and a Bundle in parts is as whole as one in one piece."""

import json
from pathlib import Path

import pytest
from tests.ingest.loadable_area import LoadableArea, observation, patient

from lhcr.ingest import large_bundle, ndjson
from lhcr.ingest.file_load import FileLoad, Turn
from lhcr.ingest.source_file import find_files
from lhcr.ingest.tally import Tally

_PRACTITIONER = {"resourceType": "Practitioner", "id": "d", "identifier": [{"system": "urn:staff", "value": "1"}]}
_WAITING = [{"reference": "Practitioner?identifier=urn:staff|1"}]


async def run(area: LoadableArea, path: Path, turn: Turn) -> tuple[Tally, frozenset[int]]:
    total = Tally()
    files = FileLoad(await area.loader())
    put_off = await files.run(find_files([path])[0], turn=turn, on_progress=lambda _, tally, __: total.add(tally))
    return total, put_off


async def test_only_the_batch_that_waits_is_put_off_and_its_turn_loads_nothing_else(
    area: LoadableArea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "LINES_IN_A_BATCH", 2)
    lines = [
        patient("p"),
        observation("a", "Patient/p"),
        observation("b", "Patient/p", performer=_WAITING),
        patient("q"),
    ]
    path = tmp_path / "x.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, _PRACTITIONER, "no resource"]))
    tally, put_off = await run(area, path, Turn())
    assert (tally.accepted, tally.quarantined.total(), put_off) == (3, 1, frozenset({1}))
    tally, put_off = await run(area, path, Turn(units=put_off))
    assert (tally.accepted, tally.unchanged, tally.quarantined.total(), put_off) == (2, 0, 0, frozenset())


async def test_a_bundle_in_parts_is_as_whole_as_one_in_one_piece(
    area: LoadableArea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_bundle.units_of, "__kwdefaults__", {"most": 3})
    resources = {f"urn:uuid:o{number}": observation(None, "urn:uuid:p") for number in range(10)}
    resources["urn:uuid:o4"]["hasMember"] = [{"reference": "urn:uuid:o9"}]
    resources["urn:uuid:p"] = patient()
    entries = [
        {"fullUrl": name, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
        for name, resource in resources.items()
    ]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    tally, _ = await run(area, path, Turn())
    assert tally.accepted == 11
    (person,) = await area.bodies("Patient")
    seen = await area.bodies("Observation")
    assert {each["subject"]["reference"] for each in seen} == {f"Patient/{person['id']}"}
    (with_member,) = [each for each in seen if "hasMember" in each]
    assert with_member["hasMember"][0]["reference"] in {f"Observation/{each['id']}" for each in seen}
    again, _ = await run(area, path, Turn())
    assert (again.accepted, again.unchanged) == (0, 11)


async def test_when_a_part_waits_those_after_it_wait_with_it(
    area: LoadableArea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_bundle.units_of, "__kwdefaults__", {"most": 1})
    entries = [
        {"fullUrl": "urn:uuid:p", "resource": patient("p")},
        {"fullUrl": "urn:uuid:a", "resource": observation("a", "urn:uuid:p", performer=_WAITING)},
        {"fullUrl": "urn:uuid:b", "resource": observation("b", "urn:uuid:p", hasMember=[{"reference": "urn:uuid:a"}])},
    ]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    tally, put_off = await run(area, path, Turn())
    assert (tally.accepted, put_off) == (1, frozenset({1, 2}))
    tally, put_off = await run(area, path, Turn(units=put_off, last=True))
    assert (tally.accepted, tally.unchanged, put_off) == (2, 0, frozenset())
    seen = {each["id"]: each for each in await area.bodies("Observation")}
    assert seen["b"]["hasMember"][0]["reference"] == "Observation/a"


async def test_a_file_that_has_gone_is_reported_and_nothing_else_happens(area: LoadableArea, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    (file,) = find_files([path])
    path.unlink()
    total = Tally()
    files = FileLoad(await area.loader())
    await files.run(file, turn=Turn(), on_progress=lambda _, tally, __: total.add(tally))
    assert dict(total.quarantined) == {"unreadable": 1}
