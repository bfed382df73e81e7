"""Specification of the rule of the own record: people open their own and those for whom they act, and write nothing."""

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest
from tests.access.rules.asked import BUCKET, CAST, DIRECTORY, ENDED, IN_FORCE, asked

from lhcr.access.case import Case
from lhcr.access.competence import OF_UNKNOWN_AGE, Competence
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction
from lhcr.access.rules.own_record import judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal

READS = [each for each in Interaction if not each.writes]


@pytest.mark.parametrize("interaction", READS)
@pytest.mark.parametrize(
    ("kind", "reason"),
    [("self", "It is the asker's own record."), ("proxy", "The asker is this person's proxy.")],
)
def test_a_citizen_opens_their_own_record_and_one_for_which_they_are_a_proxy(
    interaction: Interaction, kind: str, reason: str
) -> None:
    verdict = judge(asked(CAST.citizen, interaction, ties={kind: IN_FORCE}))
    assert (verdict.kind, verdict.own_only, verdict.reason) == (VerdictKind.PERMIT, False, reason)


def test_hazard_an_app_that_was_let_see_the_own_record_sees_no_childs() -> None:
    """Hazard: a child's record in an app that its parent let in for their own. Of a stranger it says the same."""
    own_only = CallingApp(sub="an-app", name="An App", own_only=True)
    standing: list[dict[str, datetime | None]] = [{"proxy": IN_FORCE}, {"parent": IN_FORCE}, {}, {"self": ENDED}]
    for interaction, ties in product(READS, standing):
        refused = judge(asked(replace(CAST.citizen, app=own_only), interaction, ties=ties))
        assert (refused.kind, refused.rule) == (VerdictKind.DENY_ALWAYS, "own-record")
        assert refused.reason == "This is not the asker's own record, and they let the app see that alone."
    for app, kind in ((own_only, "self"), (replace_app(own_only), "self"), (replace_app(own_only), "proxy")):
        who = replace(CAST.citizen, app=app)
        assert judge(asked(who, ties={kind: IN_FORCE})).kind is VerdictKind.PERMIT


def replace_app(app: CallingApp) -> CallingApp:
    return CallingApp(sub=app.sub, name=app.name)


CHILD = Competence(parents_may=True, person_may=False)
BETWEEN = Competence(parents_may=False, person_may=False)
GROWN = Competence(parents_may=False, person_may=True)
REFUSED = "This is neither the asker's own record nor one for which they are a proxy."


def aged(competence: Competence, *kinds: str) -> Case:
    return replace(asked(CAST.citizen, ties=dict.fromkeys(kinds, IN_FORCE)), competence=competence)


@pytest.mark.parametrize(
    ("competence", "kinds", "permitted"),
    [
        (CHILD, ["parent"], True),
        (CHILD, ["self"], False),
        (CHILD, ["proxy"], False),
        (CHILD, ["proxy", "parent"], True),
        (BETWEEN, ["parent"], False),
        (BETWEEN, ["self"], False),
        (BETWEEN, ["self", "parent"], False),
        (BETWEEN, ["proxy"], False),
        (GROWN, ["proxy"], True),
        (GROWN, ["parent"], False),
        (GROWN, ["self"], True),
        (OF_UNKNOWN_AGE, ["parent"], False),
        (OF_UNKNOWN_AGE, ["self"], True),
        (OF_UNKNOWN_AGE, ["proxy"], True),
    ],
)
def test_hazard_sensitive_item_exposed_age_ends_a_parents_say_and_begins_peoples_own(
    competence: Competence, kinds: list[str], *, permitted: bool
) -> None:
    """Nobody who is refused for an age learns more by it than a stranger does."""
    verdict = judge(aged(competence, *kinds))
    assert verdict.kind is (VerdictKind.PERMIT if permitted else VerdictKind.DENY_ALWAYS)
    assert permitted or verdict.reason == REFUSED


@pytest.mark.parametrize("kind", ["self", "proxy", "parent"])
def test_hazard_wrong_person_a_tie_that_has_ended_opens_nothing(kind: str) -> None:
    verdict = judge(replace(asked(CAST.citizen, ties={kind: ENDED}), competence=replace(CHILD, person_may=True)))
    assert verdict.kind is VerdictKind.DENY_ALWAYS


@pytest.mark.parametrize("kind", ["registration", "contribution", "encounter", "next-of-kin", "SELF"])
def test_no_other_tie_opens_a_record_to_a_citizen(kind: str) -> None:
    assert judge(asked(CAST.citizen, ties={kind: IN_FORCE})).kind is VerdictKind.DENY_ALWAYS


def test_a_proxy_whose_own_tie_ended_is_still_a_proxy() -> None:
    assert judge(asked(CAST.citizen, ties={"self": ENDED, "proxy": IN_FORCE})).kind is VerdictKind.PERMIT


@pytest.mark.parametrize("interaction", READS)
def test_strangers_ended_ties_nobody_and_unknown_people_are_refused_in_one_sentence(interaction: Interaction) -> None:
    """Hazard: an answer that differs would tell who has a record here."""
    people: list[AskedPerson] = [7, UNKNOWN, None, BUCKET]
    verdicts = {judge(asked(CAST.citizen, interaction, person=person)) for person in people}
    verdicts |= {judge(asked(CAST.citizen, interaction, ties={"proxy": ENDED}))}
    (one,) = verdicts
    assert (one.kind, one.rule) == (VerdictKind.DENY_ALWAYS, "own-record")
    assert one.reason == "This is neither the asker's own record nor one for which they are a proxy."


@pytest.mark.parametrize("interaction", [each for each in Interaction if each.writes])
def test_a_citizen_writes_nothing_not_even_into_their_own_record(interaction: Interaction) -> None:
    for type_ in ("Patient", "Observation", "Consent"):
        refused = judge(asked(CAST.citizen, interaction, type_, ties={"self": IN_FORCE}))
        assert refused.kind is VerdictKind.DENY_ALWAYS
        assert refused.reason == "People cannot write clinical entries here."


def test_the_rule_is_silent_about_what_is_about_nobody() -> None:
    assert judge(asked(CAST.citizen, type_="Organization", person=DIRECTORY)).kind is VerdictKind.ABSTAIN
    assert judge(asked(CAST.citizen, type_="Medication", person=None)).kind is VerdictKind.ABSTAIN


@pytest.mark.parametrize(
    "asker", [each for each in CAST.everyone if each is not CAST.citizen], ids=lambda a: a.token_id
)
def test_the_rule_is_silent_about_everyone_who_is_not_a_citizen(asker: Principal) -> None:
    """A professional's own record is opened as a citizen, never by way of their work."""
    for interaction in Interaction:
        assert judge(asked(asker, interaction, ties={"self": IN_FORCE})).kind is VerdictKind.ABSTAIN
