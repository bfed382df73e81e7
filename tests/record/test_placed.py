"""The entries of the log that a write owes: one for each person and interaction, saying what was done to what."""

from collections import defaultdict
from typing import Any, TypeAlias

from tests.logged import logged_entry
from tests.record.area import Area, delete, post, sent
from tests.record.made import allergy, medication, number, observation, patient

from lhcr.access.request import Interaction
from lhcr.record.written import Written

Told: TypeAlias = dict[tuple[int | None, str, str, str], list[tuple[str, str, int]]]


async def logged(area: Area, *, since: int) -> Told:
    """Return the items of entries, by person, interaction, action and type; that no two have the same is part of it."""
    rows = await area.rows(
        "SELECT convert_from(text, 'UTF8') AS text FROM audit_entry ORDER BY recorded, writer_id, seq"
    )
    entries: list[dict[str, Any]] = [logged_entry(row["text"]) for row in rows[since:]]
    told: Told = {}
    for each in entries:
        key = each.get("person"), each["subtype"], each["action"], each.get("type", "")
        assert key not in told
        told[key] = each.get("items", [])
    return told


def expected(written: list[Written], kinds: list[tuple[str, str]]) -> Told:
    """Return, one by one and without any grouping of the record's, what is to be told of what was written."""
    grouped: dict[tuple[int | None, str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for each, (subtype, action) in zip(written, kinds, strict=True):
        draft = each.draft
        person = draft.person_id if draft.person_id is not None and draft.person_id > 0 else None
        grouped[person, subtype, action].append((draft.type, draft.id or "", draft.version))
    told: Told = {}
    for key, items in grouped.items():
        types = {one[0] for one in items}
        told[(*key, types.pop() if len(types) == 1 else "")] = items
    return told


async def test_a_feed_says_for_each_person_what_it_made_changed_and_deleted(area: Area) -> None:
    """Hazard: of what a feed took out of a record, the log says that it was put in."""
    first = await area.hospital.load(
        sent(patient(number(1), id="p")),
        sent(patient(number(2), id="q")),
        sent(observation("Patient/p", id="o")),
        sent(observation("Patient/q", id="gone")),
        sent(allergy("Patient/q", id="a")),
        sent(medication(id="drug")),
    )
    since = len(await area.entries()) - len({each.draft.person_id for each in first})
    assert await logged(area, since=since) == expected(first, [("create", "C")] * len(first))
    since = len(await area.entries())
    second = await area.hospital.load(
        sent(observation("Patient/p", id="o", status="amended")),
        sent(observation("Patient/p", id="new")),
        delete("Observation/gone"),
        sent(allergy("Patient/q", id="a", recordedDate="2024-01-01")),
        sent(observation("Patient/q"), key="unnamed"),
    )
    kinds = [("update", "U"), ("create", "C"), ("delete", "D"), ("update", "U"), ("create", "C")]
    told = await logged(area, since=since)
    assert told == expected(second, kinds)
    assert len(told) == len(second)


async def test_decisions_of_their_own_say_what_each_draft_is(area: Area) -> None:
    await area.hospital.load(sent(patient(number(1), id="p")), sent(observation("Patient/p", id="gone")))
    drafts = [post(allergy("Patient/p")), post(observation("Patient/p")), delete("Observation/gone")]
    interactions = [Interaction.CREATE, Interaction.CREATE, Interaction.DELETE]
    asker, told_of = area.hospital, []
    for draft, interaction in zip(drafts, interactions, strict=True):
        told_of.append(await asker.decide(interaction, draft.type, None))
    since = len(await area.entries())
    written = await asker.write(told_of[0], drafts, decided=told_of)
    told = await logged(area, since=since)
    assert told == expected(written, [("create", "C"), ("create", "C"), ("delete", "D")])


async def test_what_changes_nothing_is_in_the_log_without_items(area: Area) -> None:
    await area.hospital.load(sent(patient(number(1), id="p")))
    since = len(await area.entries())
    await area.hospital.load(delete("Observation/never"), delete("Observation/was"))
    assert await logged(area, since=since) == {(None, "delete", "D", ""): []}
