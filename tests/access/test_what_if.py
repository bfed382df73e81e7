"""What-if: a hypothetical case is decided as the gate decides a real one that stands alike, and nothing comes of it."""

import json
from itertools import islice
from typing import Any, Final

import pytest
from tests.access.conftest import NOW
from tests.access.matrix.combinations import questions
from tests.access.matrix.program import case_of
from tests.access.matrix.question import Question
from tests.access.matrix.test_through_the_gate import OTHER, OWN, Sample, classes_of, object_to
from tests.access.test_agreement_gate import agree
from tests.access.test_agreements import agreement

from lhcr.access.case_facts import fact_names, known_facts
from lhcr.access.decide import RULES
from lhcr.access.decision import AccessDecision
from lhcr.access.explain import explain
from lhcr.access.facts import read_standing
from lhcr.access.policy import Policy
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.access.what_if import LARGEST, read_what_if
from lhcr.access.what_if_answer import WhatIfAnswer, WhatIfs
from lhcr.audit.reader import LogReader
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect

#: A prime, as the sample of the matrix has one, and another than that.
STEP: Final = 2_503
#: A number that is valid and that nobody in these tests has.
NUMBER: Final = "9990000018"


def asked(
    principal: Principal, request: Request, *, about: str = "somebody", facts: Any = None, also: Any = None, **more: Any
) -> bytes:
    """The hypothetical case of an asker and what they ask, as JSON."""
    told = {
        "principal": {
            "kind": principal.kind.value,
            "role": principal.role_code,
            "activities": [activity.code for activity in principal.activities],
            "occupation": principal.occupation,
            "organisation": principal.organisation,
            "sign_in": principal.sign_in.value,
            "purpose": principal.purpose.code,
            "scopes": list(principal.scopes),
            "acting": _acting(principal),
            "app": _app(principal),
        },
        "request": {"interaction": request.interaction.value, "type": request.type, "about": about, **more},
        "facts": facts or {},
        "also": also or {},
    }
    return json.dumps(told).encode()


def _app(principal: Principal) -> Any:
    app = principal.app
    return app and {"emergency": app.emergency, "own_only": app.own_only}


def _acting(principal: Principal) -> Any:
    actor = principal.actor
    return actor and {"acts_for": actor.acts_for, "purposes": [purpose.code for purpose in actor.purposes]}


@pytest.fixture
def what_ifs(world: Any, policy: Policy) -> WhatIfs:
    return WhatIfs(pool=world.pool, classes=world.classes, policy=policy, clock=world.clock, rules=RULES)


async def traced(world: Any, principal: Principal, request: Request) -> tuple[Any, AccessDecision | None]:
    """What the gate decided: the trace that it kept, and the decision of a permit."""
    try:
        decision = await world.gate.decide(principal, request)
    except Refused as refused:
        return (await explain(LogReader(world.pool), refused.reference))["trace"], None
    text = await LogReader(world.pool).trace(bytes.fromhex(decision.entry.trace_digest))
    assert text is not None
    return json.loads(text), decision


async def difference(world: Any, what_ifs: WhatIfs, question: Question, request: Request) -> str:
    """What a replay of one question's case says otherwise than the gate said, empty where nothing is."""
    principal = case_of(question).principal
    trace, decision = await traced(world, principal, request)
    written = asked(principal, request, about=trace["about"], facts=trace["facts"])
    replayed: WhatIfAnswer = await what_ifs.answer(read_what_if(written))
    if replayed.told["trace"] != trace:
        return f"another trace: {question}"
    if (decision is None) is not (replayed.visibility is None):
        return f"another outcome: {question}"
    if decision is None or replayed.visibility is None or request.interaction is Interaction.AUDIT_READ:
        return ""
    seen, told = decision.visibility, replayed.visibility
    whose = [None if each.persons is None else len(each.persons) for each in (seen, told)]
    same = seen.classes == told.classes and seen.places is told.places and whose[0] == whose[1]
    return "" if same else f"reaches other rows: {question}"


async def test_hundreds_of_decisions_of_the_gate_are_decided_the_same_as_hypothetical_cases(
    world: Any, what_ifs: WhatIfs
) -> None:
    """The facts are those that each decision's own trace keeps: so a trace tells everything that a decision rests on."""
    sample = Sample(world, await classes_of(world))
    found, count = [], 0
    for question in islice(questions(), 0, None, STEP):
        request = Request(
            interaction=Interaction(question.interaction), type=question.type, person=await sample.person(question)
        )
        found += [sentence for sentence in [await difference(world, what_ifs, question, request)] if sentence]
        count += 1
    assert found[:3] == []
    assert count > 300


async def test_every_fact_of_a_case_is_known_of_a_real_person_too(world: Any, policy: Policy) -> None:
    """A rule that comes to read a new fact is asked about it here too."""
    standing = await read_standing(world.pool, await world.person(), parties=(OWN,), now=NOW)
    assert {*known_facts(standing, policy=policy, now=NOW)} == {*fact_names()}


async def test_a_real_persons_facts_are_read_and_some_replaced_or_added(
    world: Any, cast: Any, what_ifs: WhatIfs
) -> None:
    person = await world.person()
    await world.tie(person, OWN, "registration")
    await classes_of(world)
    request = Request(interaction=Interaction.READ, type="Observation", person=person)

    async def outcome(**changed: Any) -> tuple[Any, Any]:
        written = asked(cast.gp, request, nhs_number=NUMBER, **changed)
        told = (await what_ifs.answer(read_what_if(written), person=person)).told
        return told["outcome"], told["rule"]

    assert await outcome() == ("permitted", None)
    assert await outcome(facts={"relationships": []}) == ("refused", "relationship")
    everything: dict[str, Any] = {"objections": [{"denied": [{}]}]}
    assert await outcome(also=everything) == ("refused", "consent")
    await object_to(world, person, False, OWN, "", "")
    assert await outcome() == ("refused", "consent")
    assert await outcome(facts={"objections": []}) == ("permitted", None)
    emergency = {"relationships": [{"kind": "emergency"}]}
    written = json.loads(asked(cast.gp, request, nhs_number=NUMBER, also=emergency))
    written["principal"]["purpose"] = "ETREAT"
    told = (await what_ifs.answer(read_what_if(json.dumps(written).encode()), person=person)).told
    assert (told["outcome"], told["trace"]["emergency"]) == ("permitted", True)


async def test_agreements_that_counted_are_told_with_a_permit_and_narrow_what_if_as_they_narrow_the_gate(
    world: Any, cast: Any, what_ifs: WhatIfs
) -> None:
    await classes_of(world)
    person = await world.person()
    await world.tie(person, OWN, "registration")
    await agree(
        world, cast, agreement(categories=frozenset({"allergy"})), agreement("over", high=NOW, sources={"FA123"})
    )
    request = Request(interaction=Interaction.EVERYTHING, type=None, person=person)
    trace, decision = await traced(world, cast.gp, request)
    assert trace["agreements"] == [{"agreement": "one", "shares": True}, {"agreement": "over", "shares": None}]
    written = asked(cast.gp, request, facts=trace["facts"])
    replayed = await what_ifs.answer(read_what_if(written))
    assert decision is not None
    assert replayed.visibility is not None
    assert replayed.visibility.classes == decision.visibility.classes
    assert replayed.told["trace"] == trace
    (other,) = (each for each in replayed.told["reach"]["sources"] if each["source"] == OTHER)
    assert "allergy" in other["reached"]
    assert "medication" in other["not_reached"]


async def test_somebody_who_is_not_here_is_decided_as_a_stranger_is(world: Any, cast: Any, what_ifs: WhatIfs) -> None:
    request = Request(interaction=Interaction.READ, type="Observation", person=UNKNOWN)
    written = read_what_if(asked(cast.gp, request, nhs_number=NUMBER))
    unknown = (await what_ifs.answer(written, person=UNKNOWN)).told
    stranger = (await what_ifs.answer(written, person=await world.person())).told
    assert unknown["trace"].pop("about") == "not-here"
    assert stranger["trace"].pop("about") == "somebody"
    assert unknown == stranger


async def test_what_is_reached_is_told_by_source_and_category_with_the_labels_that_hide(
    world: Any, cast: Any, what_ifs: WhatIfs
) -> None:
    await classes_of(world)
    request = Request(interaction=Interaction.EVERYTHING, type=None, person=7)
    facts = {"relationships": [{"kind": "registration"}], "objections": [{"denied": [{"category": "result"}]}]}
    told = (await what_ifs.answer(read_what_if(asked(cast.gp, request, facts=facts)))).told
    reach = told["reach"]
    assert (reach["whose"], reach["own_only"]) == ("the person asked for", False)
    by_source = {each["source"]: each for each in reach["sources"]}
    assert "result" in by_source[OWN]["reached"]
    assert "result" in by_source[OTHER]["not_reached"]
    (part,) = (each for each in by_source[OTHER]["in_part"] if each["category"] == "observation")
    assert ["http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV"] in part["labels_hidden"]
    assert ["https://example.org/labels|green"] not in part["labels_hidden"]


async def test_hazard_a_question_that_changes_something_it_writes_nothing_and_no_ruling_is_touched(
    world: Any, cast: Any, what_ifs: WhatIfs
) -> None:
    person = await world.person()
    await world.tie(person, OWN, "registration")
    request = Request(interaction=Interaction.READ, type="Observation", person=person)
    before = await world.gate.decide(cast.gp, request)
    counts = "SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM audit_trace), (SELECT epoch FROM policy)"
    rows = await world.pool.fetchrow(counts)
    answer = await what_ifs.answer(read_what_if(asked(cast.gp, request, nhs_number=NUMBER)), person=person)
    assert answer.told["outcome"] == "permitted"
    assert await world.pool.fetchrow(counts) == rows
    assert (await world.gate.decide(cast.gp, request)).reference == before.reference
    assert "D-" not in json.dumps(answer.told)


async def test_a_refused_case_says_what_the_asker_would_read(cast: Any, what_ifs: WhatIfs) -> None:
    request = Request(interaction=Interaction.READ, type="Observation", person=7)
    told = (await what_ifs.answer(read_what_if(asked(cast.gp, request)))).told
    assert told["said"].startswith("Nothing in force ties the organisation to this person.")
    assert "claim a relationship" in told["said"]
    assert told["reach"] is None


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"principal": {"kind": "wizard"}}, "principal.kind"),
        ({"principal": {"kind": "professional", "activities": ["B9999"]}}, "principal.activities"),
        ({"principal": {"kind": "professional", "occupation": "9990000018"}}, "principal.occupation"),
        ({"principal": {"kind": "professional", "organisation": "no such"}}, "principal.organisation"),
        ({"principal": {"kind": "professional", "purpose": "FUN"}}, "principal.purpose"),
        ({"principal": {"kind": "professional", "organisation": "A81001", "user": "a\x00b"}}, "principal.user"),
        ({"request": {"interaction": "read", "type": "Spell"}}, "request.type"),
        ({"request": {"interaction": "read", "nhs_number": "9990000019"}}, "request.nhs_number"),
        ({"facts": {"moon": "full"}}, "facts.moon"),
        ({"facts": {"relationships": [{"kind": 9990000018}]}}, "facts.relationships[0].kind"),
        ({"facts": {"objections": [{"denied": []}]}}, "facts.objections[0].denied"),
        ({"also": {"restricted": True}}, "also"),
        ({"also": {"restricted": [True]}}, "facts.restricted"),
        ({"more": 1}, ""),
    ],
)
async def test_a_case_that_is_not_understood_is_told_where_and_not_what_was_sent(
    what_ifs: WhatIfs, changed: dict[str, Any], place: str
) -> None:
    """Hazard: person data in errors."""
    whole = {
        "principal": {"kind": "professional"},
        "request": {"interaction": "read", "type": "Observation"},
        **changed,
    }
    with pytest.raises(Incorrect) as caught:
        await what_ifs.answer(read_what_if(json.dumps(whole).encode()))
    assert (caught.value.status, caught.value.issues[0].error) == (422, "what-if-invalid")
    assert place in str(caught.value)
    assert not any(sent in str(caught.value) for sent in ("wizard", "999000", "FUN", "Spell", "no such"))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"null", b"\xff", b"[" * 20_000, b" " * (LARGEST + 1), b'{"principal": NaN}']
)
def test_what_is_no_case_at_all_is_refused(text: bytes) -> None:
    with pytest.raises(Incorrect):
        read_what_if(text)
