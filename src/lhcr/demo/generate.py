"""The demonstration area, generated: the directory first, then the people whom visitors are pointed to, then the others."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Protocol

from lhcr.demo.contribution import Contribution
from lhcr.demo.directory import directory
from lhcr.demo.ordinary import write_ordinary
from lhcr.demo.people import DEMO_PEOPLE
from lhcr.demo.person import Person
from lhcr.demo.population import chance, ordinary_person
from lhcr.demo.record import Record
from lhcr.demo.stories.deceased import write_deceased
from lhcr.demo.stories.end_of_life import write_end_of_life
from lhcr.demo.stories.family import write_carer, write_child
from lhcr.demo.stories.merged import write_merged
from lhcr.demo.stories.nothing_recorded import write_nothing
from lhcr.demo.stories.objection import write_objecting
from lhcr.demo.stories.restricted_address import write_restricted_address
from lhcr.demo.stories.rich import write_rich
from lhcr.demo.stories.same_name import write_allergic_namesake, write_other_namesake
from lhcr.demo.stories.sensitive import write_sensitive

# The child of the demonstration has a history of five years by then.
_EARLIEST: Final = date(2025, 1, 1)


class Story(Protocol):
    def __call__(self, person: Person, *, today: date) -> Record: ...


#: How the record of each person of `lhcr.demo.people` is written, by key.
STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        "rich": write_rich,
        "sensitive": write_sensitive,
        "restricted-address": write_restricted_address,
        "objection": write_objecting,
        "end-of-life": write_end_of_life,
        "merged": write_merged,
        "deceased": write_deceased,
        "same-name-1": write_allergic_namesake,
        "same-name-2": write_other_namesake,
        "child": write_child,
        "carer": write_carer,
        "nothing-recorded": write_nothing,
    }
)


def generate(people: int = 200, *, seed: int, today: date) -> Iterator[Contribution]:
    """Yield what each source contributes, one transaction Bundle per person and source, the directory first.

    The same arguments give the same bytes. All dates count back, and appointments forward, from `today`, which must be
    2025 or later. The people of `lhcr.demo.people` are always among the `people`, even if fewer were asked for; each
    ordinary person is the same whatever their number. Raises ValueError for an earlier day.
    """
    if today < _EARLIEST:
        raise ValueError(f"today must be {_EARLIEST} or later")
    yield from directory()
    for demo in DEMO_PEOPLE:
        yield from STORIES[demo.key](demo.person, today=today).contributions()
    for position in range(people - len(DEMO_PEOPLE)):
        yield from _ordinary(position, seed=seed, today=today)


def _ordinary(position: int, *, seed: int, today: date) -> list[Contribution]:
    rng = chance(seed, position)
    person = ordinary_person(position, rng=rng, today=today)
    return write_ordinary(person, rng=rng, today=today).contributions()
