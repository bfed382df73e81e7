"""Media types: which form a body has, and whether the caller takes the one form in which this server answers."""

from enum import Enum
from functools import lru_cache
from typing import Final

from lhcr.fhir_api.refusals import not_acceptable, unsupported_media

ANSWER_TYPE: Final = "application/fhir+json; charset=utf-8"
_VERSIONS: Final = frozenset({"4.0", "4.0.1"})


class Form(Enum):
    """The forms of body that are read, each by the media type that is asked for."""

    JSON = "application/fhir+json"
    XML = "application/fhir+xml"
    JSON_PATCH = "application/json-patch+json"
    FORM = "application/x-www-form-urlencoded"


_FORMS: Final = {
    "application/fhir+json": Form.JSON,
    "application/json": Form.JSON,
    "text/json": Form.JSON,
    "application/fhir+xml": Form.XML,
    "application/xml": Form.XML,
    "text/xml": Form.XML,
    "application/json-patch+json": Form.JSON_PATCH,
    "application/x-www-form-urlencoded": Form.FORM,
}
_JSON_TYPES: Final = frozenset(
    {"application/fhir+json", "application/json", "text/json", "application/*", "text/*", "*/*"}
)
_JSON_FORMATS: Final = frozenset({"json", "application/fhir+json", "application/json", "text/json"})


@lru_cache(maxsize=256)
def form_of(content_type: str) -> Form:
    """Return the form of a body. Raises Incorrect (415) for one that is not read, for another charset or FHIR version."""
    name, parameters = _parts(content_type)
    if name not in _FORMS:
        raise unsupported_media(
            "A body must be application/fhir+json (or +xml; application/json-patch+json for PATCH)."
        )
    if parameters.get("charset", "utf-8") not in {"utf-8", "utf8", "us-ascii"}:
        raise unsupported_media("The charset of a body must be UTF-8.")
    if parameters.get("fhirversion", "4.0") not in _VERSIONS:
        raise unsupported_media("This server speaks FHIR R4: fhirVersion=4.0.")
    return _FORMS[name]


def require_json_accepted(accept: str | None, format: str | None) -> None:
    """Raise Incorrect (406) unless JSON is what the caller takes; `_format` outweighs `Accept`."""
    if format is not None:
        accepted = format.partition(";")[0].strip().lower().replace(" ", "+") in _JSON_FORMATS
    else:
        accepted = accept is None or _accepts_json(accept)
    if not accepted:
        raise not_acceptable()


@lru_cache(maxsize=256)
def _accepts_json(accept: str) -> bool:
    for each in accept.split(","):
        name, parameters = _parts(each)
        version_fits = parameters.get("fhirversion", "4.0") in _VERSIONS
        if name in _JSON_TYPES and version_fits and parameters.get("q", "1").strip("0.") != "":
            return True
    return not accept.strip()


def _parts(text: str) -> tuple[str, dict[str, str]]:
    name, *parameters = text.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return name.strip().lower(), {key.strip().lower(): value.strip().strip('"').lower() for key, _, value in pairs}
