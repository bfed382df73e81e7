"""Which combinations the second reader asks: every pair of values of every two dimensions, and seeded ones of all of them together."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random
from typing import Any, Final

from tests.access.second_reader.area import TYPES
from tests.access.second_reader.asked import (
    OWN,
    READING,
    USER,
    WRITING,
    Acting,
    Agreed,
    Asked,
    Asker,
    Fact,
    Objection,
    Standing,
)
from tests.access.second_reader.standing_rules import TIES

_CARE: Final = frozenset({"B0820", "B0825", "B0370", "B0168"})
_EVERY: Final = _CARE | {"B0011", "B0082"}
_ALL: Final = frozenset({"*"})
_HOSPITAL, _US = frozenset({"RRE"}), frozenset({OWN})
_MIXED: Final = (
    Agreed(_HOSPITAL, _US, frozenset({"medication", "allergy", "demographics"})),
    Agreed(_HOSPITAL, _US, frozenset({"allergy", "result"}), when="over", in_emergency=True),
    Agreed(_ALL, _US, frozenset({"*"}), "off"),
    Agreed(frozenset({"FA123"}), _ALL, frozenset({"*"}), "testers", testers=frozenset({(OWN, USER)})),
)
#: What an area may have agreed on.
AGREEMENTS: Final[tuple[tuple[Agreed, ...], ...]] = (
    (),
    (Agreed(_ALL, _ALL, _ALL, "off"),),
    (Agreed(_HOSPITAL, _US, _ALL, "open"),),
    _MIXED,
    (Agreed(_HOSPITAL, _ALL, _ALL, "off", in_emergency=True), Agreed(_ALL, _US, _ALL, "open")),
    (Agreed(_ALL, _US, _ALL, "testers", testers=frozenset({("RRE", USER), (OWN, "another")})),),
    (Agreed(_HOSPITAL, _US, _ALL, "off", when="to come"), Agreed(_ALL, _ALL, frozenset({"other", "problem"}))),
    (Agreed(_ALL, frozenset({OWN, "RRE"}), _ALL, "open", when="over", in_emergency=True),),
)
_OBJECTIONS: Final = (
    Objection(by_name=False, denied=frozenset({("", "")})),
    Objection(by_name=True, denied=frozenset({("", "")})),
    Objection(by_name=False, denied=frozenset({("", "")}), in_force=False),
    Objection(by_name=False, denied=frozenset({("", "")}), excepted=frozenset({("", "result")})),
    Objection(by_name=True, denied=frozenset({("", "")}), excepted=frozenset({("RRE", ""), ("", "other")})),
    Objection(by_name=False, denied=frozenset({("RRE", "")})),
    Objection(by_name=True, denied=frozenset({("", "observation")})),
    Objection(
        by_name=False, denied=frozenset({("RRE", "result"), ("FA123", "list")}), excepted=frozenset({("RRE", "")})
    ),
    Objection(by_name=False, denied=frozenset({("FA123", "other")})),
)
_SCOPES: Final = (
    *(
        "user/*.rs",
        "user/*.cruds",
        "patient/*.rs",
        "system/*.cruds",
        "user/*.read",
        "user/*.r",
        "openid",
        "launch/patient",
    ),
    *(
        "user/Observation.rs",
        "patient/Observation.read",
        "system/Observation.s",
        "user/Observation.sr",
        "user/Patient.s",
    ),
    *(
        "user/Patient.*",
        "system/Patient.cu",
        "user/MedicationRequest.write",
        "user/Organization.rs",
        "patient/Consent.r",
    ),
    *(
        "user/Observation.s?category=https://codes.example|laboratory",
        "system/Consent.cruds?category=https://codes.example|x",
    ),
    *(
        "user/Observation.r?category=https://codes.example|laboratory",
        "user/Patient.rs?category=https://codes.example|x",
    ),
    *("user/Condition.rs?code=https://codes.example|x", "user/Observation.rs?category=laboratory", "user/AuditEvent.s"),
)
_OBJECTED: Final = ((), *((each,) for each in _OBJECTIONS), *combinations(_OBJECTIONS[:8], 2))
_BIRTHS: Final = (
    (),
    *(
        ("2015-07-01",),
        ("2015-07-02",),
        ("2010-07-01",),
        ("2010-07-02",),
        ("2013-07-01",),
        ("2013-07-02",),
        ("2016-02-29",),
    ),
    *(("2010",), ("2015",), ("2015-07",), ("2010-06",), ("2027-01-01",), ("1960-02-29",), ("2020-01-01", "2000")),
    *(("2020-01-01", "2027"), ("2016", "2009-12"), ("2012-02-29",)),
)
_KINDS_OF_FACT: Final = ("self", "proxy", "parent", "claimed", "emergency", *TIES)
_FACTS: Final = (
    *(frozenset({Fact(kind, now)}) for kind, now in product(_KINDS_OF_FACT, (True, False))),
    *(
        frozenset({Fact(kind, in_force=True, whose=whose)})
        for kind in ("claimed", "emergency")
        for whose in ("colleague", "elsewhere")
    ),
    *(
        frozenset({Fact("emergency", in_force=True), Fact(kind, now)})
        for kind, now in product(("contribution", "caseload"), (True, False))
    ),
    *(
        frozenset({Fact("contribution", in_force=False), Fact(kind, in_force=True)})
        for kind in ("encounter", "claimed")
    ),
    frozenset({Fact("self", in_force=True), Fact("parent", in_force=True)}),
    frozenset({Fact("self", in_force=False), Fact("proxy", in_force=True)}),
    frozenset(),
)
_ACTING: Final = (
    None,
    *(Acting(OWN, frozenset(codes)) for codes in (("TREAT",), ("TREAT", "HOPERAT", "HRESCH"), ("TREAT", "ETREAT"))),
    Acting("RRE", frozenset({"TREAT", "PATRQT", "HOPERAT"})),
)
#: Every dimension with its values. What is said first of a dimension is what is usual.
DIMENSIONS: Final[Mapping[str, tuple[Any, ...]]] = {
    "kind": ("professional", "citizen", "system", "office", "operator"),
    "role": ("R8000", "R8001", "R8003", "R8004", "R8009", "R8012", "R0001", ""),
    "activities": (
        _EVERY,
        _CARE,
        frozenset({"B0820", "B0825"}),
        frozenset({"B0370"}),
        frozenset({"B0168", "B0011"}),
        frozenset({"B0820", "B0011", "B0082"}),
        frozenset({"B0820"}),
        frozenset(),
    ),
    "occupation": ("", "doctor", "pharmacist", "pharmacy-technician", "social-worker", "paramedic"),
    "organisation": (OWN, ""),
    "user": (USER, ""),
    "way": ("persona", "cis2-aal3", "cis2-aal2", "nhs-login-p9", "client-credentials", "command-line", "not-told"),
    "scopes": ((), *((each,) for each in _SCOPES), *combinations(_SCOPES[8:], 2)),
    "purpose": ("TREAT", "ETREAT", "PATRQT", "HOPERAT", "HRESCH", "PUBHLTH"),
    "acting": _ACTING,
    "person": ("known", "unknown", "shelf", "directory", "nobody"),
    "facts": _FACTS,
    "restricted": (False, True),
    "births": _BIRTHS,
    "opted_out": ("no", "yes", "untold"),
    "objections": _OBJECTED,
    "agreements": AGREEMENTS,
    "interaction": (*sorted(READING), *sorted(WRITING), "trace", "audit-read", "order"),
    "type": (*TYPES, None),
}
_ASKER: Final = tuple(Asker._fields)
_USUAL_PURPOSE: Final = {
    "professional": "TREAT",
    "citizen": "PATRQT",
    "system": "TREAT",
    "office": "HOPERAT",
    "operator": "HOPERAT",
}
#: How often a dimension has its usual value: enough that permits are as many as refusals.
_USUALLY: Final = {
    **dict.fromkeys(("organisation", "user", "way", "scopes", "acting"), 0.85),
    "purpose": 0.6,
    "activities": 0.5,
    "role": 0.4,
    "person": 0.7,
    "objections": 0.5,
    "agreements": 0.3,
    "kind": 0.4,
}
_OF_ONE_STANDING: Final = 8


def pairs(seed: int) -> Iterator[Asked]:
    """Yield a question for each two values of each two dimensions; the others are drawn."""
    chance = Random(seed)
    for one, other in combinations(DIMENSIONS, 2):
        for values in product(_few(one), _few(other)):
            yield _question(_drawn(chance) | {one: values[0], other: values[1]})


def _few(dimension: str) -> tuple[Any, ...]:
    """The first of the many combinations of scopes and objections, all values of the others."""
    return DIMENSIONS[dimension][: 1 + len(_SCOPES)]


def drawn(seed: int, *, number: int) -> Iterator[Asked]:
    """Yield so many questions: several of each asker and standing, because what is asked multiplies what both decide."""
    chance = Random(seed)
    for _ in range(-(-number // _OF_ONE_STANDING)):
        first = _question(_drawn(chance))
        for _ in range(_OF_ONE_STANDING):
            interaction, type_ = (chance.choice(DIMENSIONS[each]) for each in ("interaction", "type"))
            yield first._replace(interaction=interaction, type=type_)


def _drawn(chance: Random) -> dict[str, Any]:
    values = {name: _value(chance, name) for name in DIMENSIONS}
    if chance.random() < _USUALLY["purpose"]:
        values["purpose"] = _USUAL_PURPOSE[values["kind"]]
    if Fact("emergency", in_force=True) in values["facts"] and chance.random() < _USUALLY["purpose"]:
        values["purpose"] = "ETREAT"
    return values


def _value(chance: Random, name: str) -> Any:
    usual = chance.random() < _USUALLY.get(name, 0)
    values = DIMENSIONS[name]
    return values[0] if usual else values[int(chance.random() * len(values))]


def _question(values: Mapping[str, Any]) -> Asked:
    """What is known of a person is known of one who is here alone; citizens belong to no organisation."""
    asker = Asker(*(values[name] for name in _ASKER))
    if asker.kind == "citizen":
        asker = asker._replace(organisation="")
    standing = Standing(values["person"])
    if standing.person == "known":
        standing = Standing(*(values[name] for name in Standing._fields))
    return Asked(asker, standing, values["interaction"], values["type"], values["agreements"])
