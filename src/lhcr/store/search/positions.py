"""Positions: the condition that a place lies within a distance of a point on the globe."""

import math
from collections.abc import Sequence
from typing import Final

from lhcr.fhir.search.query import PositionValue
from lhcr.store.search.compilation import Compilation, some

EARTH_RADIUS: Final = 6_371_008.8
"""The mean radius in metres (IUGG)."""

_DEGREE: Final = math.pi * EARTH_RADIUS / 180
"""Metres in a degree of latitude."""

# The haversine of the angle between two points, in the form that keeps precision at small distances.
_HAVERSINE: Final = "2 * {radius} * asin(least(1, sqrt({north} + {one_circle} * {other_circle} * {east})))"
# An angle of less than a tenth of a millimetre counts as none: PostgreSQL refuses numbers that vanish in a product.
_HALF_ANGLE: Final = "CASE WHEN abs({one} - {other}) < 1e-9 THEN 0 ELSE power(sin(radians({one} - {other}) / 2), 2) END"
_CIRCLE: Final = "CASE WHEN abs({angle}) < 1e-9 THEN 1 ELSE cos(radians({angle})) END"


def matches_position(c: Compilation, alias: str, values: Sequence[PositionValue]) -> str:
    return some([_is_near(c, alias, value) for value in values])


def _is_near(c: Compilation, alias: str, value: PositionValue) -> str:
    """Ask for a band of latitudes first, which the index answers, then for the exact distance."""
    band = value.distance / _DEGREE * (1 + 1e-9) + 1e-9
    low = c.arguments.add(value.latitude - band, "double precision")
    high = c.arguments.add(value.latitude + band, "double precision")
    latitude = c.arguments.add(value.latitude, "double precision")
    longitude = c.arguments.add(value.longitude, "double precision")
    distance = _HAVERSINE.format(
        radius=EARTH_RADIUS,
        one_circle=_CIRCLE.format(angle=latitude),
        other_circle=_CIRCLE.format(angle=f"{alias}.latitude"),
        north=_HALF_ANGLE.format(one=f"{alias}.latitude", other=latitude),
        east=_HALF_ANGLE.format(one=f"{alias}.longitude", other=longitude),
    )
    within = c.arguments.add(value.distance, "double precision")
    return f"({alias}.latitude >= {low} AND {alias}.latitude <= {high} AND {distance} <= {within})"
