"""Notice of what is hidden: an independent table, written from the words of the rules and not from the program.

Whoever policy names for a reason is told where an entry of the person's is hidden from them for such reasons alone.
"""

import itertools
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.access.conftest import GP, NOW, Cast

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.agreed import terms_of
from lhcr.access.case import Case
from lhcr.access.consent import EVERY, Consents, Objection, Part
from lhcr.access.facts import Presence
from lhcr.access.notice import NO_NOTICE, Notice, notice_of, presence_asked
from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.access.relationship import PROXY, SELF, Tie, citizen_party
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.sensitivity_codes import label_of_set
from lhcr.identity.principal import Principal
from lhcr.nhs.systems import ACT_CODE, CONFIDENTIALITY

HOSPITAL = "RRE"
PERSON = 7
STD, SDV, NOPAT = (f"{ACT_CODE}|{code}" for code in ("STD", "SDV", "NOPAT"))
SHARING_CHOICE, RESTRICTED = "urn:lhcr:label|sharing-choice", "urn:lhcr:label|restricted-processing"
REDACTED = f"{CONFIDENTIALITY}|REDACTED"
REASONS = ("objection", "value_set", "label", "agreement")
EVERYBODY = ["professional", "person", "proxy"]
ALL_TOLD: dict[str, Any] = dict.fromkeys(REASONS, EVERYBODY)


class Entry(NamedTuple):
    """What may hide one entry: a label of its source, one of a value set, an objection to its kind, that nothing is shared."""

    label: str = ""
    of_set: str = ""
    objected: bool = False
    unshared: bool = False
    category: str = "problem"


def policy_of(*, unshared: bool = False, **told: Any) -> Policy:
    nobody: dict[str, list[str]] = {name: [] for name in (*REASONS, "never", "kinds")}
    agreements = {"otherwise": "off" if unshared else "open"}
    return area_policy(msgspec.json.encode({"notice": nobody | told, "agreements": agreements}))


def table_of(entry: Entry, source: str) -> ClassTable:
    labels = tuple(sorted(filter(None, (entry.label, label_of_set(entry.of_set) if entry.of_set else ""))))
    return ClassTable(
        epoch=1,
        classes=(AccessClass(class_id=1, source_id=1, category=entry.category, labels=labels),),
        source_by_ods=MappingProxyType({source: 1}),
        id_by_key=MappingProxyType({(1, entry.category, labels): 1}),
    )


def told(
    policy: Policy,
    entry: Entry,
    asker: Principal = GP,
    *,
    source: str = HOSPITAL,
    own_only: bool = False,
    interaction: Interaction = Interaction.SEARCH,
    type: str | None = "Observation",
    kind: str = SELF,
) -> Notice:
    part = frozenset({Part(EVERY, entry.category)})
    consents = Consents((Objection(part, frozenset(), by_name=False),)) if entry.objected else Consents()
    tie = Tie(party=citizen_party(asker.person_nhs_number or ""), kind=kind, until=asker.expires)
    case = Case(
        principal=asker,
        request=Request(interaction=interaction, type=type, person=PERSON),
        policy=policy,
        consents=consents,
        ties=(tie,),
    )
    table = table_of(entry, source)
    terms = terms_of(table.agreements, asker, emergency=False, now=NOW)
    return notice_of(case, own_only=own_only, table=table, terms=terms, present=(1,))


def hidden_by(entry: Entry, who: str) -> set[str]:
    """The reasons by the text of the rules."""
    found = set()
    if entry.objected and who == "gp":
        found.add("objection")
    if entry.unshared and who == "gp":
        found.add("agreement")
    if entry.of_set:
        found.add("value_set")
    if entry.label in {STD, SDV} or (entry.label == NOPAT and who in {"person", "proxy"}):
        found.add("label")
    return found


def expected(entry: Entry, who: str, told_of: set[str], never: str) -> bool:
    if who not in {"gp", "person", "proxy"} or entry.category == "demographics":
        return False
    if entry.label in {SHARING_CHOICE, RESTRICTED, REDACTED} or (never and never in {entry.label, entry.of_set}):
        return False
    found = hidden_by(entry, who)
    return bool(found) and found <= told_of


ENTRIES = [
    Entry(*each)
    for each in itertools.product(
        ("", STD, SDV, NOPAT, SHARING_CHOICE, RESTRICTED, REDACTED),
        ("", STD, SDV),
        (False, True),
        (False, True),
        ("problem", "demographics"),
    )
]
ASKERS = ("gp", "person", "proxy", "receptionist", "system", "office")


@pytest.mark.parametrize("never", ["", SDV], ids=["none", "violence"])
def test_every_asker_is_told_of_what_policy_names_and_of_nothing_else(never: str) -> None:
    cast, count = Cast(), 0
    people = {"person": cast.citizen, "proxy": cast.citizen}
    for told_of in itertools.chain.from_iterable(itertools.combinations(REASONS, many) for many in range(5)):
        names = dict.fromkeys(told_of, EVERYBODY)
        by_sharing = {each: policy_of(unshared=each, never=[never] if never else [], **names) for each in (False, True)}
        for entry, who in itertools.product(ENTRIES, ASKERS):
            asker = people.get(who) or getattr(cast, who)
            found = told(by_sharing[entry.unshared], entry, asker, kind=PROXY if who == "proxy" else SELF)
            assert found.given is expected(entry, who, {*told_of}, never), (entry, who, told_of)
            assert found.categories == frozenset()
            count += 1
    assert count > 15_000


def test_the_marker_is_the_same_for_every_question_about_the_person() -> None:
    """Hazard: a sensitive item exposed, its kind found out by asking for one type after another, or with one scope after another."""
    policy = policy_of(label=["professional"])
    scoped = [
        replace(GP, scopes=scopes) for scopes in ((), ("user/Observation.rs",), ("user/Patient.r", "user/Condition.s"))
    ]
    asked = itertools.product(
        scoped,
        (Interaction.SEARCH, Interaction.EVERYTHING),
        ("Observation", "Condition", "Patient", "Provenance", None),
    )
    assert {told(policy, Entry(label=STD), each, interaction=how, type=of) for each, how, of in asked} == {
        Notice(given=True)
    }


def test_own_contributions_are_not_hidden_and_who_sees_nothing_else_is_told_of_nothing() -> None:
    policy = policy_of(**ALL_TOLD)
    entry = Entry(label=STD, objected=True)
    assert told(policy, entry).given
    assert told(policy, entry, source=GP.organisation) == NO_NOTICE
    assert told(policy, entry, own_only=True) == NO_NOTICE
    assert told(policy, entry, type="Organization") == NO_NOTICE
    assert told(policy, entry, type="Medication") == NO_NOTICE


def test_a_role_may_be_named_and_the_kinds_told_to_some() -> None:
    policy = policy_of(label=["R8001", "person"], kinds=["person"])
    nurse, citizen = replace(GP, role_code="R8001"), Cast().citizen
    entry = Entry(label=STD)
    assert told(policy, entry) == NO_NOTICE
    assert told(policy, entry, nurse) == Notice(given=True)
    assert told(policy, entry, citizen) == Notice(given=True, categories=frozenset({"problem"}))
    assert told(policy, entry, citizen, kind=PROXY) == NO_NOTICE


def test_the_baseline_tells_professionals_of_objections_and_nobody_of_anything_else() -> None:
    policy, cast = baseline_policy(), Cast()
    assert told(policy, Entry(objected=True)).given
    assert not told(policy, Entry(objected=True, label=STD)).given
    for entry, asker in itertools.product((Entry(label=STD), Entry(of_set=STD), Entry(label=NOPAT)), cast.everyone):
        assert told(policy, entry, asker) == NO_NOTICE


def test_which_classes_a_person_has_is_asked_only_where_somebody_may_be_told() -> None:
    """Reading gets no slower for whoever is told of nothing."""
    cast = Cast()

    def asked(policy: Policy, asker: Principal, interaction: Interaction, person: AskedPerson = PERSON) -> Presence:
        return presence_asked(asker, Request(interaction=interaction, type=None, person=person), policy=policy)

    baseline, all_told = baseline_policy(), policy_of(**ALL_TOLD)
    assert asked(baseline, cast.gp, Interaction.SEARCH) is Presence.WHERE_OBJECTED
    for interaction in (Interaction.SEARCH, Interaction.EVERYTHING):
        assert asked(all_told, cast.gp, interaction) is Presence.ASKED
        for nobody in (UNKNOWN, None, 0, -5):
            assert asked(all_told, cast.gp, interaction, nobody) is Presence.NOT_ASKED
    for interaction in {*Interaction} - {Interaction.SEARCH, Interaction.EVERYTHING}:
        assert asked(all_told, cast.gp, interaction) is Presence.NOT_ASKED
    for asker in (cast.citizen, cast.system, cast.office, cast.operator):
        assert asked(baseline, asker, Interaction.SEARCH) is Presence.NOT_ASKED
    assert asked(all_told, cast.system, Interaction.SEARCH) is Presence.NOT_ASKED
    assert asked(policy_of(), cast.gp, Interaction.SEARCH) is Presence.NOT_ASKED


@pytest.mark.parametrize("wrong", [{"objection": ["everybody"]}, {"label": ["R80"]}, {"unknown": []}])
def test_a_policy_of_notice_that_is_not_understood_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        policy_of(**wrong)
