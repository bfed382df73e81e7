"""Specification of the rule of secondary use, against a table written from the text: it never permits, and an opt-out is never passed over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import product

import msgspec
import pytest
from tests.access.rules.asked import BUCKET, CAST, DIRECTORY, ENDED, IN_FORCE, PERSON, POLICY, asked

from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import Policy, area_policy
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction
from lhcr.access.rules.secondary_use import RULE, judge
from lhcr.access.verdict import VerdictKind
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.nhs.purposes import Purpose

#: An area that lets everybody come for research and for public health.
OPEN = Policy(
    msgspec.structs.replace(
        POLICY.file,
        purposes_by_kind={kind: [purpose.code for purpose in Purpose] for kind in PrincipalKind},
        secondary_use=msgspec.structs.replace(POLICY.file.secondary_use, purposes=["HRESCH", "PUBHLTH"]),
    )
)
STANDINGS: Mapping[str, Mapping[str, datetime | None]] = {
    "related": {"registration": IN_FORCE},
    "contributed once": {"contribution": ENDED},
    "stranger": {},
}
PERSONS: tuple[AskedPerson, ...] = (PERSON, UNKNOWN, BUCKET, DIRECTORY, None)
ASKERS = (CAST.gp, CAST.system, CAST.office, CAST.citizen)


def expected(
    asker: Principal, purpose: Purpose, person: AskedPerson, standing: str, *, no_opt_out: bool
) -> VerdictKind:
    """The text: only research and public health, nobody unnamed, nobody who opted out, and nothing told to a stranger."""
    if purpose.code not in {"HRESCH", "PUBHLTH"}:
        return VerdictKind.ABSTAIN
    if person not in {PERSON, UNKNOWN}:
        return VerdictKind.DENY_ALWAYS
    is_stranger = asker.kind is PrincipalKind.PROFESSIONAL and standing == "stranger"
    return VerdictKind.ABSTAIN if no_opt_out or is_stranger else VerdictKind.DENY_ALWAYS


@pytest.mark.parametrize("asker", ASKERS, ids=lambda asker: asker.kind.value)
def test_every_combination_is_judged_as_the_text_says(asker: Principal) -> None:
    tried = 0
    for purpose, person, standing, no_opt_out in product(Purpose, PERSONS, STANDINGS, (True, False)):
        coming = replace(asker, purposes=(purpose,), purpose=purpose)
        case = asked(coming, Interaction.READ, "Observation", person=person, ties=STANDINGS[standing])
        verdict = judge(replace(case, policy=OPEN, no_opt_out=no_opt_out))
        assert verdict.kind is expected(asker, purpose, person, standing, no_opt_out=no_opt_out), (
            purpose,
            person,
            standing,
        )
        tried += 1
    assert tried == 6 * 5 * 3 * 2


def test_hazard_a_record_serves_research_against_its_persons_word_whoever_permits() -> None:
    """An area that lets professionals come for research gets no further than the opt-out, also to what they contributed."""
    for ties, no_opt_out in product((STANDINGS["related"], STANDINGS["contributed once"]), (True, False)):
        coming = replace(CAST.gp, purposes=(Purpose.RESEARCH,), purpose=Purpose.RESEARCH)
        case = replace(asked(coming, ties=ties), policy=OPEN, no_opt_out=no_opt_out)
        verdicts = dict(zip(dict(RULES), judge_all(case, RULES), strict=True))
        outcome = fold([each for name, each in verdicts.items() if name != "sign-in"])
        assert outcome.permitted is no_opt_out
        assert no_opt_out or outcome.decisive.rule == RULE


def test_the_baseline_opens_nothing_for_secondary_use() -> None:
    for asker, purpose in product(CAST.everyone, (Purpose.RESEARCH, Purpose.PUBLIC_HEALTH)):
        coming = replace(asker, purposes=(purpose,), purpose=purpose)
        case = replace(asked(coming, ties={**STANDINGS["related"], "self": IN_FORCE}), no_opt_out=True)
        assert not fold(judge_all(case, RULES)).permitted


@pytest.mark.parametrize("wrong", [["TREAT"], ["HRESCH", "ETREAT"], ["PATRQT"], ["RESEARCH"]])
def test_a_policy_that_takes_care_for_secondary_use_is_refused(wrong: list[str]) -> None:
    """Hazard: an opt-out from research that keeps somebody's record from those who care for them."""
    with pytest.raises(ValueError, match=r"secondary use|not known"):
        area_policy(msgspec.json.encode({"secondary_use": {"purposes": wrong}}))
