"""Who may say what a person chooses about sharing: an oracle over kinds of asker, ties, ages and policies."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import msgspec
import pytest
from tests.access.conftest import Cast

from lhcr.access.case import Case
from lhcr.access.competence import Competence
from lhcr.access.consent import NOT_TO_BE_OBJECTED_TO
from lhcr.access.consent_policy import ChoosingProxy
from lhcr.access.own_choice import (
    PEOPLE,
    Choice,
    ChoiceKind,
    categories_to_choose,
    is_the_person,
    judge_choice,
    read_choice,
)
from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.access.relationship import PARENT, PROXY, SELF, Tie
from lhcr.access.request import Interaction, Request
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.ods import OdsCode

CAST = Cast()
POLICY = baseline_policy()
LATER = datetime(2027, 1, 1, tzinfo=UTC)
ASKED = Request(interaction=Interaction.READ, type="Consent", person=7)
EVERY_PROXY = list(ChoosingProxy)


def policy_of(**changes: object) -> Policy:
    consent = msgspec.to_builtins(POLICY.file.consent) | changes
    return area_policy(msgspec.json.encode({"consent": consent}))


def case(principal: Principal, *ties: str, policy: Policy = POLICY, parents: bool = False, person: bool = True) -> Case:
    return Case(
        principal=principal,
        request=ASKED,
        policy=policy,
        ties=tuple(Tie(party="party", kind=kind, until=LATER) for kind in ties),
        competence=Competence(parents_may=parents, person_may=person),
    )


def test_the_person_and_the_proxies_whom_policy_names_choose_at_the_ages_that_let_them_open_the_record() -> None:
    """Hazard: a parent, or somebody appointed, who lifts what keeps a record from them."""
    ties = [(), (SELF,), (PROXY,), (PARENT,), (PROXY, PARENT)]
    named = [[], [ChoosingProxy.PARENTAL], [ChoosingProxy.APPOINTED], EVERY_PROXY]
    for kinds, proxies, parents, person in product(ties, named, (False, True), (False, True)):
        policy = policy_of(proxies=[each.value for each in proxies])
        expected = (
            (SELF in kinds and person)
            or (PROXY in kinds and person and ChoosingProxy.APPOINTED in proxies)
            or (PARENT in kinds and parents and ChoosingProxy.PARENTAL in proxies)
        )
        judged = case(CAST.citizen, *kinds, policy=policy, parents=parents, person=person)
        assert judge_choice(judged).permits is expected, (kinds, proxies, parents, person)
        assert is_the_person(judged) is (SELF in kinds and person)


def test_a_tie_that_has_ended_gives_no_say() -> None:
    ended = replace(case(CAST.citizen), ties=(Tie(party="party", kind=SELF, until=None),))
    assert judge_choice(ended).kind is VerdictKind.DENY_ALWAYS


@pytest.mark.parametrize("kind", [each for each in PrincipalKind if each is not PrincipalKind.CITIZEN])
def test_nobody_else_has_a_say_whatever_ties_them(kind: PrincipalKind) -> None:
    somebody = replace(CAST.citizen, kind=kind)
    assert judge_choice(case(somebody, SELF, PROXY, PARENT)).kind is VerdictKind.DENY_ALWAYS


def test_an_app_chooses_for_nobody() -> None:
    app = replace(CAST.citizen, scopes=("patient/*.cruds",))
    assert judge_choice(case(app, SELF)).kind is VerdictKind.DENY_ALWAYS


def test_an_area_that_does_not_take_peoples_own_word_says_so() -> None:
    elsewhere = policy_of(authors=["professional", "system"], sources=["*"])
    verdict = judge_choice(case(CAST.citizen, SELF, policy=elsewhere))
    assert not verdict.permits
    assert "organisation that cares for them" in verdict.reason


def test_no_organisation_is_called_as_the_source_of_peoples_own_word_is() -> None:
    """Hazard: wrong person. A token for that organisation would own what people said."""
    with pytest.raises(Incorrect):
        OdsCode.parse(PEOPLE)


def test_what_is_about_nobody_and_who_somebody_is_cannot_be_chosen() -> None:
    offered = set(categories_to_choose(POLICY))
    assert offered.isdisjoint(NOT_TO_BE_OBJECTED_TO)
    assert {"medication", "allergy", "problem"} <= offered
    for category in NOT_TO_BE_OBJECTED_TO | {"other", "nonsense", ""}:
        with pytest.raises(Incorrect):
            read_choice("category", category, policy=POLICY)


@pytest.mark.parametrize(
    ("kind", "named", "read"),
    [
        ("whole", "whatever", Choice(ChoiceKind.WHOLE)),
        ("organisation", "FA123", Choice(ChoiceKind.ORGANISATION, "FA123")),
        ("source", "RRE", Choice(ChoiceKind.SOURCE, "RRE")),
        ("category", "allergy", Choice(ChoiceKind.CATEGORY, "allergy")),
    ],
)
def test_a_form_is_read(kind: str, named: str, read: Choice) -> None:
    assert read_choice(kind, named, policy=POLICY) == read


@pytest.mark.parametrize("kind", ["", "everything", "WHOLE", "whole\x00", "ａ" * 9_999])
def test_an_unknown_kind_of_choice_is_refused(kind: str) -> None:
    with pytest.raises(Incorrect) as raised:
        read_choice(kind, "FA123", policy=POLICY)
    assert raised.value.status == 422


@pytest.mark.parametrize(
    "named", ["", PEOPLE, "fa123", "FA123'; DROP TABLE source", "<b>FA123</b>", "F" * 9_999, "ＦＡ１２３"]
)
def test_what_is_no_ods_code_names_no_organisation(named: str) -> None:
    for kind in ("organisation", "source"):
        with pytest.raises(Incorrect):
            read_choice(kind, named, policy=POLICY)
