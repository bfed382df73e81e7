"""Facts as they are stored: read for a decision here, and written by `record` with the statements that are named here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Final

import msgspec

from lhcr.access.competence import Born
from lhcr.access.consent import NO_CONSENTS, ConsentFact, Consents, consents_of
from lhcr.access.relationship import Tie
from lhcr.store.class_presence import PATIENT_CLASSES, PRESENT_CLASSES
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "facts.sql")
#: Statements for `record`, each composable as a CTE: what their parameters are is said beside them in `facts.sql`.
CLEARED_FACTS: Final = _SQL["cleared_facts"]
NARROWED_FACTS: Final = _SQL["narrowed_facts"]
PROJECTED_FACTS: Final = _SQL["projected_facts"]
CONTRIBUTED: Final = _SQL["contributed"]
CLEARED_RESTRICTIONS: Final = _SQL["cleared_restrictions"]
PROJECTED_RESTRICTIONS: Final = _SQL["projected_restrictions"]
CLEARED_BIRTHS: Final = _SQL["cleared_births"]
PROJECTED_BIRTHS: Final = _SQL["projected_births"]
CLEARED_CONSENTS: Final = _SQL["cleared_consents"]
PROJECTED_CONSENTS: Final = _SQL["projected_consents"]
_PATIENTS: Final = msgspec.json.Decoder(dict[str, int])
_CONSENTS: Final = msgspec.json.Decoder(list[tuple[int, ConsentFact]])


class Presence(Enum):
    """Whether it is asked which classes a person's entries have; `WHERE_OBJECTED`: if they object to anything."""

    NOT_ASKED = "not-asked"
    WHERE_OBJECTED = "where-objected"
    ASKED = "asked"


def _ties(present: str) -> str:
    statement = _SQL["ties"].replace("({patient_classes})", f"({PATIENT_CLASSES})")
    return statement.replace("{present} AS", f"{present.replace('({classes})', f'({PRESENT_CLASSES})')} AS")


#: A statement for each: one that asked for its parameter what to read would be planned anew each time, which costs more than it reads.
_TIES: Final = MappingProxyType(
    {
        Presence.NOT_ASKED: _ties("NULL::integer[]"),
        Presence.WHERE_OBJECTED: _ties(_SQL["present_where_objected"]),
        Presence.ASKED: _ties(_SQL["present"]),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one person in one snapshot. `person_epoch` is None where nobody is named or nobody has the id.

    `restricted`: somebody whose word counts says that the person must not be found. `consents`: what they object to, as far as it
    concerns the parties. `no_opt_out`: it was asked whether the National Data Opt-out keeps their record from secondary use, and it
    does not.
    """

    policy_epoch: int
    person_epoch: int | None
    ties: tuple[Tie, ...]
    restricted: bool
    consents: Consents
    #: When they were born, which is asked for a citizen alone.
    born: Born | None = None
    no_opt_out: bool = False
    #: The access classes of what stands about them, None where it was not asked.
    present: tuple[int, ...] | None = None
    #: The access classes of their Patients by id, deleted ones too.
    patients: Mapping[str, int] = field(default_factory=dict)

    def of_nobody(self) -> "Standing":
        """Return what is known of somebody who is not here, in the same snapshot."""
        return Standing(
            policy_epoch=self.policy_epoch, person_epoch=None, ties=(), restricted=False, consents=NO_CONSENTS
        )


async def read_standing(
    source: Connection | Pool,
    person_id: int | None,
    *,
    parties: Sequence[str],
    now: datetime,
    secondary: bool = False,
    presence: Presence = Presence.NOT_ASKED,
) -> Standing:
    """Return what is known of a person, with `secondary` whether they opted out of secondary use, and what `presence` asks."""
    rows = await source.fetch(_TIES[presence], person_id, parties, now, secondary)
    ties = (Tie(party=row["party"], kind=row["kind"], until=row["until"]) for row in rows if row["kind"])
    return Standing(
        policy_epoch=rows[0]["policy_epoch"],
        person_epoch=rows[0]["person_epoch"],
        ties=tuple(ties),
        restricted=rows[0]["restricted"],
        consents=_consents(rows[0]["consents"], now=now),
        born=_born(rows[0]["born"]),
        no_opt_out=rows[0]["no_opt_out"],
        present=None if rows[0]["present"] is None else tuple(rows[0]["present"]),
        patients={} if (text := rows[0]["patients"]) is None else _PATIENTS.decode(text),
    )


def _born(days: Sequence[date | None] | None) -> Born | None:
    if days is None or days[0] is None or days[1] is None:
        return None
    return Born(earliest=days[0], latest=days[1])


def _consents(text: str | None, *, now: datetime) -> Consents:
    """Read the facts of consent, which come as JSON text because most people have none."""
    if text is None:
        return NO_CONSENTS
    rows = _CONSENTS.decode(text)
    facts = [
        (rid, fact._replace(low=fact.low.replace(tzinfo=UTC), high=fact.high.replace(tzinfo=UTC))) for rid, fact in rows
    ]
    return consents_of(facts, now=now)


async def restricted_among(connection: Connection, persons: Collection[int]) -> frozenset[int]:
    """Return those of some persons who are restricted, in the snapshot in which their rows were read."""
    rows = await connection.fetch(_SQL["restricted"], sorted(persons)) if persons else []
    return frozenset(row["person_id"] for row in rows)


async def forget_contributions(connection: Connection, person_id: int, parties: Collection[str]) -> None:
    """Let go of the fact that some parties contributed to a record: whoever has nothing in it any more has no part in it."""
    await connection.execute(_SQL["forget_contributions"], person_id, sorted(parties))


async def counted_consents(
    source: Connection | Pool, person_id: int, *, now: datetime
) -> Sequence[tuple[int, ConsentFact]]:
    """Return what a person objects to and has not ended, whomever it concerns, each with the rid of its Consent.

    It is for the person's own page: a decision reads what concerns its asker alone.
    """
    rows = await source.fetch(_SQL["counted_consents"], person_id, now)
    return [(row["rid"], ConsentFact(*tuple(row)[1:])) for row in rows]
