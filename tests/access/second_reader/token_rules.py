"""The sections on the token: the way of signing in, its scopes, and a system that acts for a person."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tests.access.second_reader.area import Area
from tests.access.second_reader.asked import ABSTAIN, REFUSE, Asked, Asker
from tests.access.second_reader.subject import is_of_directory, kinds

_STAFF: Final = frozenset({"directory", "write-entries", "claim-relationship", "B0820", "B0825", "B0370", "B0168"})
_STRONG: Final = _STAFF | {"B0082", "B0011"}
#: The table of the text, by columns; who does not say how they signed in is granted nothing.
GRANTABLE: Final = {
    "cis2-aal3": _STRONG,
    "cis2-aal2": _STAFF,
    "nhs-login-p9": frozenset({"directory", "own-record"}),
    "client-credentials": frozenset({"directory", "own-contribution"}),
    "persona": _STRONG | {"own-contribution", "own-record"},
    "command-line": frozenset({"directory", "own-contribution", "B0082", "B0011"}),
    "not-told": frozenset[str](),
}


def sign_in(asked: Asked, _: Area) -> str:
    """What the way of signing in may never grant is refused always; nothing is permitted by it."""
    return ABSTAIN if _needed(asked) in GRANTABLE[asked.asker.way] else REFUSE


def _needed(asked: Asked) -> str:
    """An order B0082, the directory its own, the log B0011 but of a citizen; then by kind of asker, then by what is asked."""
    if asked.interaction == "order":
        return "B0082"
    if asked.reads and is_of_directory(asked):
        return "directory"
    if asked.asker.kind == "citizen":
        return "own-record"
    if asked.interaction == "audit-read":
        return "B0011"
    return "own-contribution" if asked.asker.kind == "system" else _of_others(asked)


def _of_others(asked: Asked) -> str:
    """Demographics alone by their own activities, anything else by B0370 or as a write of entries."""
    demographics = kinds(asked) == {"demographics"}
    if asked.writes:
        return "B0825" if demographics else "write-entries"
    return "B0820" if demographics else "B0370"


class Granted(NamedTuple):
    type: str
    letters: str
    category: str


#: Of the types asked for: those that FHIR R4 searches by a category.
_BY_CATEGORY: Final = frozenset(
    [
        "Observation",
        "Condition",
        "DiagnosticReport",
        "DocumentReference",
        "CarePlan",
        "Consent",
        "AllergyIntolerance",
        "MedicationRequest",
        "ServiceRequest",
        "Procedure",
    ]
)
_FORM: Final = re.compile(r"(\w+)/(\*|[A-Za-z]+)\.([^?]*)(\?.*)?")
_OLDER: Final = {"read": "rs", "write": "cud", "*": "cruds"}
_NARROWED: Final = re.compile(r"\?category=([^|&]+\|[^|&]+)")


@lru_cache(maxsize=4_096)
def granted(scopes: tuple[str, ...], kind: str) -> tuple[Granted, ...]:
    """A system's count in `system`, a citizen's in `patient` and `user`, others' in `user`; other forms grant nothing."""
    contexts = {"system": {"system"}, "citizen": {"patient", "user"}}.get(kind, {"user"})
    return tuple(filter(None, (_granted(scope, contexts) for scope in scopes)))


def _granted(scope: str, contexts: set[str]) -> Granted | None:
    form = _FORM.fullmatch(scope)
    if form is None or form[1] not in contexts:
        return None
    letters = _OLDER.get(form[3], form[3])
    if [each for each in "cruds" if each in letters] != list(letters):
        return None
    if form[4] is None:
        return Granted(form[2], letters, "")
    narrowed = _NARROWED.fullmatch(form[4])
    held = "".join(each for each in "rs" if each in letters)
    return Granted(form[2], held, narrowed[1]) if narrowed and held and form[2] in _BY_CATEGORY else None


def scope(asked: Asked, _: Area) -> str:
    """With scopes only what they grant; over all types only by one of all types; no scope grants an order."""
    asker = asked.asker
    if not asker.scopes:
        return ABSTAIN
    wanted = {"trace": "Patient", "audit-read": "AuditEvent"}.get(asked.interaction, asked.type or "*")
    found = granted(asker.scopes, asker.kind)
    letters = {letter for each in found if each.type in {"*", wanted} and not each.category for letter in each.letters}
    needed = {"search": "s", "read": "r", "vread": "r"}.get(asked.interaction, "!")
    narrowly = any(each.type == wanted and each.category and needed in each.letters for each in found)
    return ABSTAIN if narrowly or set(_LETTERS[asked.interaction]) <= letters else REFUSE


#: An order needs a letter that no scope has.
_LETTERS: Final = {
    **dict.fromkeys(("read", "vread", "history"), "r"),
    "search": "s",
    "everything": "rs",
    "create": "c",
    "update": "u",
    "patch": "u",
    "delete": "d",
    "trace": "s",
    "audit-read": "s",
    "order": "!",
}


def acting(asked: Asked, _: Area) -> str:
    """For a professional alone, of the organisation and for the purpose it is registered for, with scopes, never in an emergency."""
    asker = asked.asker
    if asker.acting is None:
        return ABSTAIN
    fits = asker.kind == "professional" and bool(asker.scopes) and _is_registered(asker)
    return ABSTAIN if fits else REFUSE


def _is_registered(asker: Asker) -> bool:
    registered = asker.acting
    return (
        registered is not None
        and registered.organisation == asker.organisation
        and asker.purpose in registered.purposes - {"ETREAT"}
    )
