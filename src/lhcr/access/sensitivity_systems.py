"""The one spelling of a code system's address by which codes are compared, however their sender writes it.

Hazard guarded here: a sensitive item exposed, because its code is known under another address of the same system.
"""

import re
from types import MappingProxyType
from typing import Final

_SCHEME: Final = re.compile(r"^https?://(?:www\.)?")
_EDITION_OF_SNOMED: Final = re.compile(r"^snomed\.info/x?sct/")
SNOMED_CT: Final = "snomed.info/sct"
_LOINC: Final = "loinc.org"
_ICD_10: Final = "hl7.org/fhir/sid/icd-10"
#: Object identifiers, words and other addresses by which senders name systems.
_ALIASES: Final = MappingProxyType(
    {
        "2.16.840.1.113883.6.96": SNOMED_CT,
        "snomed.info/xsct": SNOMED_CT,
        "snomed": SNOMED_CT,
        "snomed ct": SNOMED_CT,
        "snomed-ct": SNOMED_CT,
        "snomedct": SNOMED_CT,
        "sct": SNOMED_CT,
        # A product of dm+d is a concept of SNOMED CT's edition for the United Kingdom: both addresses are in use for it.
        "dmd.nhs.uk": SNOMED_CT,
        "2.16.840.1.113883.6.1": _LOINC,
        "loinc": _LOINC,
        "2.16.840.1.113883.6.3": _ICD_10,
        "icd-10": _ICD_10,
        "icd10": _ICD_10,
    }
)


def code_system(address: str) -> str:
    """Return the spelling by which codes of a system are compared: in lower case, without scheme and version.

    A version may stand behind `|` or, of SNOMED CT, be part of the address.
    """
    plain = address.partition("|")[0].strip().rstrip("/").casefold().removeprefix("urn:oid:")
    plain = _SCHEME.sub("", plain)
    return SNOMED_CT if _EDITION_OF_SNOMED.match(plain) else _ALIASES.get(plain, plain)
