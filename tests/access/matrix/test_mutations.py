"""The matrix can fail: it meets every branch of every rule, and notices each that is turned round or loosened."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest
from tests.access.matrix import program, test_matrix
from tests.access.matrix.combinations import questions
from tests.access.matrix.program import case_of
from tests.access.matrix.question import Question
from tests.access.matrix.test_matrix import mismatches

from lhcr.access import claims, consented, scope
from lhcr.access.case import Case
from lhcr.access.consent import Objection
from lhcr.access.decide import RULES
from lhcr.access.fold import Rule, fold, judge_all
from lhcr.access.relationship import CLAIMED, CONTRIBUTION, EMERGENCY, PARENT, PROXY
from lhcr.access.rules import own_record, relationship, sensitivity, sign_in
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.store.visibility import Places

#: A prime step, so that no dimension of the combinations is left out by being in step with it.
STEP: Final = 43
SOURCE: Final = Path(relationship.__file__).parent
Branch = tuple[str, str, VerdictKind, bool]
#: What the baseline refuses by another rule too: `tests/access/rules` tries them under policies that do not.
BESIDE: Final = frozenset({"secondary-use"})


@pytest.fixture(scope="module")
def sample() -> list[Question]:
    return list(islice(questions(), 0, None, STEP))


@pytest.fixture(scope="module")
def branches(sample: list[Question]) -> dict[Branch, list[Question]]:
    """Every branch that the sample meets, by the place of its rule, with the questions that met it."""
    met: dict[Branch, list[Question]] = {}
    for question in sample:
        for (name, _), verdict in zip(RULES, judge_all(case_of(question), RULES), strict=True):
            met.setdefault((name, verdict.reason, verdict.kind, verdict.own_only), []).append(question)
    return met


def reasons() -> Iterator[str]:
    """Yield every sentence that a rule may say as it stands; of one that is put together, nothing."""
    for file in SOURCE.glob("*.py"):
        for node in said_by_judge(ast.parse(file.read_text(encoding="utf-8"))):
            parts = {id(part) for one in ast.walk(node) if isinstance(one, ast.JoinedStr) for part in ast.walk(one)}
            documents = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Expr)}
            for one in ast.walk(node):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in parts | documents:
                    yield from [one.value] if one.value.endswith(".") else []


def said_by_judge(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield `judge` and all at the top of its module that it names, however far; what else stands there is no rule."""
    named: dict[str, ast.AST] = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    named |= {
        ast.unparse(target): node for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    }
    pending, found = ["judge"], {"judge"}
    while pending:
        node = named.get(pending.pop())
        if node is not None:
            yield node
            new = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - found
            pending, found = [*pending, *new], found | new


def test_every_branch_of_every_rule_is_met(branches: dict[Branch, list[Question]]) -> None:
    told = " ".join(reason for _, reason, _, _ in branches)
    assert [reason for reason in reasons() if reason not in told] == []


def turning(branch: Branch, verdict: Verdict) -> tuple[tuple[str, Rule], ...]:
    """Return the rules with one branch that says another verdict."""
    name, reason, kind, own_only = branch

    def turned(rule: Rule) -> Rule:
        def judge(case: Case) -> Verdict:
            said = rule(case)
            is_met = (said.reason, said.kind, said.own_only) == (reason, kind, own_only)
            return replace(said, kind=verdict.kind, own_only=verdict.own_only) if is_met else said

        return judge

    return tuple((each, turned(rule) if each == name else rule) for each, rule in RULES)


def test_every_branch_that_says_anything_else_is_noticed(branches: dict[Branch, list[Question]]) -> None:
    missed, turned = [], 0
    for branch, met in branches.items():
        for kind in VerdictKind:
            for own_only in (False, True) if kind is VerdictKind.PERMIT else (False,):
                if (kind, own_only) != branch[2:]:
                    turned += 1
                    other = Verdict(kind=kind, rule="", reason="", own_only=own_only)
                    if next(mismatches(met, rules=turning(branch, other)), None) is None:
                        missed.append((branch, kind))
    assert missed == []
    assert turned >= 150


@pytest.mark.parametrize("left_out", [name for name, _ in RULES if name not in BESIDE])
def test_a_rule_that_is_left_out_changes_answers(left_out: str, sample: list[Question]) -> None:
    """Not its own verdicts alone: somebody is let in or turned away who is not by the text."""
    silent = tuple((name, _abstaining(name) if name == left_out else rule) for name, rule in RULES)
    changed = 0
    for question in sample:
        case = case_of(question)
        by_all = fold(judge_all(case, RULES), emergency=case.in_emergency)
        without = fold(judge_all(case, silent), emergency=case.in_emergency)
        changed += (by_all.permitted, by_all.own_only) != (without.permitted, without.own_only)
    assert changed > 10


def _abstaining(name: str) -> Rule:
    return lambda _: Verdict(kind=VerdictKind.ABSTAIN, rule=name, reason="")


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
    "a change reaches others' rows": (program, "restricted_to_own", lambda _, *, own_only: own_only),
    "a permit about one person reaches everybody's": (program, "persons", lambda *_, **__: None),
    "places are shown": (program, "places_of", lambda *_, **__: Places.SHOWN),
    "places are withheld from the person": (program, "places_of", lambda *_, **__: Places.WITHHELD),
    "proxies are trusted as the person is": (scope, "is_trusted_citizen", lambda case: _has(case, PROXY)),
    "no age ends or begins anything": (
        own_record,
        "is_proxy",
        lambda ties, **__: _held(ties, PARENT) or _held(ties, PROXY),
    ),
    "a parent is any proxy": (own_record, "is_proxy", lambda ties, **__: _held(ties, PROXY)),
    "everybody is of an unknown age": (test_matrix, "case_of", lambda asked: case_of(asked._replace(age="unknown"))),
    "the directory is closed": (scope, "_open", lambda _: False),
    "labelled directory rows are open": (scope, "_open", lambda row: row.category == "directory"),
    "scopes narrow no rows": (scope, "searched_types", lambda *_: None),
    "every way of signing in may grant everything": (sign_in, "may_grant", lambda *_: True),
    "a claim counts for every role": (relationship, "holds_claim", lambda _, ties, **__: _held(ties, CLAIMED)),
    "a claim counts for nobody": (claims, "may_claim", lambda *_, **__: False),
    "an emergency is whatever purpose is said": (Case, "in_emergency", property(lambda case: _has(case, EMERGENCY))),
    "there are no emergencies": (Case, "in_emergency", False),
    "an objection hides nothing": (Objection, "hides", lambda *_, **__: False),
    "an objection to all leaves others' rows": (scope, "keeps_to_own", lambda _: False),
    "an objection stops everybody": (consented, "may_be_stopped", lambda _: True),
    "a contribution that ended counts for nothing": (
        test_matrix,
        "case_of",
        lambda asked: case_of(_without_ended(asked)),
    ),
    "what ended is in force": (test_matrix, "case_of", lambda asked: case_of(_with_ended(asked))),
}


def _held(ties: Any, kind: str) -> bool:
    return any(tie.kind == kind and tie.until is not None for tie in ties)


def _has(case: Case, kind: str) -> bool:
    return _held(case.ties, kind)


def _without_ended(asked: Question) -> Question:
    return asked._replace(facts=asked.facts - {(CONTRIBUTION, False)})


def _with_ended(asked: Question) -> Question:
    return asked._replace(facts=frozenset((kind, True) for kind, _ in asked.facts))


@pytest.mark.parametrize("loosening", LOOSENED.values(), ids=LOOSENED)
def test_whatever_is_loosened_is_noticed(
    loosening: Loosening,
    sample: list[Question],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(*loosening)
    assert next(mismatches(sample), None) is not None


def test_a_rule_that_the_text_does_not_know_is_noticed(sample: list[Question]) -> None:
    rules = (*RULES, ("new", _abstaining("new")))
    assert next(mismatches(sample, rules=rules), None) is not None


def test_the_sample_itself_is_decided_as_the_text_says(sample: list[Question]) -> None:
    """So that what is noticed above is what was changed, and nothing else."""
    assert next(mismatches(sample), None) is None
