"""The comparing of answers: what two worlds tell is the same, byte for byte, but for what is made by chance and may not be foretold, and the marker."""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from tests.two_worlds.building import Worlds
from tests.two_worlds.entries import SAID, SPOKEN
from tests.two_worlds.marker import Telling, without_marker
from tests.two_worlds.questions import get
from tests.two_worlds.world import Question, Told

#: The reference of a decision ends in random bits, and a cursor is sealed with a random nonce: both of one length.
_REFERENCE: Final = re.compile(rb"(?<=Decision D-)[0-9A-HJKMNP-TV-Z]{13}(?=\.)")
_CURSOR: Final = re.compile(rb"(?<=[?&]_cursor=)[A-Za-z0-9_\-]+")
_TRACE: Final = re.compile(r"\bPatient(\?|/_search)")
#: Whose own words those are: a source reads what it wrote.
WHISPERING: Final = "hospital"
_PAGES: Final = 4
_SHOWN: Final = 300
_AT_ONCE: Final = 4


@dataclass
class Difference:
    asker: str
    question: Question
    fuller: Told
    barer: Told

    def __str__(self) -> str:
        """Show where the answers part."""
        one, other = (f"{told.status} {told.headers} {told.body.decode()}" for told in (self.fuller, self.barer))
        parting = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
        place = max(0, parting - _SHOWN // 2)
        parts = "".join(f"\n  {each[place : place + _SHOWN]}" for each in (one, other))
        asked = f"{self.question.method} {self.question.target} {self.question.body.decode()}"
        return f"{self.asker}: {asked}{parts}"


@dataclass
class Comparison:
    """How many requests were asked of both worlds, and where they told different things.

    `whispers`: which told what an entry is that is hidden in one and is not in the other. `spoken`: how many told it of one that is seen.
    """

    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    whispers: list[Question] = field(default_factory=list)
    spoken: int = 0
    telling: Telling = field(default_factory=Telling)

    @property
    def is_found_out(self) -> bool:
        """Whether anything was told that may not be."""
        return bool(self.differences or self.telling.wavering)

    def add(self, asker: str, question: Question, told: tuple[Told, Told]) -> None:
        self.requests += 1
        self.statuses[told[0].status] = self.statuses.get(told[0].status, 0) + 1
        if asker != WHISPERING and any(SAID.encode() in each.body for each in told):
            self.whispers.append(question)
        self.spoken += SPOKEN.encode() in told[0].body
        self.telling.add(asker, question, {"fuller": told[0], "barer": told[1]})
        if comparable(told[0]) != comparable(told[1]):
            self.differences.append(Difference(asker, question, *told))


def comparable(told: Told) -> Told:
    """Leave of what is made by chance how long it is, and nothing of the marker."""
    told = without_marker(told)
    body = _REFERENCE.sub(_length_of, told.body)
    return replace(told, body=_CURSOR.sub(_length_of, body))


def _length_of(match: re.Match[bytes]) -> bytes:
    return b"chance:%d" % len(match[0])


async def compare(
    worlds: Worlds, asker: str, questions: Iterable[Question], *, most: int, until_differing: bool = False
) -> Comparison:
    """Ask both worlds as many questions, and for some further pages of each answer, or until one is answered differently."""
    comparison = Comparison()
    left = iter(questions)

    async def ask_on() -> None:
        while comparison.requests < most and not (until_differing and comparison.is_found_out):
            await _ask(worlds, asker, next(left), comparison)

    await asyncio.gather(*(ask_on() for _ in range(_AT_ONCE)))
    return comparison


def without_traces(questions: Iterable[Question]) -> Iterator[Question]:
    """Leave out searches for people by what their Patients say, alone or in a Bundle."""
    return (each for each in questions if not _TRACE.search(f"{each.target} {each.body.decode()}"))


async def _ask(worlds: Worlds, asker: str, question: Question, comparison: Comparison) -> None:
    asked: tuple[Question, Question] = (question, question)
    for _ in range(_PAGES):
        told = await asyncio.gather(*(world.ask(asker, each) for world, each in zip(worlds, asked, strict=True)))
        comparison.add(asker, question, (told[0], told[1]))
        further = [_further(each) for each in told]
        if None in further:
            return
        asked = (get(further[0] or ""), get(further[1] or ""))


def _further(told: Told) -> str | None:
    if told.status != 200 or b'"relation":"next"' not in told.body:
        return None
    links = json.loads(told.body).get("link", ())
    urls = [each["url"] for each in links if each["relation"] == "next"]
    return str(urls[0]).removeprefix("http://area.test/fhir") if urls else None


def first(differences: Iterable[Difference], most: int = 5) -> str:
    return "\n".join(str(each) for each in islice(differences, most))
