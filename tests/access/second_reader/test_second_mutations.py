"""The second reading can fail: each verdict of each rule that is turned round is noticed, and whatever of the reach is loosened."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from tests.access.second_reader import put
from tests.access.second_reader.asked import Asked
from tests.access.second_reader.combining import drawn
from tests.access.second_reader.comparing import mismatches
from tests.access.second_reader.put import case_of, known
from tests.access.second_reader.test_second_reading import AREAS

from lhcr.access import claims, consented, scope
from lhcr.access.agreement import Agreement
from lhcr.access.case import Case
from lhcr.access.consent import Objection
from lhcr.access.decide import RULES
from lhcr.access.fold import Rule, judge_all
from lhcr.access.relationship import CLAIMED, EMERGENCY
from lhcr.access.rules import own_record, relationship, sensitivity, sign_in, smart
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.store.visibility import Places

POLICY, AREA = AREAS["elsewhere"]
Branch = tuple[str, str, VerdictKind, bool]
#: Enough of a branch's questions to notice that it says something else.
_OF_A_BRANCH: Final = 30


@pytest.fixture(scope="module")
def sample() -> list[Asked]:
    return list(drawn(7, number=16_000))


@pytest.fixture(scope="module")
def branches(sample: list[Asked]) -> dict[Branch, list[Asked]]:
    met: dict[Branch, list[Asked]] = {}
    known(POLICY)
    for asked in sample:
        for (name, _), verdict in zip(RULES, judge_all(case_of(asked, POLICY), RULES), strict=True):
            met.setdefault((name, verdict.reason, verdict.kind, verdict.own_only), []).append(asked)
    return met


def noticed(questions: list[Asked], **rules: Any) -> bool:
    return next(mismatches(questions, policy=POLICY, area=AREA, **rules), None) is not None


def turning(branch: Branch, kind: VerdictKind, *, own_only: bool) -> tuple[tuple[str, Rule], ...]:
    """Return the rules with one branch that says another verdict."""
    name, reason, said_kind, said_own = branch

    def turned(rule: Rule) -> Rule:
        def judge(case: Case) -> Verdict:
            said = rule(case)
            is_met = (said.reason, said.kind, said.own_only) == (reason, said_kind, said_own)
            return replace(said, kind=kind, own_only=own_only) if is_met else said

        return judge

    return tuple((each, turned(rule) if each == name else rule) for each, rule in RULES)


def others(branch: Branch) -> Iterator[tuple[VerdictKind, bool]]:
    for kind in VerdictKind:
        for own_only in (False, True) if kind is VerdictKind.PERMIT else (False,):
            if (kind, own_only) != branch[2:]:
                yield kind, own_only


def test_every_branch_that_says_anything_else_is_noticed(branches: dict[Branch, list[Asked]]) -> None:
    turned = [(branch, *other) for branch in branches for other in others(branch)]
    missed = [
        (branch, kind)
        for branch, kind, own_only in turned
        if not noticed(branches[branch][:_OF_A_BRANCH], rules=turning(branch, kind, own_only=own_only))
    ]
    assert missed == []
    assert {name for name, *_ in branches} == {name for name, _ in RULES}
    assert len(turned) >= 150


@pytest.mark.parametrize("left_out", [name for name, _ in RULES])
def test_a_rule_that_is_left_out_is_noticed_by_its_answers_alone(left_out: str, sample: list[Asked]) -> None:
    """Not by its own verdicts: somebody is let in, or sees more, who is not by the text."""
    silent = tuple((name, _abstaining(rule) if name == left_out else rule) for name, rule in RULES)
    told = mismatches(sample, policy=POLICY, area=AREA, rules=silent, by_answers=True)
    assert next(told, None) is not None


def _abstaining(rule: Rule) -> Rule:
    return lambda case: replace(rule(case), kind=VerdictKind.ABSTAIN, own_only=False)


def _reaching(**loosened: object) -> Callable[..., bool]:
    return lambda row, **asked: sensitivity.reaches(row, **{**asked, **loosened})


Loosening = tuple[Any, str, Any]
LOOSENED: Final[dict[str, Loosening]] = {
    "any category is reached": (scope, "reaches", _reaching(categories=None)),
    "own rows are hidden as others' are": (scope, "reaches", _reaching(own=False)),
    "others' rows are reached by a permit for own ones": (scope, "reaches", _reaching(own_only=False)),
    "the address of the unrestricted is opened by a label": (scope, "reaches", _reaching(restricted=True)),
    "the restricted cannot be found": (scope, "reaches", _reaching(restricted=False)),
    "citizens are told what is not to be told": (scope, "reaches", _reaching(citizen=False)),
    "nobody's rows are sensitive": (sensitivity, "is_sensitive", lambda *_, **__: False),
    "a change reaches others' rows": (put, "restricted_to_own", lambda _, *, own_only: own_only),
    "a permit about one person reaches everybody's": (put, "persons", lambda *_, **__: None),
    "places are shown": (put, "places_of", lambda *_, **__: Places.SHOWN),
    "places are withheld from the person": (put, "places_of", lambda *_, **__: Places.WITHHELD),
    "nobody is a proxy": (own_record, "is_proxy", lambda *_, **__: False),
    "the directory is closed": (scope, "_open", lambda _: False),
    "labelled directory rows are open": (scope, "_open", lambda row: row.category == "directory"),
    "scopes narrow no rows": (scope, "searched_types", lambda *_: None),
    "scopes grant everything": (smart, "is_granted", lambda *_: True),
    "every way of signing in may grant everything": (sign_in, "may_grant", lambda *_: True),
    "a claim counts for every role": (relationship, "holds_claim", lambda _, ties, **__: _held(ties, CLAIMED)),
    "a claim counts for nobody": (claims, "may_claim", lambda *_, **__: False),
    "an emergency is whatever purpose is said": (
        Case,
        "in_emergency",
        property(lambda case: _held(case.ties, EMERGENCY)),
    ),
    "there are no emergencies": (Case, "in_emergency", False),
    "an objection hides nothing": (Objection, "hides", lambda *_, **__: False),
    "an emergency lifts every objection": (consented, "_is_lifted", lambda case, _: case.in_emergency),
    "an objection to all leaves others' rows": (scope, "keeps_to_own", lambda _: False),
    "an objection stops everybody": (consented, "may_be_stopped", lambda _: True),
    "an agreement for testers is open": (Agreement, "shares_with", lambda *_, **__: True),
    "no agreement narrows": (scope, "may_be_narrowed", lambda *_, **__: False),
    "an order reads": (scope, "_OF_NO_ROWS", frozenset()),
}


def _held(ties: Any, kind: str) -> bool:
    return any(tie.kind == kind and tie.until is not None for tie in ties)


@pytest.mark.parametrize("loosening", LOOSENED.values(), ids=LOOSENED)
def test_whatever_is_loosened_is_noticed(
    loosening: Loosening, sample: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    put.forget()
    monkeypatch.setattr(*loosening)
    assert noticed(sample)
    put.forget()


def test_the_sample_itself_is_decided_as_the_text_says(sample: list[Asked]) -> None:
    """So that what is noticed above is what was changed, and nothing else."""
    assert not noticed(sample)
