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
ICD_10: Final = "hl7.org/fhir/sid/icd-10"
READ_V2: Final = "read.info/readv2"
CTV3: Final = "read.info/readctv3"
READ_CODES: Final = frozenset({READ_V2, CTV3})
"""The Clinical Terms of five characters (Read codes, versions 2 and 3)."""
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
        "2.16.840.1.113883.6.3": ICD_10,
        "icd-10": ICD_10,
        "icd10": ICD_10,
        "read.info/v2": READ_V2,
        "read.info/ctv3": CTV3,
        "2.16.840.1.113883.2.1.6.2": READ_V2,
        "2.16.840.1.113883.2.1.3.2.4.14": CTV3,
        "readv2": READ_V2,
        "read v2": READ_V2,
        "readctv3": CTV3,
        "ctv3": CTV3,
    }
)


def code_system(address: str) -> str:
    """Return the spelling by which codes of a system are compared: in lower case, without scheme and version.

    A version may stand behind `|` or, of SNOMED CT, be part of the address.
    """
    plain = address.partition("|")[0].strip().rstrip("/").casefold().removeprefix("urn:oid:")
    plain = _SCHEME.sub("", plain)
    return SNOMED_CT if _EDITION_OF_SNOMED.match(plain) else _ALIASES.get(plain, plain)
