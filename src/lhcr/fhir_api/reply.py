"""A reply: what the edge can send. Clinical content reaches it only as `Released`."""

from dataclasses import dataclass
from typing import TypeAlias

from lhcr.audit.released import Released
from lhcr.fhir_api.told import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One answer that holds others: the Bundle of a batch. `parts` are the answers inside, each released or told."""

    parts: tuple["Reply", ...]
    body: tuple[bytes, ...]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Reply: TypeAlias = Released | Told | Collected
