"""By when something is due, in words that nobody takes for the day after."""

from datetime import UTC, datetime

import pytest

from lhcr.portal.presenters.due_words import due_words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (datetime(2026, 3, 10, 0, 0, tzinfo=UTC), "the end of 9 March 2026"),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), "the end of 1 July 2026"),
        (datetime(2026, 3, 10, 15, 0, tzinfo=UTC), "10 March 2026, 15:00"),
    ],
)
def test_midnight_is_the_end_of_the_day_before_it(due: datetime, words: str) -> None:
    assert due_words(due) == words
