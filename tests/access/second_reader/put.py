"""How the second reader's questions are put to the program: the same words as a case of its own."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from tests.access.second_reader.asked import (
    ABSTAIN,
    LIFTABLE,
    OWN,
    PERMIT,
    PERMIT_OWN,
    REFUSE,
    SOURCES,
    USER,
    Acting,
    Agreed,
    Asked,
    Asker,
    Fact,
    Objection,
)
from tests.access.second_reader.reached import ROWS, Reached, Row
from tests.access.second_reader.standing_rules import TODAY

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.agreed import terms_of
from lhcr.access.agreement import Agreement, SafetyTester, State
from lhcr.access.agreements import Agreements
from lhcr.access.birth_date import birth_date
from lhcr.access.case import Case
from lhcr.access.competence import Born, Competence, competence_of
from lhcr.access.consent import ConsentFact, Consents, consents_of
from lhcr.access.fold import Outcome
from lhcr.access.places import places_of
from lhcr.access.policy import Policy
from lhcr.access.relationship import Tie
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.access.sensitivity_codes import label_of_set
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.identity.acting import ActingClient
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity

NOW: Final = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
_BEFORE, _LATER = NOW - timedelta(days=30), NOW + timedelta(days=30)
_SPANS: Final = {"to come": (_LATER, _LATER + timedelta(days=1)), "now": (_BEFORE, _LATER), "over": (_BEFORE, NOW)}
_ACTIVITIES: Final = {each.code: each for each in Activity}
_PURPOSES: Final = {each.code: each for each in Purpose}
_PERSONS: Final[dict[str, AskedPerson]] = {"known": 7, "unknown": UNKNOWN, "shelf": -3, "directory": 0, "nobody": None}
_WORDS: Final = {
    VerdictKind.PERMIT: PERMIT,
    VerdictKind.ABSTAIN: ABSTAIN,
    VerdictKind.DENY_ALWAYS: REFUSE,
    VerdictKind.DENY_UNLESS_EMERGENCY: LIFTABLE,
}
_CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_SYSTEM_OF: Final = {
    **dict.fromkeys(("R", "V", "REDACTED"), _CONFIDENTIALITY),
    **dict.fromkeys(("sharing-choice", "restricted-processing"), "urn:lhcr:label"),
    "green": "https://example.org/labels",
}
_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def _label(name: str) -> str:
    """A label as it stands in a class; one with a plus comes from a value set."""
    code = name.rstrip("+")
    label = f"{_SYSTEM_OF.get(code, _ACT_CODE)}|{code}"
    return label if name == code else label_of_set(label)


_CLASSES: Final = tuple(
    AccessClass(
        class_id=number,
        source_id=10 + SOURCES.index(row.source),
        category=row.category,
        labels=tuple(sorted(map(_label, row.labels))),
    )
    for number, row in enumerate(ROWS)
)


def word_of(verdict: Verdict) -> str:
    return PERMIT_OWN if verdict.own_only and verdict.permits else _WORDS[verdict.kind]


def case_of(asked: Asked, policy: Policy) -> Case:
    known = asked.standing
    return Case(
        principal=_principal(asked.asker),
        request=_request(asked.interaction, asked.type, known.person),
        policy=policy,
        ties=_ties(known.facts, asked.asker.organisation, asked.asker.user),
        restricted=known.restricted,
        consents=_consents(known.objections),
        competence=_competence(known.births, policy.file.name),
        no_opt_out=known.opted_out == "no",
    )


@lru_cache(maxsize=8)
def _principal(asker: Asker) -> Principal:
    purpose = _PURPOSES[asker.purpose]
    return Principal(
        user_id=asker.user,
        name="Somebody",
        kind=PrincipalKind(asker.kind),
        role_code=asker.role,
        role_display=asker.role,
        activities=frozenset(_ACTIVITIES[each] for each in asker.activities),
        organisation=asker.organisation,
        organisation_name=asker.organisation,
        person_nhs_number="9990000018" if asker.kind == "citizen" else None,
        purposes=(purpose,),
        purpose=purpose,
        scopes=asker.scopes,
        token_id="t",
        expires=_LATER,
        occupation=asker.occupation,
        sign_in=SignIn(asker.way),
        actor=_actor(asker.acting),
    )


def _actor(acting: Acting | None) -> ActingClient | None:
    if acting is None:
        return None
    return ActingClient(
        client_id="a-supplier",
        name="A supplier's system",
        organisation="YGM99",
        organisation_name="A Supplier",
        acts_for=acting.organisation,
        purposes=frozenset(_PURPOSES[each] for each in acting.purposes),
    )


@cache
def _request(interaction: str, type_: str | None, person: str) -> Request:
    return Request(interaction=Interaction(interaction), type=type_, person=_PERSONS[person])


@cache
def _ties(facts: frozenset[Fact], organisation: str, user: str) -> tuple[Tie, ...]:
    return tuple(
        Tie(party=_party(fact, organisation, user), kind=fact.kind, until=_LATER if fact.in_force else None)
        for fact in sorted(facts)
    )


def _party(fact: Fact, organisation: str, user: str) -> str:
    """Claims and emergencies are facts of a user at an organisation, others of the organisation or a citizen's number."""
    if fact.kind not in {"claimed", "emergency"}:
        return organisation or "nhs-number|9990000018"
    return {"own": f"user|{organisation}|{user}", "colleague": f"user|{organisation}|{USER}9"}.get(
        fact.whose, f"user|RRE|{user}"
    )


@cache
def _consents(objections: tuple[Objection, ...]) -> Consents:
    return consents_of([each for rid, one in enumerate(objections) for each in _facts(rid, one)], now=NOW)


def _facts(rid: int, objection: Objection) -> list[tuple[int, ConsentFact]]:
    low, high = _SPANS["now" if objection.in_force else "over"]
    organisation = OWN if objection.by_name else ""
    parts = [(False, each) for each in sorted(objection.denied)] + [(True, each) for each in sorted(objection.excepted)]
    return [(rid, ConsentFact(0, permits, organisation, *part, low, high)) for permits, part in parts]


_POLICIES: Final[dict[str, Policy]] = {}


def known(policy: Policy) -> Policy:
    """Remember a policy by its name, by which ages are worked out once."""
    _POLICIES[policy.file.name] = policy
    return policy


@cache
def _competence(births: tuple[str, ...], policy: str) -> Competence:
    told = [birth_date({"birthDate": each}, today=date(TODAY.year, TODAY.month, TODAY.day)) for each in births]
    days = [each for each in told if each is not None]
    born = (
        Born(earliest=min(each.earliest for each in days), latest=max(each.latest for each in days)) if days else None
    )
    return competence_of(born, policy=_POLICIES[policy].file.proxies, now=NOW)


@cache
def _table(agreements: tuple[Agreed, ...]) -> ClassTable:
    return ClassTable(
        epoch=1,
        classes=_CLASSES,
        source_by_ods=MappingProxyType({source: 10 + number for number, source in enumerate(SOURCES)}),
        id_by_key=MappingProxyType({}),
        agreements=Agreements([_agreement(number, each) for number, each in enumerate(agreements)]),
    )


def forget() -> None:
    """Forget the agreements that were read, so that they are read anew."""
    _table.cache_clear()


def _agreement(number: int, agreed: Agreed) -> Agreement:
    low, high = _SPANS[agreed.when]
    return Agreement(
        agreement_id=str(number),
        sources=agreed.sources,
        recipients=agreed.recipients,
        categories=agreed.categories,
        state=State(agreed.state),
        testers=frozenset(SafetyTester(*each) for each in agreed.testers),
        low=low,
        high=high,
        in_emergency=agreed.in_emergency,
    )


def reach_of(asked: Asked, case: Case, outcome: Outcome, scopes: Scopes) -> Reached:
    own_only = restricted_to_own(case, own_only=outcome.own_only)
    table = _table(asked.agreements)
    terms = terms_of(table.agreements, case.principal, emergency=case.in_emergency, now=NOW)
    found = persons(case, own_only=own_only)
    return Reached(
        rows=_rows(scopes.classes(case, table=table, own_only=own_only, terms=terms)),
        whose="everybody's" if found is None else "the one asked for" if found else "nobody's",
        places=places_of(case, own_only=own_only).value,
    )


@lru_cache(maxsize=4_096)
def _rows(classes: Sequence[int]) -> frozenset[Row]:
    return frozenset(ROWS[each] for each in classes)


def words(verdicts: Iterable[Verdict]) -> dict[str, str]:
    return {verdict.rule: word_of(verdict) for verdict in verdicts}
