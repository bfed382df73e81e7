"""The marker of what is hidden with notice: taken out of an answer wherever it stands, byte for byte, and nothing else with it.

It is the one thing that two worlds may tell differently, and only of a person as a whole: whatever is asked about somebody, it is
there or is not.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tests.fhir_api.noticing import MARKER, META
from tests.two_worlds.world import Question, Told

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')


def _spaced(text: str) -> bytes:
    """Return a pattern of JSON in those bytes, with whatever white space between them, as whoever asks for it pretty is answered."""
    return rb"\s*".join(re.escape(each).encode() for each in _TOKEN.findall(text))


#: The code system of the label, which no entry names: what is without it is looked at no further.
_CODE: Final = b"v3-ObservationValue"
_OUTCOME: Final = _spaced(MARKER)
_LABEL: Final = re.compile(rb"\s*" + _spaced(META))
_ENTRY: Final = re.compile(rb',\s*"entry"\s*:\s*\[\s*%b\s*\]|,\s*%b|%b\s*,\s*' % (_OUTCOME, _OUTCOME, _OUTCOME))


def is_told(told: Told) -> bool:
    """Whether an answer says that something is hidden; what holds the outcome has the label, too."""
    labelled = _LABEL.search(told.body) is not None
    assert (_ENTRY.search(told.body) is not None) <= labelled
    return labelled


def without_marker(told: Told) -> Told:
    """Return an answer as it were if nothing had been told, its length too."""
    if _CODE not in told.body:
        return told
    body = _LABEL.sub(b"", _ENTRY.sub(b"", told.body))
    gone = len(told.body) - len(body)
    headers = tuple(
        (name, str(int(value) - gone)) if name == "content-length" else (name, value) for name, value in told.headers
    )
    return replace(told, headers=headers, body=body)


#: By whose ids somebody is named whom both worlds know.
_KNOWN: Final = re.compile(r"(?:Patient/)?(ann|bob|cat)-(?:practice|hospital|unshared-part|objected-part)")
_BY_PATH: Final = re.compile(r"/Patient/([^/]*)/(?:\$everything|\*|[A-Z][A-Za-z]+)")
_LIST: Final = re.compile(rb'"type"\s*:\s*"searchset"')


@dataclass
class Telling:
    """Who was listed to whom in which world: with the marker, and without it."""

    with_it: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    without: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, asker: str, question: Question, worlds: Mapping[str, Told]) -> None:
        for name, told in worlds.items():
            for person, answer in _lists(question, told):
                (self.with_it if is_told(answer) else self.without)[name, asker, person] += 1

    @property
    def wavering(self) -> set[tuple[str, str, str]]:
        """Of whom the answer to one question says that something is hidden, and the answer to another does not."""
        return {*self.with_it} & {*self.without}


def _lists(question: Question, told: Told) -> Iterator[tuple[str, Told]]:
    """Yield each list about somebody in an answer, alone or in a batch, with whom it is about."""
    if question.target == "/" and told.status == 200:
        asked = json.loads(question.body)["entry"]
        for one, other in zip(asked, json.loads(told.body)["entry"], strict=True):
            part = Question(method=one["request"]["method"], target=f"/{one['request']['url']}")
            answer = json.dumps(other.get("resource")).encode()
            yield from _lists(part, Told(status=int(other["response"]["status"][:3]), headers=(), body=answer))
    elif told.status == 200 and _LIST.search(told.body) and (person := _person_listed(question)):
        yield person, told


def _person_listed(question: Question) -> str | None:
    """Return of whom a question asks for a list, None where it does not name exactly one person of whom Patients are known."""
    path, _, query = question.target.partition("?")
    by_id = ["_id"] if path.removesuffix("/_search") == "/Patient" else []
    pairs = [each.partition("=")[::2] for each in (query or question.body.decode()).split("&")]
    named = [value for name, value in pairs if name in {"patient", "subject", *by_id}]
    named += [match[1] for match in [_BY_PATH.fullmatch(path)] if match]
    known = {match[1] if (match := _KNOWN.fullmatch(each)) else None for each in named}
    return known.pop() if len(known) == 1 else None
