"""Two worlds: whoever changes something is told the same, and reads the same afterwards, with and without what is hidden from them.

Hazard: a sensitive item exposed, by a conflict, a condition that is met, a version or an id.
"""

import re
from dataclasses import replace
from typing import Final

from tests.two_worlds.building import Worlds
from tests.two_worlds.changes import changes
from tests.two_worlds.comparing import Comparison, first
from tests.two_worlds.world import Told

_ASSIGNED: Final = re.compile(rb"\b[0-9a-f]{32}\b")
CHANGERS: Final = ("gp", "pharmacist", "technician", "hospital", "pharmacy", "citizen", "app-of-gp", "office")


class Numbered:
    """Ids that a world assigned, numbered as they come: they say in which row something is, under a key of the area."""

    def __init__(self) -> None:
        self._met: dict[bytes, int] = {}

    def of(self, told: Told) -> Told:
        headers = tuple((name, self._numbered(value.encode()).decode()) for name, value in told.headers)
        return replace(told, headers=headers, body=self._numbered(told.body))

    def _numbered(self, text: bytes) -> bytes:
        return _ASSIGNED.sub(lambda match: b"assigned:%024d" % self._met.setdefault(match[0], len(self._met)), text)


async def test_whoever_changes_something_is_told_the_same_as_if_nothing_hidden_were_there(worlds: Worlds) -> None:
    told, numbered, step = Comparison(), (Numbered(), Numbered()), 5_000
    for asker in CHANGERS:
        for question in changes(f"by-{asker}"):
            step += 1
            answers = []
            for world, of_world in zip(worlds, numbered, strict=True):
                await world.begin_step(step)
                answers.append(of_world.of(await world.ask(asker, question)))
            told.add(asker, question, (answers[0], answers[1]))
    print(f"{told.requests} changes and reads between them: {dict(sorted(told.statuses.items()))}")  # noqa: T201
    assert not told.differences, first(told.differences, most=20)
    assert not told.whispers
    assert not told.telling.wavering
    assert told.statuses[201] > 40
