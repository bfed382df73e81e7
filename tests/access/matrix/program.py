"""The program's side of the matrix: the rules, the fold and the scope of permits, asked without a database."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Final

from tests.access.matrix.question import Question
from tests.access.matrix.rows import LABELS, SOURCES, Reach, Row
from tests.access.matrix.tables import ACTING, EVERYTHING
from tests.access.matrix.verdicts import ABSTAIN, LIFTABLE, PERMIT, PERMIT_OWN, REFUSE

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.case import Case
from lhcr.access.competence import OF_UNKNOWN_AGE, Competence
from lhcr.access.consent import EVERY, Consents, Objection, Part
from lhcr.access.fold import Outcome
from lhcr.access.places import places_of
from lhcr.access.policy import Policy, baseline_policy
from lhcr.access.relationship import CLAIMED, EMERGENCY, Tie
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Activity

LATER: Final = datetime(2027, 1, 1, tzinfo=UTC)
POLICY: Final[Policy] = baseline_policy()
ACTIVITIES: Final = {activity.code: activity for activity in Activity}
PERSONS: Final[Mapping[str, AskedPerson]] = {
    "known": 7,
    "unknown": UNKNOWN,
    "shelf": -3,
    "directory": 0,
    "nobody": None,
}
_USER: Final = "user|A81001|555000000101"
_ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
CODINGS: Final = {
    "": (),
    "hiv": (f"{_ACT}|HIV",),
    "hiv-of-stu3": ("http://hl7.org/fhir/v3/ActCode|HIV",),
    "v": (f"{_CONFIDENTIALITY}|V",),
    "r": (f"{_CONFIDENTIALITY}|R",),
    "nopat": (f"{_ACT}|NOPAT",),
    "r-and-hiv": (f"{_ACT}|HIV", f"{_CONFIDENTIALITY}|R"),
    "r-and-nopat": (f"{_ACT}|NOPAT", f"{_CONFIDENTIALITY}|R"),
    "choice": ("urn:lhcr:label|sharing-choice",),
    "choice-and-hiv": (f"{_ACT}|HIV", "urn:lhcr:label|sharing-choice"),
    "processing": ("urn:lhcr:label|restricted-processing",),
    "processing-and-r": (f"{_CONFIDENTIALITY}|R", "urn:lhcr:label|restricted-processing"),
    "of-no-meaning": ("https://example.org/labels|green",),
}
ROWS: Final[Mapping[int, Row]] = dict(
    enumerate(
        ((source, category, label) for source in SOURCES for category in sorted(EVERYTHING) for label in LABELS),
        start=1,
    )
)
NUMBERS: Final = {"own": 10, "other": 20}
TABLE: Final = ClassTable(
    epoch=1,
    classes=tuple(
        AccessClass(class_id=number, source_id=NUMBERS[source], category=category, labels=CODINGS[label])
        for number, (source, category, label) in ROWS.items()
    ),
    source_by_ods=MappingProxyType({"A81001": NUMBERS["own"], "RRE": NUMBERS["other"]}),
    id_by_key=MappingProxyType({}),
)
_WORDS: Final = {
    VerdictKind.PERMIT: PERMIT,
    VerdictKind.ABSTAIN: ABSTAIN,
    VerdictKind.DENY_ALWAYS: REFUSE,
    VerdictKind.DENY_UNLESS_EMERGENCY: LIFTABLE,
}


def _objection(*denied: Part, excepted: frozenset[Part] = frozenset(), by_name: bool = False) -> Consents:
    return Consents((Objection(frozenset(denied), excepted, by_name),))


CONSENTS: Final = {
    "": Consents(),
    "to-everybody": _objection(Part(EVERY, EVERY)),
    "by-name": _objection(Part(EVERY, EVERY), by_name=True),
    "to-all-but-results": _objection(Part(EVERY, EVERY), excepted=frozenset({Part(EVERY, "result")})),
    "to-the-source": _objection(Part("RRE", EVERY)),
    "to-observations": _objection(Part(EVERY, "observation")),
    "to-results-of-the-source": _objection(Part("RRE", "result")),
}


COMPETENCES: Final = {
    "unknown": OF_UNKNOWN_AGE,
    "child": Competence(parents_may=True, person_may=False),
    "between": Competence(parents_may=False, person_may=False),
    "grown": Competence(parents_may=False, person_may=True),
}


def _actor(whose: str, codes: Iterable[str]) -> ActingClient:
    return ActingClient(
        client_id="a-supplier",
        name="A supplier's system",
        organisation="YGM99",
        organisation_name="A Supplier",
        acts_for="A81001" if whose == "own" else "RRE",
        purposes=frozenset(Purpose.parse(code) for code in codes),
    )


ACTORS: Final = {"": None, **{name: _actor(*registered) for name, registered in ACTING.items()}}


#: By each word of `tables.APPS`.
CALLING: Final = {
    "": None,
    "plain": CallingApp(sub="an-app", name="An app"),
    "urgent": CallingApp(sub="an-app", name="An app", emergency=True),
    "own-only": CallingApp(sub="an-app", name="An app", own_only=True),
}


@cache
def principal_of(
    kind: str,
    role: str,
    activities: frozenset[str],
    occupation: str,
    organisation: str,
    rest: tuple[str, str, tuple[str, ...], str, str],
) -> Principal:
    way, purpose, scopes, acting, app = rest
    code = next(each for each in Purpose if each.code == purpose)
    return Principal(
        user_id="555000000101",
        name="Somebody",
        kind=PrincipalKind(kind),
        role_code=role,
        role_display=role,
        activities=frozenset(ACTIVITIES[each] for each in activities),
        organisation=organisation,
        organisation_name=organisation,
        person_nhs_number="9990000018" if kind == "citizen" else None,
        purposes=(code,),
        purpose=code,
        scopes=scopes,
        token_id="t",
        expires=LATER,
        occupation=occupation,
        sign_in=SignIn(way),
        actor=ACTORS[acting],
        app=CALLING[app],
    )


@cache
def request_of(interaction: str, type_: str | None, person: str) -> Request:
    return Request(interaction=Interaction(interaction), type=type_, person=PERSONS[person])


@cache
def ties_of(facts: frozenset[tuple[str, bool]]) -> tuple[Tie, ...]:
    return tuple(
        Tie(party=_USER if kind in {CLAIMED, EMERGENCY} else "party", kind=kind, until=LATER if now else None)
        for kind, now in sorted(facts)
    )


def case_of(asked: Question) -> Case:
    organisation = "A81001" if asked.has_organisation else ""
    rest = (asked.way, asked.purpose, asked.scopes, asked.acting, asked.app)
    return Case(
        principal=principal_of(asked.kind, asked.role, asked.activities, asked.occupation, organisation, rest),
        request=request_of(asked.interaction, asked.type, asked.person),
        policy=POLICY,
        ties=ties_of(asked.facts),
        restricted=asked.restricted,
        consents=CONSENTS[asked.objection],
        competence=COMPETENCES[asked.age],
    )


def word_of(verdict: Verdict) -> str:
    return PERMIT_OWN if verdict.own_only and verdict.kind is VerdictKind.PERMIT else _WORDS[verdict.kind]


def reach_of(case: Case, outcome: Outcome, scopes: Scopes) -> Reach:
    own_only = restricted_to_own(case, own_only=outcome.own_only)
    found = persons(case, own_only=own_only)
    return Reach(
        rows=_rows(scopes.classes(case, table=TABLE, own_only=own_only)),
        whose="everybody" if found is None else "asked for" if found else "nobody",
        places=places_of(case, own_only=own_only).value,
    )


@cache
def _rows(classes: tuple[int, ...]) -> frozenset[Row]:
    return frozenset(ROWS[each] for each in classes)
