"""A choice as it is stored, and as a draft on its way there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from lhcr.access.consent import ConsentFact
from lhcr.access.own_choice import Choice
from lhcr.audit.entry import Item
from lhcr.fhir.json_document import read_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.record.choice_consent import IN_FORCE, choice_in, is_by_person, withdrawn
from lhcr.record.draft import Draft, Method

CONSENT: Final = type_id("Consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChoice:
    """A choice as it is stored. `in_force`: it was not taken back. `withdrawable`: by whoever asks."""

    id: str
    rid: int
    version: int
    class_id: int
    consent: JsonObject
    withdrawable: bool

    @property
    def choice(self) -> Choice:
        return choice_in(self.consent)

    @property
    def in_force(self) -> bool:
        return bool(self.consent["status"] == IN_FORCE)

    @property
    def is_by_person(self) -> bool:
        """Whether the person themself made it, and nobody who acts for them."""
        return is_by_person(self.consent)

    @property
    def item(self) -> Item:
        return Item("Consent", self.id, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChoices:
    """What one person said themself, and by the id of each Consent that counts, whoever wrote it, what it keeps from whom."""

    choices: Sequence[OwnChoice]
    counted: Mapping[str, Sequence[ConsentFact]]


def read_choice_row(row: asyncpg.Record, *, by_person: bool) -> OwnChoice:
    """A person takes back whatever was chosen for them, and a proxy what a proxy chose: never the person's own word."""
    consent = read_json(row["body"])
    return OwnChoice(
        id=row["id"],
        rid=row["rid"],
        version=row["version"],
        class_id=row["class"],
        consent=consent,
        withdrawable=by_person or not is_by_person(consent),
    )


def withdrawal_of(choice: OwnChoice, person_id: int) -> Draft:
    draft = choice_draft_of(Method.PUT, withdrawn(choice.consent), id=choice.id, rid=choice.rid, person_id=person_id)
    draft.version, draft.replaces, draft.class_id = choice.version + 1, True, choice.class_id
    return draft


def choice_draft_of(method: Method, consent: JsonObject, *, id: str, rid: int, person_id: int) -> Draft:
    return Draft(method=method, type="Consent", type_id=CONSENT, resource=consent, id=id, rid=rid, person_id=person_id)
