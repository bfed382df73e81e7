"""`_source` is asked of the access class of a row, wherever rows are: with a person, of a person, in the directory, over a hop."""

import pytest
from tests.record.area import Area
from tests.record.made import observation, organisation
from tests.record.restricted import CONTROL, RESTRICTED, know, search

OURS, THEIRS, WORD = "urn:lhcr:source:RRE", "urn:lhcr:source:A81001", "https://pas.example/ward-7"


async def scene(area: Area) -> None:
    """A result of each source about somebody whom both know; one of them with its sender's word, and one that forges the other."""
    await know(area, CONTROL, label=None)
    await area.surgery.update(observation(f"Patient/{CONTROL.labelled_id}", id="theirs", meta={"source": WORD}))
    await area.hospital.update(observation(f"Patient/{CONTROL.plain_id}", id="ours", meta={"source": THEIRS}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"_source={THEIRS}", ["theirs"]),
        (f"_source={OURS}", ["control-observation", "ours"]),
        (f"_source={WORD}", ["theirs"]),
        (f"_source={WORD},{OURS}", ["control-observation", "ours", "theirs"]),
        (f"_source={THEIRS.lower()}", []),
        ("_source=urn:lhcr:source:", []),
        ("_source=urn:lhcr:source:NOBODY", []),
        ("_source:missing=false", ["control-observation", "ours", "theirs"]),
        ("_source:missing=true", []),
        (f"patient._source={THEIRS}", ["control-observation", "ours", "theirs"]),
        (f"patient._source={WORD}", []),
        (f"patient:Patient._has:Observation:patient:_source={THEIRS}", ["control-observation", "ours", "theirs"]),
        ("_sort=_source,_id", ["theirs", "control-observation", "ours"]),
        ("_sort=-_source,_id", ["control-observation", "ours", "theirs"]),
    ],
)
async def test_entries_are_found_and_put_in_order_by_who_contributed_them(
    area: Area, text: str, found: list[str]
) -> None:
    await scene(area)
    page = await search(area.doctor, CONTROL, "Observation", text)
    ids = [match.id for match in page.matches]
    assert (ids if "_sort" in text else sorted(ids)) == found


async def test_a_person_is_found_by_every_source_that_contributed_to_them(area: Area) -> None:
    await scene(area)
    for text, found in ((f"_source={OURS}", 1), (f"_source={THEIRS}", 1), (f"_source={WORD}", 0), ("_sort=_source", 1)):
        assert len((await search(area.doctor, CONTROL, "Patient", text)).matches) == found, text


async def test_the_directory_is_searched_by_who_contributed_to_it(area: Area) -> None:
    await area.surgery.create(organisation("A81001"))
    await area.hospital.create(organisation("RRE"))
    for text, count in ((f"_source={THEIRS}", 1), (f"_source={THEIRS},{OURS}", 2), ("_source:missing=true", 0)):
        assert len((await search(area.doctor, None, "Organization", text)).matches) == count, text


async def test_hazard_whereabouts_a_restricted_persons_entries_have_no_source_to_be_asked_for(area: Area) -> None:
    """Nor does their order tell it."""
    await know(area, RESTRICTED, label="R")
    await area.surgery.update(observation(f"Patient/{RESTRICTED.labelled_id}", id="a-theirs"))
    for kind in ("Observation", "Patient"):
        for source in (OURS, THEIRS):
            assert not (await search(area.doctor, RESTRICTED, kind, f"_source={source}")).matches
        assert not (await search(area.doctor, RESTRICTED, kind, "_source:missing=false")).matches
        assert (await search(area.doctor, RESTRICTED, kind, "_source:missing=true")).matches
    for way in ("", "-"):
        page = await search(area.doctor, RESTRICTED, "Observation", f"_sort={way}_source,_id")
        assert [match.id for match in page.matches] == ["a-theirs", f"{RESTRICTED.name}-observation"]
