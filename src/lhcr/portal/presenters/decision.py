"""The page of one decision: who asked for what, how it was decided, and what it led to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from lhcr.access.explain import Explained
from lhcr.audit.entry import Entry
from lhcr.portal.presenters.acting_system import system_words
from lhcr.portal.presenters.office_log import did_of, purpose_words, touched
from lhcr.portal.presenters.row import Tag
from lhcr.portal.presenters.trace import KINDS, TraceView, permit_tag, present_trace, reach_words, rule_name
from lhcr.views.written_date import from_datetime

_LONDON: Final = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLine:
    """One entry of the log that rests on the decision; `touched` says how many entries of which type were in the answer."""

    date: str
    clock: str
    did: str
    asked: str
    about: str
    touched: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayView:
    """What would be decided of the same facts today; `changed` are the rules that would say something else, and what.

    `reach` is what a permit would reach and why, where that is less than it says; `is_same`: no rule says, and nothing is reached, otherwise.
    """

    outcome: Tag
    decided_by: str
    changed: tuple[tuple[str, str], ...]
    is_same: bool
    reach: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """`trace` is None where its text is not kept any more; `reach` is what a permit reaches and why, where that is less than it says.

    `log_form` are the hidden fields that ask the log for that user and day.
    """

    reference: str
    outcome: Tag
    decided_by: str
    reach: str
    asker: tuple[tuple[str, str], ...]
    trace: TraceView | None
    today: TodayView | None
    uses: tuple[UseLine, ...]
    more_uses: bool
    log_form: tuple[tuple[str, str], ...]


def present_decision(found: Explained) -> DecisionPage:
    told, first = found.told, found.entries[0]
    trace = told["trace"] or {}
    is_refused = told["outcome"] == "refused"
    return DecisionPage(
        reference=told["reference"],
        outcome=Tag("Refused", "red") if is_refused else permit_tag(trace, permitted="Permitted"),
        decided_by=rule_name(told["rule"]) if is_refused else "",
        reach="" if is_refused else reach_words(trace),
        asker=tuple(pair for pair in _asker(first, told) if pair[1]),
        trace=None if told["trace"] is None else present_trace(told["trace"]),
        today=_today(told.get("today"), trace),
        uses=tuple(_use(entry) for entry in found.entries),
        more_uses=told["more_uses"],
        log_form=tuple(_log_form(first)),
    )


def _today(told: Mapping[str, Any] | None, trace: Mapping[str, Any]) -> TodayView | None:
    if told is None:
        return None
    is_refused = told["outcome"] == "refused"
    # A trace of before it told what is reached leaves nothing to compare.
    reaches_other = "reach" in trace and told["reach"] != trace["reach"]
    return TodayView(
        outcome=Tag("Refused", "red") if is_refused else permit_tag(told, permitted="Permitted"),
        decided_by=rule_name(told["rule"]) if is_refused else "",
        changed=tuple(
            (rule_name(each["rule"]), each["now"]["reason"] if each["now"] else "This rule is not asked any more.")
            for each in told["changed"]
        ),
        is_same=not told["changed"] and not reaches_other,
        reach=reach_words(told),
    )


def _asker(entry: Entry, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    agent = entry.agent
    organisation = " · ".join(part for part in (agent.organisation_name, agent.organisation) if part)
    yield "Who", f"{agent.name} ({agent.user})" if agent.name else agent.user
    yield "As", ", ".join(part for part in (KINDS.get(agent.kind, agent.kind), agent.role_name) if part)
    yield "For", organisation
    yield "Through", system_words(entry.actor)
    yield "When", from_datetime(entry.recorded).with_clock
    yield "Purpose", purpose_words(entry.purpose)
    yield "Asked for", _asked(entry)
    yield "Person", next((f"Patient/{use['patient']}" for use in told["uses"] if use["patient"]), "")


def _asked(entry: Entry) -> str:
    target = entry.asked or entry.type
    return f"{did_of(entry)} ({target})" if target else did_of(entry)


def _use(entry: Entry) -> UseLine:
    when = from_datetime(entry.recorded)
    tags = {"4": (Tag("Refused", "red"),), "8": (Tag("Nothing shown", "grey"),)}
    return UseLine(
        date=when.shown,
        clock=when.clock,
        did=did_of(entry),
        asked=entry.asked or entry.type,
        about=f"Patient/{entry.patient}" if entry.patient else "",
        touched=touched(entry),
        tags=tags.get(entry.outcome, ()),
    )


def _log_form(entry: Entry) -> Iterator[tuple[str, str]]:
    """What the log's page is asked for, in a body as always: what that user did on that day."""
    day: datetime = entry.recorded.astimezone(_LONDON)
    yield "user", entry.agent.user
    for end in ("from", "to"):
        yield f"{end}_day", str(day.day)
        yield f"{end}_month", str(day.month)
        yield f"{end}_year", str(day.year)
