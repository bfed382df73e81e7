"""Orders over entries: every asker, way of signing in, purpose and scope is judged as the text of the rules says."""

from tests.access.matrix.combinations import orders
from tests.access.matrix.program import POLICY, TABLE, case_of
from tests.access.matrix.test_matrix import mismatches
from tests.access.matrix.verdicts import answer

from lhcr.access.scope import Scopes


def test_an_order_is_judged_as_the_text_says_whoever_gives_it() -> None:
    assert list(mismatches(orders())) == []


def test_hazard_only_an_office_that_signed_in_strongly_gives_an_order() -> None:
    """Hazard: an entry that is gone or hidden on the word of somebody who does not answer for it."""
    given = [asked for asked in orders() if answer(asked).permitted]
    assert {asked.kind for asked in given} == {"office"}
    assert {asked.way for asked in given} == {"cis2-aal3", "persona", "command-line"}
    assert {asked.purpose for asked in given} == {"HOPERAT"}
    assert {asked.scopes for asked in given} == {()}


def test_hazard_an_order_reads_no_row_about_anybody() -> None:
    """Hazard: a sensitive item exposed by the permit to have it removed."""
    for asked in (each for each in orders() if answer(each).permitted):
        reached = Scopes(POLICY).classes(case_of(asked), table=TABLE, own_only=False)
        assert {one.category for one in TABLE.classes if one.class_id in reached} <= {"directory"}
