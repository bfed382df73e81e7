"""The scope of a Consent: whether it is about who may see a record, or about treatment, research or a decision made beforehand."""

from typing import Final

from lhcr.kernel.json_types import JsonObject

#: A label that only this project gives to such a Consent; policy says whether it hides from others than its source and its person.
SHARING_CHOICE: Final = "urn:lhcr:label|sharing-choice"
_SYSTEM: Final = "consentscope"
_ABOUT_SOMETHING_ELSE: Final = ("adr", "research", "treatment")


def is_about_sharing(consent: JsonObject) -> bool:
    """Return whether a Consent may say who sees what. Hazard: a sensitive item exposed. A scope that is not understood may."""
    scope = consent.get("scope")
    codings = scope.get("coding") if isinstance(scope, dict) else None
    found = [each for each in codings if isinstance(each, dict)] if isinstance(codings, list) else []
    return not found or any(not _is_something_else(each) for each in found)


def _is_something_else(coding: JsonObject) -> bool:
    system = coding.get("system")
    known = isinstance(system, str) and system.rstrip("/").rpartition("/")[2].casefold() == _SYSTEM
    return known and coding.get("code") in _ABOUT_SOMETHING_ELSE
