"""Bindings: what the names in a query stand for in this database, looked up before it is compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lhcr.fhir.search.query import Chain, Has, Hop

Key = tuple[int, str]
"""(type id, resource id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """What is absent is unknown.

    `systems`: numbers of code systems by address. `persons`: where the resource of a key lives; `unseen`: Patients among them
    of whom only their row says whether they may be seen. `targets`: ids on the shelf
    that fulfil a hop, and `sources`: ids of what is referred to from elsewhere. Those two stand for the joins between persons
    that one statement never makes.
    """

    systems: Mapping[str, int] = field(default_factory=dict)
    persons: Mapping[Key, int] = field(default_factory=dict)
    unseen: frozenset[Key] = frozenset()
    targets: Mapping[tuple[Chain, Hop], tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[Has, tuple[str, ...]] = field(default_factory=dict)
