"""The comparison: each question answered by the program and by the text, and a sentence for each that differs."""

from collections.abc import Iterable, Iterator, Sequence

from tests.access.second_reader.answer import Answer, answer
from tests.access.second_reader.area import Area
from tests.access.second_reader.asked import Asked
from tests.access.second_reader.put import case_of, known, reach_of, words
from tests.access.second_reader.reached import reached

from lhcr.access.case import Case
from lhcr.access.decide import RULES
from lhcr.access.fold import Outcome, Rule, fold, judge_all
from lhcr.access.policy import Policy
from lhcr.access.scope import Scopes


def mismatches(
    questions: Iterable[Asked],
    *,
    policy: Policy,
    area: Area,
    rules: Sequence[tuple[str, Rule]] = RULES,
    by_answers: bool = False,
) -> Iterator[str]:
    """Yield a sentence for each question that the program answers otherwise than the text. `by_answers`: verdicts are let be."""
    scopes = Scopes(known(policy))
    for asked in questions:
        case = case_of(asked, policy)
        outcome = fold(judge_all(case, rules), emergency=case.in_emergency)
        said = answer(asked, area)
        if (told := _difference(outcome, said, by_answers=by_answers)) or (
            told := _of_reach(asked, case, outcome, said, scopes, area)
        ):
            yield f"{told}: {asked}"


def _difference(outcome: Outcome, said: Answer, *, by_answers: bool) -> str:
    told = words(outcome.verdicts)
    if told != said.verdicts and not by_answers:
        rules = sorted(rule for rule in told.keys() | said.verdicts.keys() if told.get(rule) != said.verdicts.get(rule))
        return "; ".join(f"{each}: program {told.get(each)}, text {said.verdicts.get(each)}" for each in rules)
    if outcome.permitted != said.permitted:
        return f"permitted: program {outcome.permitted}, text {said.permitted}"
    if not outcome.permitted and not by_answers and outcome.decisive.rule != said.rule:
        return f"decisive: program {outcome.decisive.rule}, text {said.rule}"
    return ""


def _of_reach(asked: Asked, case: Case, outcome: Outcome, said: Answer, scopes: Scopes, area: Area) -> str:
    if not outcome.permitted or not said.permitted:
        return ""
    found, wanted = reach_of(asked, case, outcome, scopes), reached(asked, area, own_only=said.own_only)
    if found == wanted:
        return ""
    few = [
        (each.source, each.category, "+".join(sorted(each.labels)))
        for each in sorted(found.rows - wanted.rows, key=str)[:3]
    ]
    many = [
        (each.source, each.category, "+".join(sorted(each.labels)))
        for each in sorted(wanted.rows - found.rows, key=str)[:3]
    ]
    return f"reach: program {found[1:]}, text {wanted[1:]}; too many {few}, too few {many}"
