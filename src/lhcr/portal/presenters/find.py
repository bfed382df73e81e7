"""Finding a person: what was asked, what is wrong with it, and who was found."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.portal.addresses import record_address
from lhcr.portal.ports import Criteria, Found, FoundPerson
from lhcr.views.person_name import PersonName

_FIELDS = ("nhs_number", "family", "given", "born_day", "born_month", "born_year")
_LONGEST = 80
_PARTIAL = "By agreement, some organisations do not share with yours whom they know: they were not asked."
_LABELS = {"nhs-number": "#nhs-number", "family": "#family", "born-day": "#born-day"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as it was sent: criteria where it is right, and what is wrong by field where it is not."""

    values: Mapping[str, str]
    criteria: Criteria | None
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    href: str
    name: str
    facts: tuple[tuple[str, str], ...]
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPage:
    """`found` is None before anything was asked."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    found: tuple[PersonLine, ...] | None = None
    summary: str = ""
    advice: str = ""

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": _LABELS[name]} for name, text in self.errors.items()]


def read_form(form: Mapping[str, str]) -> Asked:
    """Read a form. Which of the two it is follows from its hidden field."""
    values = {name: form.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    return _by_number(values) if form.get("by") == "number" else _by_name(values)


def present_found(asked: Asked, found: Found) -> FindPage:
    people = tuple(_line(person) for person in found.people)
    return FindPage(
        values=asked.values, found=people, summary=_summary(people, found), advice=_advice(asked, people, found)
    )


def _by_number(values: Mapping[str, str]) -> Asked:
    if not values["nhs_number"]:
        return Asked(values, None, {"nhs-number": "Enter an NHS number"})
    try:
        number = NhsNumber.parse(_as_typed(values["nhs_number"]))
    except Incorrect:
        problem = "This is not a valid NHS number: check each of the 10 digits"
        return Asked(values, None, {"nhs-number": problem})
    return Asked(values, Criteria(nhs_number=number.value), {})


def _as_typed(pasted: str) -> str:
    """What somebody would have typed: without the tabs, narrow blanks and invisible signs that a copy from a page or sheet brings."""
    return "".join(sign for sign in pasted if not sign.isspace() and unicodedata.category(sign) != "Cf")


def _by_name(values: Mapping[str, str]) -> Asked:
    errors: dict[str, str] = {}
    if not values["family"]:
        errors["family"] = "Enter a family name"
    born = _date(values)
    if born is None:
        errors["born-day"] = "Enter a real date of birth with day, month and year"
    if errors:
        return Asked(values, None, errors)
    return Asked(values, Criteria(family=values["family"], given=values["given"], born=born), {})


def _date(values: Mapping[str, str]) -> date | None:
    try:
        return date(*(int(values[f"born_{part}"]) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return None


def _line(person: FoundPerson) -> PersonLine:
    name = PersonName(family=person.family, given=person.given, title=person.title)
    facts = [("Born", person.born), ("Died", person.died), ("Sex", person.sex), ("NHS number", person.nhs_number)]
    facts.append(("Address", person.address))
    return PersonLine(
        href=record_address(person.key),
        name=name.banner,
        facts=tuple((label, value) for label, value in facts if value),
        restricted=person.restricted,
    )


def _summary(people: tuple[PersonLine, ...], found: Found) -> str:
    if not people:
        return "Nobody was found"
    if found.more:
        return f"More than {len(people)} people match"
    return "1 person was found" if len(people) == 1 else f"{len(people)} people were found"


def _advice(asked: Asked, people: tuple[PersonLine, ...], found: Found) -> str:
    """Hazard: somebody taken for unknown of whom a source does not say that it knows them."""
    said = (_other_number(asked, found), _next(people, found), _PARTIAL if found.partial else "")
    return " ".join(sentence for sentence in said if sentence)


def _other_number(asked: Asked, found: Found) -> str:
    """Hazard: a person who goes by another number since two records were merged, taken for the wrong one."""
    number = asked.criteria.nhs_number if asked.criteria else ""
    shown = {_digits(person.nhs_number) for person in found.people}
    if not number or not any(shown) or number in shown:
        return ""
    return f"NHS number {NhsNumber(number).display} is also recorded for the person who is shown."


def _digits(written: str) -> str:
    return "".join(filter(str.isdigit, written))


def _next(people: tuple[PersonLine, ...], found: Found) -> str:
    """Hazard: the wrong person chosen from people of one name."""
    if not people:
        return "Check what you entered. Somebody who is not found may still have a record in another area."
    if found.more:
        return "Add a first name to find fewer people."
    if len(people) > 1:
        return "Check name, date of birth and address with the person before you choose."
    return "Check name and date of birth with the person before you open the record."
