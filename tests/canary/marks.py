"""The marks of a made-up person, and how they are looked for: as they are, folded, spaced, escaped, encoded and turned round.

None of them may stand anywhere but in a record and on the pages of those who may read it.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from lhcr.demo.people import BY_KEY
from lhcr.demo.personas import PERSONAS

PERSON: Final = BY_KEY["rich"].person
NUMBER: Final = PERSON.nhs_number.value
FAMILY: Final = "Zzcanaryfell"
GIVEN: Final = "Zzcanaryann"
STREET: Final = "7 Zzcanary Street"
POSTCODE: Final = "ZZ99 7CY"
TELEPHONE: Final = "01632 960777"
EMAIL: Final = "zzcanarymail@example.org"
ALLERGY: Final = "Allergy to zzcanaryllin"
BORN: Final = PERSON.birth_date

MARKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "NHS number": (NUMBER,),
        "invented word": ("Zzcanary", FAMILY, GIVEN, STREET, EMAIL, ALLERGY),
        "postcode": (POSTCODE,),
        "telephone": (TELEPHONE, f"+44{TELEPHONE[1:]}"),
        "birth date": (f"{BORN:%Y-%m-%d}", f"{BORN:%d/%m/%Y}", f"{BORN:%d %B %Y}", f"{BORN:%-d %B %Y}", f"{BORN:%m/%d/%Y}"),
        "name of a user": tuple(each.display for each in PERSONAS if not each.is_system),
    }
)  # fmt: skip
#: Shorter encoded pieces than this are met by chance.
_TELLING: Final = 8
_BETWEEN: Final = re.compile(r"[^a-z0-9@]+")


def marks_in(text: str) -> list[str]:
    """Return which kinds of mark a text holds in whatever form, each with the form that was met."""
    plain = unquote(unquote(text.replace("+", " "))).casefold()
    squeezed = _BETWEEN.sub("", plain)
    found = [f"{kind}: {form}" for kind, form in _folded_forms() if form in (squeezed if _is_word(form) else plain)]
    found += [f"{kind}: {form}" for kind, form in _folded_forms() if not _is_word(form) and _digits(form).search(plain)]
    return found + [f"{kind}: {form}" for kind, form in _encoded_forms() if form in text]


def _is_word(form: str) -> bool:
    return not form.isdecimal()


@cache
def _digits(form: str) -> re.Pattern[str]:
    """Matches a number with spaces and signs within; no colon, by which a time of day would be taken for a date."""
    return re.compile(r"(?<!\d)" + r"[\s./_-]{0,3}".join(form) + r"(?!\d)")


@cache
def _folded_forms() -> tuple[tuple[str, str], ...]:
    """Every mark without spaces and signs, forwards and backwards."""
    forms = [(kind, _BETWEEN.sub("", mark.casefold())) for kind, marks in MARKS.items() for mark in marks]
    return tuple(dict.fromkeys([*forms, *((kind, form[::-1]) for kind, form in forms)]))


@cache
def _encoded_forms() -> tuple[tuple[str, str], ...]:
    return tuple(
        dict.fromkeys(
            (kind, form) for kind, marks in MARKS.items() for mark in marks for form in _encoded(mark) if len(form) >= _TELLING
        )
    )  # fmt: skip


def _encoded(mark: str) -> Iterator[str]:
    """Base64 at each of the three places where a mark can begin in what is encoded, and hexadecimal."""
    for written in {mark, mark.casefold(), mark.upper()}:
        raw = written.encode()
        yield raw.hex()
        yield raw.hex().upper()
        for before in range(3):
            whole = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
            inner = whole[(before * 8 + 5) // 6 : -1]
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))
