"""The place after a page: plain data from which the next page goes on, and what ties it to its search."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec

from lhcr.fhir.search.query_rendering import render
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.store.search.order import as_stored
from lhcr.store.search.page import Search


def place_after(search: Search, row: asyncpg.Record, keys: int) -> list[Any]:
    """Return the place after a row: the name of its search, the row's sort keys and its number."""
    return [_name(search), *(as_stored(row[f"k{place}"]) for place in range(1, keys + 1)), row["rid"]]


def keys_of(search: Search, place: Sequence[Any]) -> Sequence[Any]:
    """Return the sort keys and number in a place. Raises Incorrect (410) for one of another search: its keys mean nothing here."""
    if len(place) < 2 or place[0] != _name(search):
        raise Incorrect([_ended()], status=410)
    return place[1:]


def _name(search: Search) -> str:
    """Name what a page belongs to: the query but for the size of a page, whose rows it reads, and the classes it may see."""
    query = replace(search.query, count=None, paging=(), total=None)
    asked = [render(query, typed=False), search.scope.persons, search.directory, search.visibility.places.value]
    return hashlib.sha256(msgspec.json.encode(asked) + search.visibility.mask).hexdigest()[:32]


def _ended() -> Issue:
    return Issue(
        code="expired",
        error="cursor-expired",
        diagnostics="This page is no longer there: what the search means, or what you may see, has changed. Nothing is lost: "
        "search again from the first page.",
    )
