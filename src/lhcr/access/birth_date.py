"""The birth date that a Patient tells, as the days between which its person was born."""

from datetime import date

from lhcr.access.competence import Born
from lhcr.fhir.search.dates import DAY, interval
from lhcr.kernel.json_types import JsonObject

_EPOCH = date(1970, 1, 1).toordinal()
#: `2019-04-05`: what is longer is no date.
_LONGEST = 10


def birth_date(patient: JsonObject, *, today: date) -> Born | None:
    """Return between which days a Patient says that somebody was born; a year alone is all its days.

    None where it says nothing that can be read, or a day to come, which nobody was born on.
    """
    told = patient.get("birthDate")
    if not isinstance(told, str) or len(told) > _LONGEST:
        return None
    try:
        low, high = interval(told)
    except ValueError:
        return None
    born = Born(earliest=_day(low), latest=_day(high))
    return None if born.earliest > today else born


def _day(microseconds: int) -> date:
    return date.fromordinal(_EPOCH + microseconds // DAY)
