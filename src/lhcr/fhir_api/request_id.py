"""The id of a request, X-Request-ID: the caller's own where it may be repeated in headers and logs.

Hazard: person data in logs. What a caller writes there stands in answers and in the operator's logs, so it must be an opaque
token; systems have been seen to put the number of their patient there.
"""

import re
from collections.abc import Iterable
from typing import Final

from lhcr.nhs.nhs_number import check_digit

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")
#: Ten digits or more in a row, and ten as people group them.
_NUMBERS: Final = re.compile(r"[0-9]{10,}|(?<![0-9])[0-9]{3}[._\-][0-9]{3}[._\-][0-9]{4}(?![0-9])")


def request_id_of(raw: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the caller's X-Request-ID, None where there is none or it is not to be repeated."""
    for name, value in raw:
        if name.lower() == b"x-request-id":
            text = value.decode("latin-1")
            return text if _TOKEN.fullmatch(text) and not _holds_nhs_number(text) else None
    return None


def _holds_nhs_number(text: str) -> bool:
    runs = (re.sub(r"[^0-9]", "", found) for found in _NUMBERS.findall(text))
    return any(_is_nhs_number(run[at : at + 10]) for run in runs for at in range(len(run) - 9))


def _is_nhs_number(ten: str) -> bool:
    return str(check_digit(ten[:9])) == ten[9]
