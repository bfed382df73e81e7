"""The full product, without any dimension that is left out of another's combinations: kind of asker, relationship, objection, restriction,
purpose and interaction, each with each; the rows that every permit reaches are of every category, source and label.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

import pytest
from tests.access.matrix.combinations import ASKERS, KINDS, NOBODY, PURPOSE_CODES, Asker, Standing, _question
from tests.access.matrix.question import Question
from tests.access.matrix.tables import LETTERS, OBJECTIONS
from tests.access.matrix.test_matrix import MOST_TOLD, mismatches
from tests.access.matrix.verdicts import answer

#: Of each kind the first: who does the work of that kind.
ONE_OF_EACH: Final = {asker.kind: asker for asker in reversed(ASKERS)}
#: What a request of each interaction names, so that it is about the person's clinical entries where it can be.
TYPE: Final = {"trace": "Patient", "audit-read": "AuditEvent", "everything": None}
TIES: Final = (frozenset[tuple[str, bool]](), *(frozenset({(kind, now)}) for kind in KINDS for now in (True, False)))


def standings() -> Iterator[Standing]:
    yield from NOBODY
    for facts, objection, restricted in product(TIES, ("", *OBJECTIONS), (False, True)):
        yield Standing("known", facts, restricted, objection)


def full_product(asker: Asker) -> Iterator[Question]:
    for standing, purpose, interaction in product(standings(), PURPOSE_CODES, LETTERS):
        yield _question(asker, (interaction, TYPE.get(interaction, "Observation")), standing, purpose=purpose)


@pytest.mark.parametrize("kind", sorted(ONE_OF_EACH))
def test_each_with_each_is_decided_as_the_text_of_the_rules_says(kind: str) -> None:
    asked = list(full_product(ONE_OF_EACH[kind]))
    assert len(set(asked)) == len(asked) == (4 + len(TIES) * (len(OBJECTIONS) + 1) * 2) * 6 * len(LETTERS)
    assert [sentence for sentence, _ in zip(mismatches(asked), range(MOST_TOLD), strict=False)] == []
    assert any(answer(each).permitted for each in asked) is (kind != "operator"), "an operator sees nobody"
