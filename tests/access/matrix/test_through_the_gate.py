"""A sample of the matrix through the gate itself, over facts in a database that also holds those of others, which must not count."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import islice, product
from typing import Any, Final

from tests.access.conftest import NOW
from tests.access.matrix.combinations import questions
from tests.access.matrix.program import CODINGS, PERSONS, case_of
from tests.access.matrix.question import Question
from tests.access.matrix.rows import Reach, Row, reach
from tests.access.matrix.tables import EVERYTHING, OBJECTIONS
from tests.access.matrix.verdicts import answer

from lhcr.access.refusal import Refused
from lhcr.access.relationship import citizen_party
from lhcr.access.request import AskedPerson, Interaction, Request

#: A prime step, so that no dimension of the combinations is left out by being in step with it.
STEP: Final = 1_499
OWN: Final = "A81001"
OTHER: Final = "RRE"
USER: Final = "555000000101"
#: Whose fact of a kind counts for those who ask, and whose of the same kind does not.
PARTIES: Final = {
    "self": (citizen_party("9990000018"), citizen_party("9990000026")),
    "proxy": (citizen_party("9990000018"), citizen_party("9990000026")),
    "parent": (citizen_party("9990000018"), citizen_party("9990000026")),
    "claimed": (f"user|{OWN}|{USER}", f"user|{OWN}|another", f"user|{OTHER}|{USER}", OWN),
    "emergency": (f"user|{OWN}|{USER}", f"user|{OWN}|another", f"user|{OTHER}|{USER}", OWN),
}
#: What the facts of a Consent say, by objection: organisation, source and category of each, and whether it is an exception.
SAID: Final[Mapping[str, tuple[tuple[bool, str, str, str], ...]]] = {
    "to-everybody": ((False, "", "", ""),),
    "by-name": ((False, OWN, "", ""),),
    "to-all-but-results": ((False, "", "", ""), (True, "", "", "result")),
    "to-the-source": ((False, "", OTHER, ""),),
    "to-observations": ((False, "", "", "observation"),),
    "to-results-of-the-source": ((False, "", OTHER, "result"),),
}
#: Children until 11 and grown up from 16, as the text has it.
BORN: Final = {"child": date(2015, 3, 3), "between": date(2015, 3, 2), "grown": date(2010, 3, 2)}
LABELLED: Final = ("demographics", "observation", "consent", "directory")


async def classes_of(world: Any) -> dict[int, Row]:
    """Intern every category of two sources, and some with labels; return the row of the matrix that each stands for."""
    found: dict[int, Row] = {}
    for source, ods in (("own", OWN), ("other", OTHER)):
        number = await world.classes.source_of(ods, name=ods, categories=sorted(EVERYTHING))
        wanted = [(category, "") for category in sorted(EVERYTHING)]
        wanted += [(category, label) for category, label in product(LABELLED, CODINGS) if label]
        for category, label in wanted:
            class_id = await world.classes.class_of(number, category=category, labels=sorted(CODINGS[label]))
            found[class_id] = (source, category, label)
    return found


async def person_of(world: Any, asked: Question) -> int:
    """Return a person of whom the facts are true that a question names, and the same of others who do not ask."""
    person: int = await world.person()
    for kind, is_in_force in asked.facts:
        counting, *others = PARTIES.get(kind, (OWN, OTHER))
        low, days = NOW - timedelta(days=30), 60 if is_in_force else 29
        await world.tie(person, counting, kind, low=low, days=days)
        for party in others:
            await world.tie(person, party, kind, low=low, days=60)
    for permits, organisation, source, category in SAID.get(asked.objection, ()):
        await object_to(world, person, permits, organisation, source, category)
    # What another organisation may not see, and what was objected to in the past and is to be in the future, stops nobody now.
    await object_to(world, person, False, OTHER, "", "", number=7)
    await object_to(world, person, False, "", "", "", number=8, begins=-20, ends=-1)
    await object_to(world, person, False, "", "", "", number=9, begins=1, ends=20)
    if (born := BORN.get(asked.age)) is not None:
        await world.pool.execute(
            "INSERT INTO fact_birth (person_id, rid, low, high) VALUES ($1, 1, $2, $2)", person, born
        )
    if asked.restricted:
        await world.pool.execute("INSERT INTO fact_restriction (person_id, rid) VALUES ($1, 1)", person)
    return person


async def object_to(
    world: Any, person: int, *said: bool | str, number: int = 0, begins: int = -20, ends: int = 20
) -> None:
    await world.pool.execute(
        "INSERT INTO fact_consent (person_id, rid, objection, permits, organisation, source, category, low, high) "
        "VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
        person,
        number,
        *said,
        NOW + timedelta(days=begins),
        NOW + timedelta(days=ends),
    )


class Sample:
    """The gate over a database in which each standing of the matrix has a person."""

    def __init__(self, world: Any, rows: Mapping[int, Row]) -> None:
        self._world = world
        self._rows = rows
        self._known: dict[object, int] = {}

    async def person(self, asked: Question) -> AskedPerson:
        if asked.person != "known":
            return PERSONS[asked.person]
        key = (asked.facts, asked.restricted, asked.objection, asked.age)
        if key not in self._known:
            self._known[key] = await person_of(self._world, asked)
        return self._known[key]

    async def mismatch(self, asked: Question) -> str:
        """Return what the gate does otherwise than the text, empty where nothing is."""
        expected, person = answer(asked), await self.person(asked)
        request = Request(interaction=Interaction(asked.interaction), type=asked.type, person=person)
        try:
            decision = await self._world.gate.decide(case_of(asked).principal, request)
        except Refused as refused:
            wanted = "" if expected.permitted else expected.rule
            return "" if refused.verdict.rule == wanted else f"refused by {refused.verdict.rule}, not {wanted}: {asked}"
        if not expected.permitted:
            return f"permitted, which {expected.rule} refuses: {asked}"
        if asked.interaction == "audit-read":
            return ""
        seen, known = decision.visibility, {*self._rows.values()}
        whose = "everybody" if seen.persons is None else "asked for" if seen.persons else "nobody"
        found = Reach(frozenset(self._rows[each] for each in seen.classes), whose, seen.places.value)
        by_text = reach(asked, own_only=expected.own_only)
        return "" if found == by_text._replace(rows=by_text.rows & known) else f"reaches other rows: {asked}"


async def test_the_gate_decides_from_the_facts_of_the_asker_alone_as_the_text_says(world: Any) -> None:
    """Hazard: somebody else's relationship, claim, session or objection that is taken for the asker's."""
    sample = Sample(world, await classes_of(world))
    assert SAID.keys() == {*OBJECTIONS}
    asked = list(islice(questions(), 0, None, STEP))
    assert [sentence for each in asked if (sentence := await sample.mismatch(each))] == []
    assert len(asked) > 500
