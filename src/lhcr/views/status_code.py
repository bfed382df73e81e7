"""Codes of clinical and verification status, by their system: a sender's own `refuted` need not mean what FHIR's does."""

from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of, read_concept
from lhcr.views.json_walk import object_of, objects_of, text_of

#: The systems of R4 and after, and those of STU3, whose codes of status mean the same.
_OF_FHIR = ("terminology.hl7.org/", "hl7.org/fhir/")


def status_codes(value: Any) -> frozenset[str]:
    """The codes of FHIR's own systems; where there are none, those that name no system.

    Hazard: allergy dropped, because a code of another system that is spelt like FHIR's was read as one.
    """
    codings = list(objects_of(object_of(value).get("coding")))
    own = [coding for coding in codings if _is_of_fhir(coding)]
    if not codings:
        return codes_of(value)
    return codes_of(own or [coding for coding in codings if not text_of(coding.get("system"))])


def foreign_words(value: Any) -> str:
    """What a status says that only codings of other systems give: words that decide nothing, and are shown."""
    return "" if status_codes(value) else read_concept(value).title


def _is_of_fhir(coding: JsonObject) -> bool:
    return text_of(coding.get("system")).partition("://")[2].startswith(_OF_FHIR)
