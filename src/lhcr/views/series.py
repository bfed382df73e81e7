"""Repeated measurements: the rows of one test, newest first, and the lines that a chart draws of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import read_concept
from lhcr.views.json_walk import object_of, objects_of
from lhcr.views.quantity import digits_text, unit_of
from lhcr.views.row import Row
from lhcr.views.state import State
from lhcr.views.written_date import WrittenDate
from lhcr.views.written_number import number_of


@dataclass(frozen=True, slots=True)
class Point:
    """One measured number: when, the number for drawing, and comparator and digits as recorded for reading."""

    date: WrittenDate
    number: float
    written: str
    reference: str


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one quantity in one unit, oldest first. Values in another unit are another series, never converted."""

    label: str
    unit: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test: `key` is its code or words, `rows` are its results newest first."""

    __test__ = False
    key: str
    title: str
    rows: tuple[Row, ...]
    series: tuple[Series, ...]

    @property
    def latest(self) -> Row:
        return self.rows[0]

    @property
    def drawable(self) -> bool:
        """Whether there is a repeated measurement to chart."""
        return any(len(series.points) > 1 for series in self.series)


def read_tests(rows: Iterable[Row], resources: Mapping[str, JsonObject]) -> tuple[Test, ...]:
    """Group the observations among rows by test, the test with the newest result first."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row.kind == "Observation" and row.status.state is not State.REMOVED:
            grouped.setdefault(_test_key(resources[row.reference]), []).append(row)
    return tuple(_test(key, found, resources) for key, found in grouped.items())


def _test_key(resource: JsonObject) -> str:
    concept = read_concept(resource.get("code"))
    return concept.key or "unnamed"


def _test(key: str, rows: Sequence[Row], resources: Mapping[str, JsonObject]) -> Test:
    return Test(key=key, title=rows[0].title, rows=tuple(rows), series=_series(rows, resources))


def _series(rows: Sequence[Row], resources: Mapping[str, JsonObject]) -> tuple[Series, ...]:
    points: dict[tuple[str, str], list[Point]] = {}
    for row in rows:
        for label, quantity in _quantities(resources[row.reference]):
            number = number_of(quantity.get("value"))
            if number is not None and row.date is not None and row.status.state is State.CURRENT:
                point = Point(row.date, number, digits_text(quantity), row.reference)
                points.setdefault((label, unit_of(quantity)), []).append(point)
    return tuple(
        Series(label, unit, tuple(sorted(found, key=lambda point: point.date)))
        for (label, unit), found in points.items()
    )


def _quantities(resource: JsonObject) -> Iterable[tuple[str, JsonObject]]:
    name = read_concept(resource.get("code")).title
    yield name, object_of(resource.get("valueQuantity"))
    for component in objects_of(resource.get("component")):
        yield read_concept(component.get("code")).title, object_of(component.get("valueQuantity"))
