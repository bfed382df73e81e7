"""Whereabouts: which Patients of a batch joined a person who was here, and which references lead to nothing that is here."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.fhir.references import ReferenceKind, parse_reference
from lhcr.fhir.search.catalogue import type_id, type_name
from lhcr.ingest.patience import patiently
from lhcr.record.draft import Draft
from lhcr.record.written import Written
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.ingest", "whereabouts.sql")
#: The form of the ids that this server assigns: a reference was given one only where it was resolved.
_LOCAL: Final = re.compile(r"[A-Za-z]+/[A-Za-z0-9\-.]{1,64}").fullmatch
_assigned = re.compile(r"[0-9a-f]{32}").fullmatch


@dataclass(frozen=True, slots=True)
class Before:
    """The moment before a batch, and the ids of its Patients that were known then (a stand-in, or an earlier version)."""

    at: datetime
    known: frozenset[str]


class Whereabouts:
    """Asks for one source. `base` is the address of the area's FHIR API."""

    def __init__(self, pool: Pool, *, source_id: int, base: str) -> None:
        self._pool = pool
        self._source_id = source_id
        self._base = base

    async def before(self, drafts: Sequence[Draft]) -> Before | None:
        """Note what is known before a batch is written; None where it has no Patient."""
        patients = [draft for draft in drafts if draft.type == "Patient"]
        if not patients:
            return None
        ids = [draft.id for draft in patients if draft.id]
        row = await patiently(lambda: self._pool.fetchrow(_SQL["before"], type_id("Patient"), ids))
        return None if row is None else Before(row["at"], frozenset(row["known"]))

    async def folded(self, written: Sequence[Written], before: Before | None) -> int:
        """Count the Patients that joined a person who was here before, or one whom the batch itself brought."""
        if before is None:
            return 0
        new = [each.draft for each in written if _is_new_patient(each.draft) and each.draft.id not in before.known]
        persons = [draft.person_id for draft in new]
        rows = await patiently(lambda: self._pool.fetch(_SQL["older_persons"], persons, before.at))
        older = {row["person_id"] for row in rows}
        return len(persons) - len(set(persons) - older)

    async def missing(self, references: Collection[str]) -> list[str]:
        """Return those of what `outward` found that lead to nothing that is here."""
        followed = [reference for reference in references if _LOCAL(reference)]
        columns = (
            [type_id(each.split("/")[0]) for each in followed],
            [each.split("/")[1] for each in followed],
            followed,
        )
        person_type = type_id("Patient")
        rows = await patiently(lambda: self._pool.fetch(_SQL["missing"], self._source_id, *columns, person_type))
        unfollowed = [reference for reference in references if not _LOCAL(reference)]
        return sorted([*unfollowed, *(f"{type_name(row['type'])}/{row['id']}" for row in rows)])

    def outward(self, written: Sequence[Written]) -> set[str]:
        """Return the local references of what was written that lead out of it, `urn:` and conditional ones as they stand."""
        inside = {f"{each.draft.type}/{each.draft.id}" for each in written}
        distinct = {link["reference"] for each in written for link in each.draft.links}
        return set(self._names(distinct - inside)) - inside

    def _names(self, references: Collection[str]) -> Iterator[str]:
        for text in references:
            reference = parse_reference(text, base=self._base)
            if reference.kind is ReferenceKind.LOCAL and not _assigned(reference.id or ""):
                yield f"{reference.type}/{reference.id}"
            elif reference.kind in {ReferenceKind.URN, ReferenceKind.CONDITIONAL}:
                yield text


def _is_new_patient(draft: Draft) -> bool:
    return draft.type == "Patient" and not draft.found and not draft.replaces
