"""Security labels: what one Coding of `meta.security` means for access, however its sender writes the code system.

Hazard guarded here: a sensitive item exposed. The two code systems of HL7 v3 that say how sensitive something is are known by
their addresses in R4 and STU3, by OID, with a version and in any case; of what is not understood in them the stricter counts.
"""

import re
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE, CONFIDENTIALITY

VERY_RESTRICTED: Final = f"{CONFIDENTIALITY}|V"
#: What PDS says of a record that is never returned, beside the codes of HL7 v3. It is always very restricted as well.
REDACTED: Final = f"{CONFIDENTIALITY}|REDACTED"

#: By the last part of an address, whoever's it is: senders name the value set for the code system, and other versions of FHIR.
_SYSTEMS: Final = MappingProxyType(
    {
        "confidentiality": CONFIDENTIALITY,
        "confidentialityclassification": CONFIDENTIALITY,
        "confidentialitycode": CONFIDENTIALITY,
        "2.16.840.1.113883.5.25": CONFIDENTIALITY,
        "actcode": ACT_CODE,
        "informationsensitivitypolicy": ACT_CODE,
        "2.16.840.1.113883.5.4": ACT_CODE,
    }
)
_SEPARATORS: Final = re.compile(r"[/:#]")


def canonical_label(label: str) -> str:
    """Return a label `system|code` of a policy with the address by which its system is known here."""
    system, _, code = label.rpartition("|")
    return f"{system_named(system)}|{code}"


def system_named(address: str) -> str:
    """Return the R4 address of the systems known here for any of their forms; any other in lower case, without its version."""
    plain = address.partition("|")[0].strip().rstrip("/").casefold()
    return _SYSTEMS.get(_SEPARATORS.split(plain)[-1].removeprefix("v3-"), plain)


def is_redacted(coding: JsonObject) -> bool:
    """Return whether a Coding says that what carries it is returned to nobody, in whatever case it is written."""
    system, code = coding.get("system"), coding.get("code")
    named = system_named(system) if isinstance(system, str) and system.strip() else CONFIDENTIALITY
    return named == CONFIDENTIALITY and isinstance(code, str) and code.strip().casefold() == "redacted"


def read_label(coding: JsonObject, *, hiding: Collection[str], harmless: Collection[str]) -> str | None:
    """Return what a Coding says as one of the `hiding` labels, None where it restricts nothing.

    What is in either of the known systems, or says no system, and is neither hiding nor harmless, is very restricted. Codes
    are compared as they are written: one in another case is not understood. Of other systems only what is hiding counts.
    """
    system, code = coding.get("system"), coding.get("code")
    named = system_named(system) if isinstance(system, str) and system.strip() else ""
    labels = [f"{each}|{code}" for each in ([named] if named else (CONFIDENTIALITY, ACT_CODE))]
    if (found := next((label for label in labels if label in hiding), None)) is not None:
        return found
    if named not in {"", CONFIDENTIALITY, ACT_CODE}:
        return _in_any_case(labels[0], hiding)
    return None if any(label in harmless for label in labels) else VERY_RESTRICTED


def _in_any_case(label: str, hiding: Collection[str]) -> str | None:
    return next((each for each in sorted(hiding) if each.casefold() == label.casefold()), None)
