"""Entries: the same facts give the same bytes, hostile words stay bounded text, and large answers are named by a digest."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.audit.entry import MOST_ITEMS, Entry, EntryDraft, Item, Items, ManyItems, Outcome, bounded
from lhcr.audit.export import LONGEST_LINE
from lhcr.audit.log import AuditLog
from lhcr.store.database import Pool

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
ITEMS = [Item("Observation", f"o{number}", number) for number in range(1, MOST_ITEMS + 2)]


def told(text: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_same_facts_give_the_same_bytes_and_read_back_as_the_same_facts(draft: EntryDraft) -> None:
    once, again = (draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, items=ITEMS[:2]) for _ in range(2))
    assert once == again
    entry = msgspec.json.decode(once.text, type=Entry)
    assert msgspec.json.encode(entry) == once.text
    assert (entry.recorded, entry.person, entry.named_items) == (NOW, 7, ITEMS[:2])


def test_an_entry_says_who_asked_as_they_were_then_why_and_with_which_outcome(draft: EntryDraft) -> None:
    entry = told(draft.complete(recorded=NOW, outcome=Outcome.REFUSED).text)
    assert entry["agent"] == {
        "user": "555000000101",
        "name": "Dr Ada Fell",
        "kind": "professional",
        "role": "R8000",
        "role_name": "Clinical Practitioner",
        "organisation": "A81001",
        "organisation_name": "The Surgery",
        "token": "token-gp",
    }
    assert (entry["purpose"], entry["outcome"], entry["action"], entry["decision"]) == (
        "TREAT",
        "4",
        "R",
        "D-0000000000001",
    )


def test_facts_that_are_not_there_are_left_out(draft: EntryDraft) -> None:
    entry = told(draft.complete(recorded=NOW, outcome=Outcome.SUCCESS).text)
    assert not {"items", "query", "patient", "rule", "asked"} & entry.keys()


def test_the_person_found_out_later_stands_for_the_one_of_the_draft_in_text_and_column(draft: EntryDraft) -> None:
    """Hazard: an entry that is found under one person and says another."""
    pending = draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, person_id=9)
    assert pending.person_id == told(pending.text)["person"] == 9
    unknown = draft.complete(recorded=NOW, outcome=Outcome.SUCCESS)
    assert unknown.person_id == told(unknown.text)["person"] == 7


def test_a_disclosure_is_the_disclosed_persons_own_entry(draft: EntryDraft) -> None:
    pending = draft.disclosure(11, recorded=NOW, items=ITEMS[:1], patient="p11")
    entry = told(pending.text)
    assert (pending.person_id, entry["person"], entry["patient"]) == (11, 11, "p11")
    assert (entry["subtype"], entry["outcome"], entry["items"]) == ("disclosure", "0", {"Observation": "o1"})


@pytest.mark.parametrize("size", [0, 1, MOST_ITEMS, MOST_ITEMS + 1])
def test_an_answer_names_its_items_or_their_number_and_a_digest_over_them(draft: EntryDraft, size: int) -> None:
    items = ITEMS[:size]
    entry = read_back(draft, items)
    assert entry.item_count == size
    if size <= MOST_ITEMS:
        assert (entry.named_items, entry.many) == (items, None)
    else:
        array = json.dumps([list(item) for item in items], separators=(",", ":")).encode()
        assert (entry.items, entry.many) == (None, ManyItems(count=size, digest=hashlib.sha256(array).hexdigest()))


IDS = st.from_regex(r"[A-Za-z0-9.-]{1,64}", fullmatch=True)
SOME_ITEMS = st.lists(st.builds(Item, st.sampled_from(["Claim", "Condition", "Patient"]), IDS, st.integers(1, 10**9)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(items=SOME_ITEMS)
def test_the_items_of_each_type_come_back_in_their_order_whatever_their_ids(
    draft: EntryDraft, items: list[Item]
) -> None:
    """Hazard: an entry of the log that names another item than was shown."""
    entry = read_back(draft, items)
    types = list(dict.fromkeys(item.type for item in items))
    assert entry.named_items == sorted(items, key=lambda item: types.index(item.type))
    assert entry.item_count == len(items)


def read_back(draft: EntryDraft, items: Items) -> Entry:
    return msgspec.json.decode(draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, items=items).text, type=Entry)


def test_every_item_of_the_largest_page_is_named_in_a_line_of_the_export(draft: EntryDraft) -> None:
    """Hazard: an entry was disclosed and nobody can find out to whom."""
    longest = [Item("SubstanceReferenceInformation", f"{n:x>64}", 999_999_999) for n in range(MOST_ITEMS)]
    text = draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, items=longest).text
    assert msgspec.json.decode(text, type=Entry).named_items == longest
    assert len(base64.b64encode(text)) < LONGEST_LINE * 0.9


def test_plain_tuples_name_items_as_well(draft: EntryDraft) -> None:
    assert read_back(draft, [("Patient", "p", 1)]).named_items == [Item("Patient", "p", 1)]


# Every kind of character that a header or address can bring, lone surrogates among them.
ANY_TEXT = st.text(alphabet=st.characters(), max_size=300)


@given(text=ANY_TEXT, most=st.integers(0, 200))
def test_what_a_caller_sent_is_kept_in_a_bounded_length_as_text_that_can_be_written(text: str, most: int) -> None:
    kept = bounded(text, most)
    assert len(kept) == min(len(text), most)
    kept.encode("utf-8")
    assert all(here == there or "\ud800" <= there <= "\udfff" for here, there in zip(kept, text, strict=False))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(hostile=ANY_TEXT)
def test_nothing_that_a_caller_sends_keeps_an_entry_from_being_written(draft: EntryDraft, hostile: str) -> None:
    """Hazard: a request that cannot be logged would go unlogged, or take the log down."""
    long = hostile * 40
    pending = replace(draft, asked=long, request_id=long).complete(recorded=NOW, outcome=Outcome.FAILED, query=long)
    entry = told(pending.text)
    assert b"\n" not in pending.text
    assert len(entry.get("asked", "")) <= 256
    assert len(entry.get("request", "")) <= 128
    assert len(entry.get("query", "")) <= 4_096


async def test_a_page_of_hundreds_is_stored_in_one_row_as_it_is(pool: Pool, log: AuditLog, draft: EntryDraft) -> None:
    """Compressing ids, which look like chance, took longer than all else of writing an entry."""
    items = [Item("Observation", hashlib.sha256(bytes([n])).hexdigest()[:32], 1) for n in range(200)]
    await log.append([draft.complete(recorded=NOW, outcome=Outcome.SUCCESS, items=items)])
    row = await pool.fetchrow(
        "SELECT length(text) AS length, pg_column_size(text) AS stored, reltoastrelid::regclass::text AS apart"
        " FROM audit_entry, pg_class WHERE relname = 'audit_entry'"
    )
    assert row is not None
    assert row["stored"] - row["length"] in range(5)
    assert row["length"] > 6_000
    assert await pool.fetchval(f"SELECT count(*) FROM {row['apart']}") == 0
