"""Scopes in plain words, for whoever is asked to allow them."""

from collections.abc import Iterable
from typing import Final

from lhcr.auth.granted_scopes import LAUNCH_PATIENT, OFFLINE
from lhcr.views.kind_words import kind_words

_VERBS: Final = {"c": "add", "r": "read", "u": "change", "d": "remove", "s": "search"}


def scope_words(scopes: Iterable[str]) -> list[str]:
    """Return a sentence for each scope, such as "Read and search: Prescription"."""
    return [_words(scope) for scope in scopes]


def _words(scope: str) -> str:
    if scope == OFFLINE:
        return "Go on after you have signed out, until your sign-in would have ended by itself"
    if scope == LAUNCH_PATIENT:
        return "Know which record is yours"
    whole, _, query = scope.partition("?")
    kind, _, letters = whole.partition("/")[2].partition(".")
    verbs = [_VERBS[letter] for letter in sorted(letters, key="rscud".index)]
    said = verbs[0] if len(verbs) == 1 else f"{', '.join(verbs[:-1])} and {verbs[-1]}"
    of_category = f", of the category {query.rpartition('|')[2]} alone" if query else ""
    return f"{said.capitalize()}: {'every kind of entry' if kind == '*' else kind_words(kind)}{of_category}"
