"""Refusals of a search query: issues that name the parameter at fault and never repeat what was searched for.

Hazard: a name or value in a query may be an NHS number or a person's name, and errors reach logs and screens.
"""

import re

from lhcr.kernel.errors import Incorrect, Issue

# Codes of FHIR are words; four digits in a row may be part of somebody's number.
_HARMLESS = re.compile(r"(?!.*\d{4})[A-Za-z_][A-Za-z0-9_.:-]{0,99}\Z")


def shown(name: str) -> str:
    """Give a parameter's name as it may stand in an error, or a placeholder."""
    return f"`{name}`" if _HARMLESS.match(name) else "A parameter (name withheld)"


def invalid(name: str, reason: str) -> Incorrect:
    """Refuse a value that cannot be read."""
    return _refusal("invalid", "search-value-invalid", f"{shown(name)}: {reason}")


def unsupported(name: str, reason: str) -> Incorrect:
    """Refuse what FHIR defines and this server does not do."""
    return _refusal("not-supported", "search-parameter-unsupported", f"{shown(name)}: {reason}")


def unknown(name: str, reason: str) -> Incorrect:
    """Refuse a parameter that the searched types do not have."""
    return _refusal("not-supported", UNKNOWN, f"{shown(name)}: {reason}")


def bad_modifier(name: str, reason: str) -> Incorrect:
    return _refusal("not-supported", "search-modifier-unsupported", f"{shown(name)}: {reason}")


def too_much(name: str, reason: str) -> Incorrect:
    """Refuse what passes a limit."""
    return _refusal("too-costly", "search-too-large", f"{shown(name)}: {reason}")


def is_unknown(error: Incorrect) -> bool:
    """Say whether an error is only that a type lacks a parameter."""
    return all(issue.error == UNKNOWN for issue in error.issues)


UNKNOWN = "search-parameter-unknown"


def _refusal(code: str, error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code=code, error=error, diagnostics=diagnostics)])
