"""The exhaustive matrix: every combination is decided as the text of the rules says, verdict by verdict and row by row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tests.access.matrix.combinations import questions
from tests.access.matrix.program import POLICY, case_of, reach_of, word_of
from tests.access.matrix.question import Question
from tests.access.matrix.rows import reach
from tests.access.matrix.verdicts import answer

from lhcr.access.decide import RULES
from lhcr.access.fold import Rule, fold, judge_all
from lhcr.access.scope import Scopes

MOST_TOLD: Final = 10
FEWEST: Final = 800_000


def mismatches(asked: Iterable[Question], *, rules: Sequence[tuple[str, Rule]] = RULES) -> Iterator[str]:
    """Yield a sentence for each question that the program answers otherwise than the text."""
    scopes = Scopes(POLICY)
    for question in asked:
        case = case_of(question)
        outcome, expected = fold(judge_all(case, rules), emergency=case.in_emergency), answer(question)
        told = {verdict.rule: word_of(verdict) for verdict in outcome.verdicts}
        if told != expected.verdicts:
            different = {
                rule: (told.get(rule), word) for rule, word in expected.verdicts.items() if told.get(rule) != word
            }
            yield f"{question}: verdicts (program, text) {different}"
        elif outcome.permitted != expected.permitted or outcome.own_only != expected.own_only:
            yield f"{question}: the fold gives {outcome.permitted, outcome.own_only}, the text {expected}"
        elif not outcome.permitted:
            if outcome.decisive.rule != expected.rule:
                yield f"{question}: refused by {outcome.decisive.rule}, by the text of {expected.rule}"
        elif question.interaction != "audit-read":
            found, wanted = reach_of(case, outcome, scopes), reach(question, own_only=expected.own_only)
            if found != wanted:
                rows = sorted(found.rows - wanted.rows)[:3], sorted(wanted.rows - found.rows)[:3]
                yield f"{question}: reaches {found[1:]}, by the text {wanted[1:]}; rows too many and too few {rows}"


def test_every_combination_is_decided_as_the_text_of_the_rules_says() -> None:
    asked = 0

    def counted() -> Iterator[Question]:
        nonlocal asked
        for question in questions():
            asked += 1
            yield question

    found = [sentence for sentence, _ in zip(mismatches(counted()), range(MOST_TOLD), strict=False)]
    assert found == []
    assert asked >= FEWEST
