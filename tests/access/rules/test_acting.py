"""Specification of the rule of systems that act for a person: it narrows, and never lets anybody in."""

from dataclasses import replace
from itertools import product

import pytest
from tests.access.rules.asked import CAST, IN_FORCE, asked

from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.request import Interaction
from lhcr.access.rules.acting import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal
from lhcr.nhs.purposes import Purpose

SUPPLIER = ActingClient(
    client_id="a-supplier",
    name="A supplier's system",
    organisation="YGM99",
    organisation_name="A Supplier",
    acts_for="A81001",
    purposes=frozenset({Purpose.TREATMENT}),
)
SCOPES = ("user/*.cruds",)


def acting(principal: Principal = CAST.gp, actor: ActingClient = SUPPLIER) -> Principal:
    return replace(principal, actor=actor, scopes=SCOPES)


def test_who_asks_themself_is_left_to_the_other_rules() -> None:
    for interaction in Interaction:
        assert judge(asked(CAST.gp, interaction)).kind is VerdictKind.ABSTAIN


def test_a_registered_system_is_left_to_what_the_user_may() -> None:
    for interaction in Interaction:
        assert judge(asked(acting(), interaction)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize(
    "principal",
    [
        acting(actor=replace(SUPPLIER, acts_for="RRE")),
        acting(replace(CAST.gp, organisation="")),
        acting(actor=replace(SUPPLIER, purposes=frozenset({Purpose.OPERATIONS}))),
        replace(
            acting(), purposes=(Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT), purpose=Purpose.EMERGENCY_TREATMENT
        ),
        replace(acting(), scopes=()),
        acting(CAST.citizen),
        acting(CAST.system),
    ],
)
def test_hazard_a_system_that_is_not_registered_for_it_opens_nothing(principal: Principal) -> None:
    refused = judge(asked(principal, ties={"registration": IN_FORCE}))
    assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "acting")


def test_hazard_no_registration_makes_an_emergency_a_systems_to_declare() -> None:
    """Hazard: a whole record opened by software, on nobody's own word."""
    actor = replace(SUPPLIER, purposes=frozenset({Purpose.TREATMENT, Purpose.EMERGENCY_TREATMENT}))
    who = replace(CAST.gp, purposes=(Purpose.EMERGENCY_TREATMENT,), purpose=Purpose.EMERGENCY_TREATMENT)
    assert judge(asked(acting(who, actor))).kind is VerdictKind.DENY_ALWAYS


def through(app: CallingApp, purpose: Purpose, principal: Principal = CAST.gp) -> Principal:
    return replace(principal, app=app, scopes=SCOPES, purposes=(purpose,), purpose=purpose)


def test_hazard_an_app_asks_in_an_emergency_only_where_it_was_registered_for_them() -> None:
    """Hazard: a whole record in an app that was let in for something else, because its user opened it in an emergency."""
    for interaction, emergency in product(Interaction, (True, False)):
        app = CallingApp(sub="an-app", name="An App", emergency=emergency)
        verdict = judge(asked(through(app, Purpose.EMERGENCY_TREATMENT), interaction))
        assert verdict.kind is (VerdictKind.ABSTAIN if emergency else VerdictKind.DENY_ALWAYS)
        assert judge(asked(through(app, Purpose.TREATMENT), interaction)).kind is VerdictKind.ABSTAIN


def test_an_app_sees_what_its_user_sees_but_what_they_opened_in_an_emergency() -> None:
    """The whole fold, inside an emergency in force: refused without the registration, as its user with it."""
    for emergency in (True, False):
        who = through(CallingApp(sub="an-app", name="An App", emergency=emergency), Purpose.EMERGENCY_TREATMENT)
        case = asked(who, ties={"emergency": IN_FORCE})
        assert fold(judge_all(case, RULES), emergency=True).permitted is emergency


def test_the_text_of_the_rule_against_every_combination() -> None:
    """An independent table of `docs/rules.md`: kind, organisation, purpose and scopes, each right or wrong."""
    for kind_fits, organisation_fits, purpose_fits, scoped in product((True, False), repeat=4):
        who = CAST.gp if kind_fits else replace(CAST.citizen, organisation="A81001")
        purposes = frozenset({who.purpose}) if purpose_fits else frozenset({Purpose.RESEARCH})
        actor = replace(SUPPLIER, acts_for="A81001" if organisation_fits else "RRE", purposes=purposes)
        principal = replace(who, actor=actor, scopes=SCOPES if scoped else ())
        may = kind_fits and organisation_fits and purpose_fits and scoped
        assert (judge(asked(principal)).kind is VerdictKind.ABSTAIN) is may


def test_a_system_never_sees_more_than_the_user_and_nothing_where_the_user_may_not() -> None:
    """The decision needs both: no request that the user alone is refused is permitted to the system in their name."""
    for interaction, tied in product(Interaction, (True, False)):
        ties = {"registration": IN_FORCE} if tied else {}
        alone = fold(judge_all(asked(replace(CAST.gp, scopes=SCOPES), interaction, ties=ties), RULES))
        both = fold(judge_all(asked(acting(), interaction, ties=ties), RULES))
        assert both.permitted == alone.permitted
