"""Errors: a category that says what a caller can do, a status that fits it, and issues that can be told."""

import pytest

from lhcr.kernel import errors
from lhcr.kernel.errors import Category, Conflict, Incorrect, Issue, LhcrError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LhcrError)]
ISSUE = Issue(code="value", error="wrong", diagnostics="This is wrong.")
RETRYABLE = {Category.UNAVAILABLE, Category.INTERRUPTED, Category.FAULT, Category.BUSY}


def test_every_category_has_an_error_that_can_be_raised() -> None:
    assert {kind.category for kind in KINDS} == set(Category)


@pytest.mark.parametrize("kind", KINDS)
def test_whose_fault_it_is_shows_in_the_status(kind: type[LhcrError]) -> None:
    """A caller asks again after 5xx and 429, and must not do so after the others, which would give the same again."""
    status = kind([ISSUE]).status
    assert (status >= 500 or status == 429) == (kind.category in RETRYABLE)


def test_a_status_of_its_own_belongs_to_one_error_and_not_to_its_kind() -> None:
    assert Incorrect([ISSUE], status=422).status == 422
    assert Incorrect([ISSUE]).status == 400
    assert Conflict([ISSUE], status=412).category is Category.CONFLICT


def test_an_error_reads_as_what_its_issues_say_in_their_order() -> None:
    other = Issue(code="required", error="missing", diagnostics="That is missing.", expression="Patient.name")
    error = Incorrect(iter([ISSUE, other]))  # type: ignore[arg-type]
    assert str(error) == "This is wrong.; That is missing."
    assert error.issues == (ISSUE, other)
    assert [issue.severity for issue in error.issues] == ["error", "error"]
