"""Every combination that the matrix asks: who, by which way, with which scopes and purpose, what, and how they stand to the person."""

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from tests.access.matrix.question import Question
from tests.access.matrix.tables import ACTING, APPS, OBJECTIONS, PURPOSES, RELATIONSHIPS, TYPES, WAYS


class Asker(NamedTuple):
    kind: str
    role: str = ""
    activities: frozenset[str] = frozenset()
    occupation: str = ""
    has_organisation: bool = True


class Standing(NamedTuple):
    """Whom the request names, and what is known of the asker and that person."""

    person: str
    facts: frozenset[tuple[str, bool]] = frozenset()
    restricted: bool = False
    objection: str = ""
    age: str = "unknown"


CARE: Final = frozenset({"B0820", "B0825", "B0370", "B0168"})
DESK: Final = frozenset({"B0820", "B0825"})
OVERSIGHT: Final = frozenset({"B0820", "B0011", "B0082"})
EVERY_ACTIVITY: Final = CARE | OVERSIGHT
#: Everybody who works in an area, and those whose tokens claim more or less than anybody's should.
ASKERS: Final = (
    Asker("professional", "R8000", CARE, "doctor"),
    *(Asker("professional", "R8003", CARE, each) for each in ("pharmacist", "pharmacy-technician", "social-worker")),
    Asker("professional", "R8004", frozenset({"B0370", "B0820"})),
    Asker("professional", "R8009", DESK, "receptionist"),
    Asker("professional", "R8012"),
    Asker("professional", "R8000", frozenset({"B0820"}), "pharmacist"),
    Asker("professional", "R8000", EVERY_ACTIVITY, has_organisation=False),
    Asker("professional", "R8000", EVERY_ACTIVITY),
    Asker("citizen", has_organisation=False),
    Asker("citizen", "R8000", EVERY_ACTIVITY, "pharmacist", has_organisation=False),
    Asker("system"),
    Asker("system", "R8000", EVERY_ACTIVITY),
    Asker("system", activities=EVERY_ACTIVITY, has_organisation=False),
    Asker("office", "R0001", OVERSIGHT, "privacy-officer"),
    Asker("office", "R5105", EVERY_ACTIVITY, "caldicott-guardian"),
    Asker("operator", "R8000", EVERY_ACTIVITY),
)
ORDINARY: Final = ("read", "vread", "history", "search", "everything", "create", "update", "patch", "delete")
#: They go with read and update in every rule but that of scopes: they are asked with fewer of the other dimensions.
ALIKE: Final = frozenset({"vread", "history", "patch"})
ASKED: Final = (
    *product(ORDINARY, (*TYPES, None)),
    ("trace", None),
    ("trace", "Patient"),
    ("audit-read", None),
    ("audit-read", "AuditEvent"),
)
ORDERS: Final = (("order", None), ("order", "Observation"), ("order", "Organization"))
FEWER_ASKED: Final = tuple(each for each in ASKED if each[0] not in ALIKE)
KINDS: Final = ("self", "proxy", "claimed", "emergency", *RELATIONSHIPS)
NOBODY: Final = tuple(Standing(person) for person in ("nobody", "directory", "shelf", "unknown"))
SINGLE: Final = tuple(Standing("known", frozenset({(kind, now)})) for kind in KINDS for now in (True, False))
SEVERAL: Final = tuple(
    Standing("known", frozenset(facts))
    for facts in (
        (),
        (("contribution", False), ("registration", True)),
        (("contribution", False), ("encounter", False)),
        (("self", False), ("proxy", True)),
        (("self", True), ("proxy", False)),
        (("self", True), ("registration", True)),
        (("self", False), ("proxy", False)),
        (("contribution", False), ("emergency", True)),
        (("contribution", False), ("claimed", True)),
    )
)
RESTRICTED: Final = tuple(
    each._replace(restricted=True)
    for each in (*SINGLE, *SEVERAL)
    if each.facts <= {("self", True), ("proxy", True), ("emergency", True), ("contribution", False)}
)
#: Objections of persons to whom the asker stands in each way that decides what they stop.
OBJECTING: Final = tuple(
    Standing("known", frozenset(facts), restricted=False, objection=objection)
    for objection in OBJECTIONS
    for facts in (
        (),
        (("self", True),),
        (("registration", True),),
        (("claimed", True),),
        (("emergency", True),),
        (("contribution", True),),
        (("contribution", False),),
        (("registration", True), ("contribution", False)),
        (("registration", True), ("emergency", True)),
        (("contribution", False), ("emergency", True)),
    )
)
#: Children, and who is none any more, with their parents and those who were appointed for them.
AGED: Final = tuple(
    Standing("known", frozenset(facts), age=age, restricted=restricted)
    for age in ("child", "between", "grown", "unknown")
    for facts, restricted in (
        ((("parent", True),), False),
        ((("parent", True),), True),
        ((("parent", False),), False),
        ((("self", True),), False),
        ((("proxy", True),), False),
        ((("self", True), ("parent", True)), True),
    )
)
STANDINGS: Final = (*NOBODY, *SINGLE, *SEVERAL, *RESTRICTED)
#: Enough of them to tell a permit, a permit for own contributions and each kind of refusal from one another.
FEW: Final = (
    *NOBODY[:1],
    *NOBODY[3:],
    *(each for each in SINGLE if each.facts in ({("self", True)}, {("registration", True)}, {("contribution", False)})),
    Standing("known"),
)
CLAIMED: Final = Standing("known", frozenset({("claimed", True)}))
IN_EMERGENCY: Final = Standing("known", frozenset({("emergency", True)}))
BY_PROXY: Final = Standing("known", frozenset({("proxy", True)}))
PURPOSE_CODES: Final = ("TREAT", "ETREAT", "HOPERAT", "PATRQT", "HRESCH", "PUBHLTH")
SCOPES: Final = (
    ("user/*.rs",),
    ("patient/*.rs",),
    ("system/*.cruds",),
    ("user/*.cruds", "openid"),
    ("user/Observation.rs", "patient/Observation.rs", "system/Observation.rs"),
    ("user/Patient.s", "user/Patient.read"),
    ("user/Patient.r", "patient/AuditEvent.s", "user/MedicationRequest.write"),
    ("user/Consent.cu", "system/Organization.*"),
    ("launch/patient", "openid"),
    ("user/Observation.rs?category=laboratory", "user/Observation.sr", "user/Observation."),
    (
        "user/Observation.cruds?category=https://codes.example|laboratory",
        "system/Consent.s?category=https://codes.example|x",
    ),
)


def purpose_that_fits(kind: str) -> str:
    return min(PURPOSES[kind])


def questions() -> Iterator[Question]:
    """Yield each combination of asker, request, standing and purpose; then of objections, scopes and ways with fewer of the others."""
    for asker, asked, standing in product(ASKERS, ASKED, STANDINGS):
        for purpose in (purpose_that_fits(asker.kind),) if asked[0] in ALIKE else PURPOSE_CODES:
            yield _question(asker, asked, standing, purpose=purpose)
    for asker, asked, standing in product(ASKERS, FEWER_ASKED, OBJECTING):
        is_emergency = ("emergency", True) in standing.facts
        for purpose in (purpose_that_fits(asker.kind), *(("ETREAT",) if is_emergency else ())):
            yield _question(asker, asked, standing, purpose=purpose)
    for asker, asked, standing in product(ASKERS, FEWER_ASKED, AGED):
        if asker.kind == "citizen" or asked[0] == "read":
            yield _question(asker, asked, standing)
    for asker, asked, standing, scopes in product(ASKERS, ASKED, FEW, SCOPES):
        yield _question(asker, asked, standing, scopes=scopes)
    for asker, asked, standing, way in product(ASKERS, FEWER_ASKED, (*FEW, CLAIMED), WAYS):
        yield _question(asker, asked, standing, way=way)
    for asker, asked, way in product(ASKERS, FEWER_ASKED, WAYS):
        yield _question(asker, asked, IN_EMERGENCY, way=way, purpose="ETREAT")
    yield from orders()
    yield from acted()


def acted() -> Iterator[Question]:
    """Yield what systems ask in somebody's name, and apps: it follows from asker, purpose and scopes, so that few of the rest are asked."""
    few = (("read", "Observation"), ("search", "Patient"), ("create", "Observation"), ("audit-read", "AuditEvent"))
    for asker, asked, standing, acting in product(ASKERS, few, (*FEW, IN_EMERGENCY), ACTING):
        for scopes, purpose in product(((), ("user/*.cruds",)), ("", "ETREAT")):
            yield _question(asker, asked, standing, scopes=scopes, purpose=purpose)._replace(acting=acting)
    standings = (*FEW, IN_EMERGENCY, BY_PROXY)
    for asker, asked, standing, app, purpose in product(ASKERS, few, standings, APPS, ("", "ETREAT")):
        yield _question(asker, asked, standing, purpose=purpose)._replace(app=app)


def orders() -> Iterator[Question]:
    """Yield orders over entries: they follow from the asker alone, whoever it is about, so that few of the rest are asked."""
    for asker, asked, standing in product(ASKERS, ORDERS, (*STANDINGS, *OBJECTING[:10])):
        yield _question(asker, asked, standing)
    for asker, asked, way in product(ASKERS, ORDERS, WAYS):
        yield _question(asker, asked, FEW[0], way=way)
    for asker, asked, purpose in product(ASKERS, ORDERS, PURPOSE_CODES):
        yield _question(asker, asked, IN_EMERGENCY, purpose=purpose)
    for asker, asked, scopes in product(ASKERS, ORDERS, SCOPES):
        yield _question(asker, asked, FEW[0], scopes=scopes)


def _question(
    asker: Asker,
    asked: tuple[str, str | None],
    standing: Standing,
    *,
    way: str = "persona",
    scopes: tuple[str, ...] = (),
    purpose: str = "",
) -> Question:
    return Question(
        kind=asker.kind,
        role=asker.role,
        activities=asker.activities,
        occupation=asker.occupation,
        has_organisation=asker.has_organisation,
        way=way,
        scopes=scopes,
        purpose=purpose or purpose_that_fits(asker.kind),
        interaction=asked[0],
        type=asked[1],
        person=standing.person,
        facts=standing.facts,
        restricted=standing.restricted,
        objection=standing.objection,
        age=standing.age,
    )
