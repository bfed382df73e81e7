"""The system of the NHS number: the one address by which it is known here, and the others that senders write.

Hazard: partial record. A number that is taken for a private one because of its address splits a person in two without a word.
"""

import re
from functools import lru_cache
from typing import Final

from lhcr.nhs.systems import NHS_NUMBER

_OID: Final = "2.16.840.1.113883.2.1.4.1"
#: In lower case, without scheme, version and the slash at the end.
_ADDRESSES: Final = frozenset({"fhir.nhs.uk/id/nhs-number", "fhir.nhs.net/id/nhs-number", f"urn:oid:{_OID}", _OID})
_SCHEME: Final = re.compile(r"^https?://")


def is_nhs_number(system: object) -> bool:
    """Say whether the system of an identifier is that of the NHS number, by any of its addresses."""
    return system == NHS_NUMBER or (isinstance(system, str) and _is_spelled(system))


def identifier_system(system: str) -> str:
    """Return the address by which a system is known here: that of the NHS number for any of its own, any other as it is."""
    return NHS_NUMBER if is_nhs_number(system) else system


@lru_cache(maxsize=1024)
def _is_spelled(system: str) -> bool:
    plain = system.partition("|")[0].strip().casefold().rstrip("/")
    return _SCHEME.sub("", plain) in _ADDRESSES
