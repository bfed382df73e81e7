"""Clinical dates as they are stored: the interval by which a person's entries are put in order, in microseconds since 1970 UTC.

`clinical_low` is what a page is ordered by; where a type's first date element is absent another may stand in for it.
`clinical_high` belongs to the first element alone: it is `NO_DATE` where that is absent, so that a search by the parameter
that selects this element is answered from these two columns without a row of its own.
"""

from typing import Final

NO_DATE: Final = -9_223_372_036_854_775_807


def stored_interval(interval: tuple[int, int] | None, *, stands_in: bool) -> tuple[int, int]:
    """Return `(clinical_low, clinical_high)` of a row: of its clinical date, or (NO_DATE, NO_DATE) where it has none.

    Hazard: an entry that has only the date on which it was recorded must not be found as if it had happened then, and
    must not vanish from the order of time either; hence a low end without a high end for a date that stands in.
    """
    if interval is None:
        return NO_DATE, NO_DATE
    low, high = interval
    return low, NO_DATE if stands_in else high
