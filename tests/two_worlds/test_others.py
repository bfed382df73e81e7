"""Two worlds: systems, citizens and offices are told the same, byte for byte, with and without what is hidden from them.

Hazard: a sensitive item exposed, by a count, a version, a time, an order, a link or an error. One of the worlds holds entries that are
hidden in every way in which something can be; the other never heard of them. Both are asked the same by chance.
"""

from collections.abc import Iterable

import pytest
from tests.two_worlds.building import Worlds
from tests.two_worlds.comparing import compare, first, without_traces
from tests.two_worlds.effort import REQUESTS_OF_EACH, SEED
from tests.two_worlds.questions import Questions
from tests.two_worlds.record_page import READERS, compare_pages
from tests.two_worlds.vocabulary import vocabulary
from tests.two_worlds.world import Question


@pytest.mark.slow
@pytest.mark.parametrize("asker", ["hospital", "pharmacy", "citizen", "app-of-citizen", "office"])
async def test_whoever_may_not_see_it_is_told_the_same_as_if_it_were_not_there(worlds: Worlds, asker: str) -> None:
    questions: Iterable[Question] = Questions(f"{SEED} {asker}", vocabulary())
    # Agreements keep nothing from an office, which so finds people by what a source does not share with professionals.
    questions = without_traces(questions) if asker == "office" else questions
    told = await compare(worlds, asker, questions, most=REQUESTS_OF_EACH)
    print(f"seed {SEED}: {asker} asked {told.requests} requests of both worlds, {dict(sorted(told.statuses.items()))}")  # noqa: T201
    assert not told.differences, f"seed {SEED}\n{first(told.differences)}"
    assert not told.whispers
    assert not told.telling.with_it
    assert told.requests >= REQUESTS_OF_EACH
    assert told.statuses[200] > told.requests // 20


@pytest.mark.parametrize("reader", READERS)
async def test_whoever_opens_a_record_is_shown_the_same_pages_as_if_nothing_hidden_were_there(
    worlds: Worlds, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: a sensitive item exposed, by a count of entries, a source that is named, a section that is not empty, a link or an order."""
    statuses = await compare_pages(worlds, reader, monkeypatch)
    print(f"{reader} opened {sum(statuses.values())} pages of both worlds, {dict(sorted(statuses.items()))}")  # noqa: T201
    assert statuses[200] > 10
