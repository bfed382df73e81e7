"""The rules, read a second time from their text alone: the program decides as both readers do, by this area's choices and by others."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

import pytest
from tests.access.second_reader.answer import RULES as READ
from tests.access.second_reader.answer import answer
from tests.access.second_reader.area import BASELINE, ELSEWHERE, ELSEWHERE_FILE, TYPES, Area, categories_of
from tests.access.second_reader.asked import REFUSE, Asked
from tests.access.second_reader.combining import drawn, pairs
from tests.access.second_reader.comparing import mismatches

from lhcr.access.categories import categories_of_type
from lhcr.access.decide import RULES
from lhcr.access.policy import Policy, area_policy, baseline_policy

#: Questions that are drawn for each area, besides every pair of values; more, and others, by hand.
NUMBER: Final = int(os.environ.get("LHCR_DECISIONS", "90000"))
SEED: Final = int(os.environ.get("LHCR_DECISIONS_SEED", "1"))
FEWEST: Final = 100_000
MOST_TOLD: Final = 5
AREAS: Final[dict[str, tuple[Policy, Area]]] = {
    "baseline": (baseline_policy(), BASELINE),
    "elsewhere": (area_policy(json.dumps({**ELSEWHERE_FILE, "name": "elsewhere"}).encode()), ELSEWHERE),
}


def counted(questions: Iterable[Asked], counts: Counter[str]) -> Iterator[Asked]:
    for asked in questions:
        counts["asked"] += 1
        yield asked


@pytest.mark.parametrize("where", AREAS)
def test_the_program_decides_as_the_text_says(where: str) -> None:
    """Hazard: a sensitive item exposed, or care without what was to be seen, by a sentence that two read differently."""
    policy, area = AREAS[where]
    counts: Counter[str] = Counter()
    questions = counted(chain(pairs(SEED), drawn(SEED, number=NUMBER)), counts)
    assert list(islice(mismatches(questions, policy=policy, area=area), MOST_TOLD)) == []
    assert counts["asked"] >= min(FEWEST, NUMBER)


@pytest.mark.parametrize("where", AREAS)
def test_permits_are_as_many_as_make_a_difference_and_every_rule_decides(where: str) -> None:
    """So that nothing is proved of refusals alone, nor of rules that another always comes before."""
    _, area = AREAS[where]
    answers = [answer(asked, area) for asked in drawn(SEED, number=20_000)]
    by_rule = Counter(each.rule for each in answers)
    assert by_rule[""] > 3_000
    assert all(by_rule[each] for each in ("default", "person-not-named", *READ) if each not in _BESIDE[where])


#: Where nobody may come for secondary use, the rule of purposes has always refused before.
_BESIDE: Final = {"baseline": {"secondary-use"}, "elsewhere": set[str]()}


def test_every_rule_of_the_program_is_one_of_the_text_in_its_order() -> None:
    assert [name for name, _ in RULES] == list(READ)


def test_the_tables_of_the_text_are_those_of_the_baseline_policy() -> None:
    file = AREAS["baseline"][0].file
    for told, written in (
        (BASELINE.reads, file.reads_by_activity),
        (BASELINE.writes, file.writes_by_activity),
        (BASELINE.role_writes, file.writes_by_role),
        (BASELINE.occupation_reads, file.reads_by_occupation),
        (BASELINE.occupation_writes, file.writes_by_occupation),
        (BASELINE.purposes, file.purposes_by_kind),
    ):
        assert dict(told) == {getattr(key, "value", key): frozenset(words) for key, words in written.items()}
    assert {label.rpartition("|")[2] for label in file.sensitive_labels} == BASELINE.sensitive


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_is_of_the_categories_that_the_second_reader_took_it_for(type_: str) -> None:
    assert categories_of_type(type_, policy=AREAS["baseline"][0]) == categories_of(type_)


def test_hazard_an_area_may_let_people_come_for_secondary_use_and_an_opt_out_stops_it() -> None:
    """Hazard: what somebody opted out of, told all the same."""
    _, area = AREAS["elsewhere"]
    asked = [each for each in drawn(SEED, number=40_000) if each.asker.purpose in area.secondary]
    let_in = [each for each in asked if answer(each, area).permitted]
    assert let_in
    assert {each.standing.opted_out for each in let_in} == {"no"}
    assert any(answer(each, area).verdicts["secondary-use"] == REFUSE for each in asked)
