"""Generated questions: every way of reading, drawn by chance from a seed, about what is seen, what is hidden and what is not there."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Final
from urllib.parse import quote

from tests.two_worlds.criteria import ELSEWHERE, TYPES, Criteria
from tests.two_worlds.vocabulary import Vocabulary, askable
from tests.two_worlds.world import Question

#: Patients who are hidden, of people of whom others are seen: to whoever names somebody by their ids, nobody has them.
HIDDEN_PATIENTS: Final = (
    "ann-labelled",
    "ann-coded",
    "ann-unshared",
    "ann-redacted",
    "bob-labelled",
    "bob-unprocessed",
    "bob-removed",
)
#: Whose records are asked for, mostly those who have both what is seen and what is hidden.
_PEOPLE: Final = ("ann-practice", "ann-practice", "ann-hospital", "ann-unshared-part", "ann-objected-part", "bob-practice", "bob-practice", "bob-hospital",
                  "bob-objected-part", "cat-practice", "cat-hospital", "dan-hospital", "eve-strange", "nobody",
                  *HIDDEN_PATIENTS)  # fmt: skip
_SHAPES: Final = ("_count=1", "_count=2", "_count=5", "_count=0", "_total=accurate", "_total=none", "_total=estimate", "_summary=count",
                  "_summary=true", "_summary=text", "_summary=data", "_elements=id", "_elements=code,status", "_sort=_id", "_sort=-_lastUpdated",
                  "_sort=date", "_sort=status,-_id", "_pretty=true", "_format=json")  # fmt: skip
_MISTAKES: Final = ("nonsense=1", "_sort=nonsense", "_count=-1", "_count=x", "_include=Condition:nonsense", "_total=some", "date=2020-13",
                    "_summary=nothing", "_cursor=AAAA", "_has:Condition=x", "_elements=", "code:nonsense=1", "_since=x", "_type=Nothing")  # fmt: skip
_EVERY_PAGE: Final = (
    "",
    "?_count=1",
    "?_count=7",
    "?_count=1000",
    "?_since=2025-01-06T11:00:00Z",
    "?_since=2025-01-06T20:00:00Z&_count=3",
)
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
_JSON: Final = {"content-type": "application/fhir+json"}


def get(target: str, **headers: str) -> Question:
    return Question(
        method="GET", target=target, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


class Questions:
    """Questions without an end. The same seed asks the same."""

    def __init__(self, seed: str, vocabulary: Vocabulary) -> None:
        self._chance = Random(seed)
        self._vocabulary = vocabulary
        self._criteria = Criteria(self._chance, vocabulary)

    def __iter__(self) -> Iterator[Question]:
        kinds: tuple[tuple[Callable[[], Question], int], ...] = (
            (self._read, 14), (self._version, 5), (self._history, 8), (self._search, 40), (self._compartment, 8), (self._everything, 6),
            (self._by_form, 4), (self._trace, 4), (self._batch, 4), (self._operation, 3), (self._over_types, 3), (self._mistake, 3),
        )  # fmt: skip
        makers, weights = zip(*kinds, strict=True)
        while True:
            yield self._chance.choices(makers, weights)[0]()

    def _reference(self) -> str:
        return self._chance.choice(self._vocabulary.references)

    def _person(self) -> str:
        return self._chance.choice(_PEOPLE)

    def _read(self) -> Question:
        shape = self._chance.choice(("", "", "", "?_summary=true", "?_elements=id", "?_summary=text", "?_pretty=true"))
        condition = self._chance.choice(({}, {}, {"if_none_match": 'W/"1"'}, {"if_none_match": 'W/"2"'}, {"if_none_match": "*"},
                                         {"if_modified_since": "Mon, 06 Jan 2025 12:00:00 GMT"}))  # fmt: skip
        asked = get(f"/{self._reference()}{shape}", **condition)
        return Question(method="HEAD", target=asked.target) if self._chance.random() < 0.05 else asked

    def _version(self) -> Question:
        return get(f"/{self._reference()}/_history/{self._chance.choice((1, 1, 2, 2, 3, 4, 7, 'x'))}")

    def _history(self) -> Question:
        chance = self._chance
        where = chance.choice(
            (f"/{self._reference()}", f"/{self._reference()}", f"/Patient/{self._person()}", f"/{self._type()}", "")
        )
        return get(f"{where}/_history{chance.choice(_EVERY_PAGE)}")

    def _type(self) -> str:
        return self._chance.choice((*TYPES, *ELSEWHERE, "Patient"))

    def _subject(self, type: str) -> list[str]:
        """Name the person where the type has one: whoever does not name one is mostly refused."""
        if type in ELSEWHERE or self._chance.random() < 0.1:
            return []
        if type == "Patient":
            return [f"_id={self._person()}"]
        codes = {each.code for each in askable(type)}
        name = next((each for each in ("patient", "subject", "member", "_id") if each in codes), "_id")
        return [f"{name}={self._person()}"]

    def _query(self, type: str, *, subject: bool = True) -> str:
        chance = self._chance
        asked = self._subject(type) if subject else []
        asked += [self._criteria.criterion(type) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
        asked += [self._include(type) for _ in range(chance.choice((0, 0, 1, 2)))]
        asked += {each.partition("=")[0]: each for each in chance.sample(_SHAPES, chance.choice((0, 1, 1, 2)))}.values()
        return "&".join(asked)

    def _include(self, type: str) -> str:
        chance = self._chance
        again = chance.choice(("", "", ":iterate"))
        forward = [each.code for each in askable(type) if each.targets]
        reverse = [(each.type, each.code) for other in TYPES for each in askable(other) if type in each.targets]
        if forward and (not reverse or chance.random() < 0.5):
            return f"_include{again}={type}:{chance.choice(('*', *forward))}"
        other, code = chance.choice(reverse or [("Provenance", "target")])
        return f"_revinclude{again}={other}:{code}"

    def _search(self) -> Question:
        asked = self._type()
        return get(f"/{asked}?{self._query(asked)}")

    def _by_form(self) -> Question:
        asked = self._type()
        return Question(method="POST", target=f"/{asked}/_search", headers=_FORM, body=self._query(asked).encode())

    def _compartment(self) -> Question:
        chance = self._chance
        member = chance.choice((*TYPES, "*"))
        owner = chance.choice((f"Patient/{self._person()}", f"Patient/{self._person()}", self._reference_of("Encounter"),
                               self._reference_of("RelatedPerson"), self._reference_of("Practitioner")))  # fmt: skip
        query = "_count=4&_total=accurate" if member == "*" else self._query(member, subject=False)
        return get(f"/{owner}/{member}?{query}")

    def _reference_of(self, type: str) -> str:
        return self._chance.choice(self._vocabulary.of_type(type))

    def _everything(self) -> Question:
        some = self._chance.choice(("", "", "?_count=3", "?_count=1000", "?_type=Condition,Observation", "?_since=2025-01-06T12:00:00Z",
                                    "?start=2019-01-01&end=2020-12-31", "?_type=Patient"))  # fmt: skip
        return get(f"/Patient/{self._person()}/$everything{some}")

    def _trace(self) -> Question:
        chance = self._chance
        number = chance.choice(
            ("9990000085", "9990000093", "9990000107", "9990000115", "9990000123", "9990000131", "9990000086")
        )
        by = chance.choice((f"identifier=https://fhir.nhs.uk/Id/nhs-number|{number}", "family=Fell&birthdate=1980-02-03",
                            "family=Hidden&birthdate=1980-02-03", "family=Fell&given=Ann", "identifier=urn:hidden|ann-labelled",
                            "phone=01632 960001", "name=Secret", "address-postalcode=ZZ99 3CZ&family=Hidden", "family=Fel&gender=other",
                            "family=Stranger&birthdate=1980-02-03"))  # fmt: skip
        if chance.random() < 0.5:
            return get(f"/Patient?{quote(by, safe='=&|:/')}")
        return Question(method="POST", target="/Patient/_search", headers=_FORM, body=by.encode())

    def _batch(self) -> Question:
        makers = (self._read, self._version, self._history, self._search, self._everything)
        asked = [self._chance.choice(makers)() for _ in range(self._chance.randint(2, 6))]
        entries = [{"request": {"method": each.method, "url": each.target.removeprefix("/")}} for each in asked]
        kind = self._chance.choice(("batch", "batch", "transaction"))
        body = {"resourceType": "Bundle", "type": kind, "entry": entries}
        return Question(method="POST", target="/", headers=_JSON, body=json.dumps(body).encode())

    def _operation(self) -> Question:
        where = self._chance.choice(
            (f"/{self._reference()}/$meta", f"/{self._reference()}/$validate", f"/{self._type()}/$meta", "/$meta")
        )
        return get(where)

    def _over_types(self) -> Question:
        types = ",".join(self._chance.sample(TYPES[2:], 3))
        return get(f"/?_type={types}&patient={self._person()}&{self._chance.choice(_SHAPES)}")

    def _mistake(self) -> Question:
        asked = self._type()
        return get(f"/{asked}?{'&'.join([*self._subject(asked), self._chance.choice(_MISTAKES)])}")
