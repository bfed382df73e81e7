"""Search rows: what a search index holds of one resource."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from lhcr.fhir.search.dates import Interval
from lhcr.kernel.errors import Incorrect, Issue

MOST_COMPOSITES: Final = 10_000


class CompositeRow(NamedTuple):
    """The values of one composite parameter that stand together; columns that a parameter does not use are None.

    The first component is always a token (`system1`, `code1`). The second is a token (`system2`, `code2`), a quantity (`low2`,
    `high2`, `system2`, `code2`, and the unit as `text2`), a date or number (`low2`, `high2`), a string (`text2`), or a reference
    (`system2` the target type's name, `code2` the id, `text2` the version). The third is a number.
    """

    param: int
    system1: str
    code1: str
    system2: str | None = None
    code2: str | None = None
    low2: float | None = None
    high2: float | None = None
    text2: str | None = None
    low3: float | None = None
    high3: float | None = None


def extend_bounded(rows: list[CompositeRow], more: Iterable[CompositeRow]) -> None:
    """Add rows. Raises Incorrect (422 `search-values-too-many`) where there are more than anybody would search by.

    Hazard: three thousand codes beside three thousand values are nine million pairs, and a body of 200 KB takes four gigabytes.
    """
    rows.extend(islice(more, MOST_COMPOSITES + 1 - len(rows)))
    if len(rows) > MOST_COMPOSITES:
        diagnostics = f"The resource pairs its codes and values in more than {MOST_COMPOSITES} ways. Send fewer codes for one value."
        raise Incorrect([Issue(code="too-costly", error="search-values-too-many", diagnostics=diagnostics)], status=422)


@dataclass(slots=True)
class SearchValues:
    """The rows of one resource, without repeats; each begins with the parameter's id, "" stands for an absent text.

    token: (param, system, code). reference: (param, target type id or 0, id or whole address, version).
    identifier: (param, system, value) of a reference's logical identifier. date: (param, low, high) in microseconds since 1970
    UTC, closed at both ends. string: (param, text) as written. number: (param, low, high). quantity: (param, low, high, system,
    code, unit). uri: (param, uri). position: (param, latitude, longitude) in degrees.

    `clinical` is the interval by which the resource is put in order of time, `clinical_stands_in` true where the type's
    first date element was absent and a later one gave it.
    """

    token: list[tuple[int, str, str]] = field(default_factory=list)
    reference: list[tuple[int, int, str, str]] = field(default_factory=list)
    identifier: list[tuple[int, str, str]] = field(default_factory=list)
    date: list[tuple[int, int, int]] = field(default_factory=list)
    string: list[tuple[int, str]] = field(default_factory=list)
    number: list[tuple[int, float, float]] = field(default_factory=list)
    quantity: list[tuple[int, float, float, str, str, str]] = field(default_factory=list)
    uri: list[tuple[int, str]] = field(default_factory=list)
    composite: list[CompositeRow] = field(default_factory=list)
    position: list[tuple[int, float, float]] = field(default_factory=list)
    clinical: Interval | None = None
    clinical_stands_in: bool = False
