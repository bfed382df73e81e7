"""Refusals: what the asker is told says why and what next, and nothing of who or what is here."""

import itertools
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from tests.access.rules.asked import CAST, ENDED, IN_FORCE, asked

from lhcr.access.case import Case
from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.access.verdict import Verdict, VerdictKind, deny_always
from lhcr.kernel.errors import Category

TYPES = (None, "Patient", "Observation", "Medication", "Organization", "Binary", "AuditEvent", "Basic")
TIES: tuple[dict[str, datetime | None], ...] = (
    {},
    {"registration": IN_FORCE},
    {"contribution": ENDED},
    {"self": IN_FORCE},
    {"proxy": ENDED, "encounter": ENDED},
)


def every_case() -> Iterator[Case]:
    people = (None, UNKNOWN, 7_654_321, -3, 0)
    for asker, interaction, type_, person in itertools.product(CAST.everyone, Interaction, TYPES, people):
        for ties in TIES if person == 7_654_321 else TIES[:1]:
            yield asked(asker, interaction, type_, person=person, ties=ties)


def verdicts() -> set[Verdict]:
    return {verdict for case in every_case() for verdict in judge_all(case, RULES)}


def denials() -> set[Verdict]:
    denied = {VerdictKind.DENY_ALWAYS, VerdictKind.DENY_UNLESS_EMERGENCY}
    return {verdict for verdict in verdicts() if verdict.kind in denied} | {fold([]).decisive}


def test_no_rule_fails_on_any_case() -> None:
    """A rule that fails refuses too, and would hide behind a refusal that is right."""
    assert not [verdict for verdict in verdicts() if "failed" in verdict.reason]


def test_every_verdict_is_one_sentence_for_people_without_names_numbers_or_codes_of_what_is_here() -> None:
    for verdict in verdicts():
        assert re.fullmatch(r"[A-Z][^.]*\.", verdict.reason), verdict
        assert not re.search(r"\d|urn:|http|Observation|A81001|Fell|None|null|_", verdict.reason), verdict


def test_every_denial_tells_what_to_do_next_and_how_to_ask_about_it() -> None:
    found = denials()
    assert {verdict.rule for verdict in found} >= {"role", "own-record", "relationship", "person-not-named", "default"}
    for verdict in found:
        told = Refused(verdict, reference="D-0C4K2V7Q3M5ZT")
        (issue,) = told.issues
        why, _, rest = issue.diagnostics.partition(". ")
        next_step, _, reference = rest.rpartition(" Decision ")
        assert f"{why}." == verdict.reason
        assert re.fullmatch(r"[A-Z].+\.", next_step), issue.diagnostics
        assert reference == "D-0C4K2V7Q3M5ZT."


def test_a_refusal_is_403_under_the_rules_own_name() -> None:
    refused = Refused(deny_always("role", "The role does not cover this."), reference="D-1")
    assert (refused.status, refused.category) == (403, Category.FORBIDDEN)
    assert [(issue.code, issue.error) for issue in refused.issues] == [("forbidden", "role")]


def test_a_rule_that_has_no_next_step_of_its_own_leads_to_the_privacy_office() -> None:
    told = str(Refused(deny_always("sharing", "It is not shared."), reference="D-1"))
    assert told == "It is not shared. Ask the area's privacy office, and quote the reference. Decision D-1."


@pytest.mark.parametrize("asker", CAST.everyone, ids=lambda asker: asker.token_id)
def test_hazard_a_refusal_that_tells_who_is_here_a_stranger_and_nobody_get_the_same_verdicts(asker: object) -> None:
    for interaction, type_ in itertools.product(Interaction, TYPES):
        told = [
            judge_all(asked(asker, interaction, type_, person=person, ties=ties), RULES)  # type: ignore[arg-type]
            for person, ties in ((UNKNOWN, {}), (7_654_321, {}), (99, {}), (7_654_321, {"registration": ENDED}))
        ]
        assert len(set(told)) == 1, (interaction, type_)
