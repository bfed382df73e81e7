"""The demonstration area, generated once for all tests of it."""

from datetime import date

import pytest

from lhcr.demo.contribution import Contribution
from lhcr.demo.generate import generate
from lhcr.demo.people import BY_KEY
from lhcr.kernel.json_types import JsonObject

TODAY = date(2026, 3, 2)


class Area:
    """The generated whole, with the questions that tests ask of it."""

    def __init__(self, contributions: list[Contribution]) -> None:
        self.contributions = contributions
        self.today = TODAY
        self.resources: list[JsonObject] = [
            entry["resource"] for given in contributions for entry in given.bundle["entry"]
        ]
        self.by_reference = {f"{found['resourceType']}/{found['id']}": found for found in self.resources}

    def of(self, key: str, *types: str, source: str = "") -> list[JsonObject]:
        """The resources about a person of `people.py`, of these types or all, from this source or all."""
        return [
            found
            for found in self.about(BY_KEY[key].person.index)
            if (not types or found["resourceType"] in types) and found["id"].startswith(source.lower())
        ]

    def about(self, index: int) -> list[JsonObject]:
        return [found for found in self.resources if f"-{index:04d}" in found["id"]]


@pytest.fixture(scope="session")
def area() -> Area:
    return Area(list(generate(200, seed=20_260_302, today=TODAY)))
