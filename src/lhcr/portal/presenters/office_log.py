"""The access log as an office reads it: what the users of its own organisation did, an entry a line."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from lhcr.audit.entry import Entry, Outcome
from lhcr.audit.reader import FoundEntries
from lhcr.fhir.search.catalogue import type_ids
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.purposes import Purpose
from lhcr.portal.access_log import LogQuestion
from lhcr.portal.addresses import decision_address
from lhcr.portal.page_place import written
from lhcr.portal.presenters.acting_system import system_words
from lhcr.portal.presenters.row import Tag
from lhcr.portal.traced_people import TracedPerson
from lhcr.views.written_date import from_datetime

_FIELDS: Final = (
    "nhs_number",
    "user",
    "item",
    "from_day",
    "from_month",
    "from_year",
    "to_day",
    "to_month",
    "to_year",
    "refused",
)
_LONGEST: Final = 128
_FEW_TYPES: Final = 3
#: Of somebody whom a trace does not show; the entry is told all the same.
_NOT_NAMED: Final = "Somebody whose details are not shown to you"
_PARTS: Final = ("year", "month", "day")
_LONDON: Final = ZoneInfo("Europe/London")
_DAY: Final = timedelta(days=1)
_LABELS: Final = MappingProxyType(
    {"nhs-number": "#nhs-number", "item": "#item", "from-day": "#from-day", "to-day": "#to-day"}
)
_DID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "read": "Reading an entry",
        "vread": "Reading an earlier version of an entry",
        "history": "Reading earlier versions",
        "search": "A search",
        "operation": "Reading a whole record",
        "create": "Adding an entry",
        "update": "Changing an entry",
        "patch": "Changing an entry",
        "delete": "Removing an entry",
        "disclosure": "A search that showed this person",
        "disclose": "A search that showed this person",
        "claim": "Saying that they care for the person",
        "claim-ended": "Ending what they had said about caring for the person",
        "emergency": "Beginning an emergency access",
        "emergency-ended": "Ending an emergency access",
        "sign-in": "Signing in",
        "sign-out": "Signing out",
        "role-change": "Changing their role",
        "sign-in-slowed": "Attempts to sign in, so many that they are slowed",
        "tokens-slowed": "Tokens or systems refused, so many that they are slowed",
        "not-sent": "An answer that was not sent",
        "writer-lost": "A worker ended without closing its log; its last answers may not have left",
        "authorize": "Letting an app act for them",
        "token": "Getting a token for an app or a system",
        "introspect": "Asking what a token is worth",
        "revoke": "Giving back a token",
        "apps": "Removing an app",
        "choice-made": "Choosing what is not shared",
        "choice-withdrawn": "Taking back a choice about sharing",
        "choices-read": "Looking at choices about sharing",
        "order": "Looking what an order would reach",
        "removal": "Removing entries under an order",
        "restriction": "Restricting the processing of entries",
        "release": "Releasing an order",
        "hold": "Holding entries back from disposal",
        "merge": "Making one person's record of two",
        "merge-considered": "Looking what making one record of two would change",
        "unmerge": "Undoing that two records were made one",
        "dispute": "Asking a source to correct an entry",
        "disposal": "Disposing of entries after their retention",
    }
)
#: What an office asks besides the log itself, by the beginning of what the log calls it: a reference, or what-if.
_LOOKED_UP: Final[Mapping[str, str]] = MappingProxyType(
    {"D-": "Reading why something was allowed or refused", "wh": "Asking what would be decided"}
)
_OUTCOMES: Final[Mapping[str, tuple[Tag, ...]]] = MappingProxyType(
    {Outcome.REFUSED.value: (Tag("Refused", "red"),), Outcome.FAILED.value: (Tag("Nothing shown", "grey"),)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """`touched` says how many entries of which type were in the answer, by FHIR's names, and `many` their sum where the types are many; `rule` what refused;
    `explained` is where the decision is explained; `through` is the system that acted for them, or the app that they used; `person` are name and NHS number, empty where the entry is about nobody.
    """

    date: str
    clock: str
    who: str
    through: str
    job: str
    user: str
    did: str
    tags: tuple[Tag, ...]
    rule: str
    touched: str
    many: str
    why: str
    person: tuple[str, ...]
    reference: str
    explained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLogPage:
    """`lines` is None before anything was asked; `older` is the place where the next page begins, empty at the end."""

    organisation: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[LogLine, ...] | None = None
    older: str = ""

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": _LABELS[name]} for name, text in self.errors.items()]


@dataclass(frozen=True, slots=True)
class AskedOfLog:
    """A form as it was sent: a question where it is right, and what is wrong by field where it is not."""

    values: Mapping[str, str]
    question: LogQuestion | None
    errors: Mapping[str, str]


def read_log_form(form: Mapping[str, str]) -> AskedOfLog:
    values = {name: form.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    errors: dict[str, str] = {}
    number = _number(values["nhs_number"], errors)
    item = _item(values["item"], errors)
    since, last = _date(values, "from", errors), _date(values, "to", errors)
    if since and last and last < since and not errors:
        errors["to-day"] = "The last day must be the first day or later"
    if errors:
        return AskedOfLog(values, None, errors)
    question = LogQuestion(
        nhs_number=number,
        user=values["user"],
        item=item,
        since=_midnight(since) if since else None,
        until=_midnight(last + _DAY) if last else None,
        refused=values["refused"] == "yes",
    )
    return AskedOfLog(values, question, {})


def present_log(
    asked: AskedOfLog, found: FoundEntries, people: Mapping[int, TracedPerson], *, organisation: str
) -> OfficeLogPage:
    return OfficeLogPage(
        organisation=organisation,
        values=asked.values,
        lines=tuple(_line(each.entry, people) for each in found.entries if each.entry),
        older=written(found.older) if found.older else "",
    )


def _line(entry: Entry, people: Mapping[int, TracedPerson]) -> LogLine:
    when = from_datetime(entry.recorded)
    return LogLine(
        date=when.shown,
        clock=when.clock,
        who=entry.agent.name or entry.agent.user,
        through=system_words(entry.actor),
        job=entry.agent.role_name or ("System" if entry.agent.kind == "system" else ""),
        user=entry.agent.user,
        did=did_of(entry),
        tags=_OUTCOMES.get(entry.outcome, ()),
        rule=entry.rule,
        touched=touched(entry),
        many=_many(entry),
        why=purpose_words(entry.purpose),
        person=_person(entry, people),
        reference=entry.decision,
        explained=decision_address(entry.decision),
    )


def _person(entry: Entry, people: Mapping[int, TracedPerson]) -> tuple[str, ...]:
    if entry.person is None:
        return ()
    traced = people.get(entry.person)
    return tuple(part for part in (traced.name, traced.nhs_number) if part) if traced else (_NOT_NAMED,)


def did_of(entry: Entry) -> str:
    """Return in words what an entry says that somebody did, or was refused."""
    if entry.type == "AuditEvent" and not entry.items:
        return _LOOKED_UP.get(entry.asked[:2], "Reading the log")
    return _DID.get(entry.subtype, "Something else")


def touched(entry: Entry) -> str:
    if entry.many:
        return f"{entry.many.count} entries"
    counted = Counter(item.type for item in entry.named_items)
    return ", ".join(f"{number} {type_}" for type_, number in sorted(counted.items()))


def _many(entry: Entry) -> str:
    types = len(entry.items or {})
    return f"{entry.item_count} entries of {types} types" if types > _FEW_TYPES else ""


def purpose_words(code: str) -> str:
    try:
        return Purpose.parse(code).display.capitalize()
    except Incorrect:
        return code


def _number(text: str, errors: dict[str, str]) -> str:
    typed = "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")
    try:
        return NhsNumber.parse(typed).value if typed else ""
    except Incorrect:
        errors["nhs-number"] = "This is not a valid NHS number: check each of the 10 digits"
        return ""


def _item(text: str, errors: dict[str, str]) -> tuple[str, str] | None:
    """Return type and id of an entry; which version of it was shown does not matter."""
    type_, _, own_id = text.partition("/_history/")[0].partition("/")
    if text and (type_ not in type_ids() or not own_id or "/" in own_id):
        errors["item"] = "Enter an entry as its type and its id, such as Condition/123"
    return (type_, own_id) if text and "item" not in errors else None


def _date(values: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    parts = [values[f"{name}_{part}"] for part in _PARTS]
    if not any(parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, OverflowError):
        errors[f"{name}-day"] = "Enter a real date with day, month and year, or leave it empty"
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_LONDON).astimezone(UTC)
