"""What the forms of a case say, or what is wrong with them by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lhcr.kernel.errors import Incorrect
from lhcr.office.case_kind import Outcome, read_outcome
from lhcr.office.case_words import SHORTEST_WORDS, read_case_words

#: A version that nobody can have read.
_NO_VERSION: Final = 0
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseForm:
    outcome: Outcome
    words: str
    told: str


def read_version(values: Mapping[str, str]) -> int:
    """Return the version of the case that a form was made from; a form that says none was made from none."""
    text = values.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else _NO_VERSION


def read_close(values: Mapping[str, str], *, tells_person: bool) -> tuple[CloseForm | None, dict[str, str]]:
    errors: dict[str, str] = {}
    outcome: Outcome | None = None
    try:
        outcome = read_outcome(values.get("outcome", ""))
    except Incorrect as error:
        errors["outcome"] = error.issues[0].diagnostics
    words = read_words(values, "words", errors)
    told = read_words(values, "told", errors) if tells_person else ""
    if outcome is None or errors:
        return None, errors
    return CloseForm(outcome=outcome, words=words, told=told), {}


def read_words(values: Mapping[str, str], name: str, errors: dict[str, str], *, shortest: int = SHORTEST_WORDS) -> str:
    """Return the words of a field, and note in `errors` what is wrong with them."""
    try:
        return read_case_words(values.get(name, ""), shortest=shortest)
    except Incorrect as error:
        errors[name] = error.issues[0].diagnostics
        return ""
