"""Recorded ties: which facts tied organisations to persons at some time, for whoever checks accesses afterwards.

They rest on nobody's own word: a claim or emergency is a fact of a user, and what is written on the writer's own word ties nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "recorded_ties.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class TieQuestion:
    """Whether an organisation was tied to a person at any time from `low` to `high`."""

    person_id: int
    organisation: str
    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTie:
    """A fact of a kind such as `encounter`, which held from `low` up to, not including, `high`."""

    kind: str
    low: datetime
    high: datetime


async def recorded_ties(source: Connection | Pool, questions: Sequence[TieQuestion]) -> list[tuple[RecordedTie, ...]]:
    """Return the facts that answer each question, those that began last first."""
    found: list[list[RecordedTie]] = [[] for _ in questions]
    columns = (
        [each.person_id for each in questions],
        [each.organisation for each in questions],
        [each.low for each in questions],
        [each.high for each in questions],
    )
    for row in await source.fetch(_SQL["recorded_ties"], *columns) if questions else ():
        found[row["nth"] - 1].append(RecordedTie(kind=row["kind"], low=row["low"], high=row["high"]))
    return [tuple(each) for each in found]
