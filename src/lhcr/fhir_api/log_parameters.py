"""The parameters of a search of the area's own log, which are those of AuditEvent as far as the log can answer them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from lhcr.audit.log_query import LogQuery
from lhcr.fhir.search.catalogue import type_ids
from lhcr.fhir_api.national_alert import KIND, PROFILE, entry_of_alert
from lhcr.fhir_api.parameters import Pair, at, count_of, invalid, microseconds, refuse_unknown, single
from lhcr.nhs.systems import NHS_NUMBER, ODS_ORGANISATION

#: FHIR R4 2.24.0.1, id.
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_USUAL: Final = 50
_MOST: Final = 200
_ALWAYS: Final = datetime(2020, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(days=1)
_PREFIX: Final = 2
_CODES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"action": frozenset("CRUDE"), "outcome": frozenset({"0", "4", "8"})}
)
_NUMBER: Final = ("patient.identifier", "patient:identifier")
#: What may be asked, as the CapabilityStatement says it: name and type.
LOG_PARAMETERS: Final = (
    ("_id", "token"),
    ("patient", "reference"),
    ("agent:identifier", "token"),
    ("entity", "reference"),
    ("date", "date"),
    ("action", "token"),
    ("outcome", "token"),
    ("_profile", "uri"),
)
_KNOWN: Final = frozenset({name for name, _ in LOG_PARAMETERS} | {*_NUMBER, "_count", "_sort"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSearch:
    """`query` names no person and no organisation yet: `patient` and `number` name the person as the caller did, None where
    they did not, and whose users are shown is the decision's to say. `event` is the id of a single entry. `alerts`: the alerts that
    entries raised are asked for instead of the entries, as the national profile tells them.
    """

    query: LogQuery
    count: int
    patient: str | None
    number: str | None
    event: str | None
    alerts: bool = False


def read_log_search(pairs: Sequence[Pair], *, now: datetime) -> LogSearch:
    """Raises Incorrect (400) for what the log cannot answer: nothing that is asked for is passed over."""
    refuse_unknown(pairs, known=_KNOWN)
    if (single(pairs, "_sort") or "-date") != "-date":
        raise invalid("_sort", "the log is answered the newest first, which is -date")
    alerts = _asks_alerts(pairs)
    query, event = _query(pairs, now=now), single(pairs, "_id")
    search = LogSearch(
        query=replace(query, kind=KIND) if alerts else query,
        count=count_of(pairs, usual=_USUAL, most=_MOST),
        patient=_patient(pairs),
        number=_number(pairs),
        event=(entry_of_alert(event) or "") if event is not None and alerts else event,
        alerts=alerts,
    )
    if search.patient is not None and search.number is not None:
        raise invalid("patient", "it cannot be combined with a number: name the person once")
    return search


def _asks_alerts(pairs: Sequence[Pair]) -> bool:
    profile = single(pairs, "_profile")
    if profile not in {None, PROFILE}:
        raise invalid("_profile", f"the log has entries of its own form, and alerts by {PROFILE}")
    return profile is not None


def _query(pairs: Sequence[Pair], *, now: datetime) -> LogQuery:
    query = LogQuery(since=_ALWAYS, until=now + _AHEAD, action=_code(pairs, "action"), outcome=_code(pairs, "outcome"))
    for name, value in pairs:
        if name == "date":
            query = _within(query, value)
        elif name == "agent:identifier":
            query = _by(query, value)
    return replace(query, item=_item(pairs))


def _within(query: LogQuery, text: str) -> LogQuery:
    """Narrow a query by `date=`, whose interval is closed and in microseconds."""
    prefix, date = (text[:_PREFIX], text[_PREFIX:]) if text[:_PREFIX].isalpha() else ("eq", text)
    low, high = microseconds("date", date)
    since, until = {
        "eq": (low, high + 1),
        "ge": (low, None),
        "gt": (high + 1, None),
        "sa": (high + 1, None),
        "le": (None, high + 1),
        "lt": (None, low),
        "eb": (None, low),
    }.get(prefix, (None, None))
    if since is None and until is None:
        raise invalid("date", "its prefix must be one of eq, ge, gt, sa, le, lt and eb")
    return replace(
        query,
        since=query.since if since is None else max(query.since, at(since)),
        until=query.until if until is None else min(query.until, at(until)),
    )


def _by(query: LogQuery, token: str) -> LogQuery:
    """Narrow a query by who asked: an organisation by its ODS code, a user by what their token calls them, either without system."""
    system, bar, value = token.rpartition("|")
    if not value:
        raise invalid("agent:identifier", "it names a user, or an organisation by its ODS code")
    if not bar:
        return replace(query, agents=(*query.agents, value))
    if system != ODS_ORGANISATION:
        return replace(query, users=(*query.users, value))
    if query.organisation not in {None, value}:
        raise invalid("agent:identifier", "it names two organisations, and every entry has one asker")
    return replace(query, organisation=value)


def _item(pairs: Sequence[Pair]) -> tuple[str, str] | None:
    text = single(pairs, "entity")
    if text is None:
        return None
    type_, _, id_ = text.partition("/")
    if type_ not in type_ids() or not id_ or "/" in id_:
        raise invalid("entity", "it names one resource, as in Condition/123")
    return type_, id_


def _patient(pairs: Sequence[Pair]) -> str | None:
    text = single(pairs, "patient")
    if text is None:
        return None
    own_id = text.removeprefix("Patient/")
    if _ID.fullmatch(own_id) is None:
        raise invalid("patient", "it names one Patient, by an id of this server")
    return own_id


def _number(pairs: Sequence[Pair]) -> str | None:
    found = [value for name in _NUMBER if (value := single(pairs, name)) is not None]
    if not found:
        return None
    system, _, number = found[0].rpartition("|")
    if len(found) > 1 or system != NHS_NUMBER:
        raise invalid("patient.identifier", f"it is one NHS number, as in {NHS_NUMBER}|9990000018")
    return number


def _code(pairs: Sequence[Pair], name: str) -> str:
    code = single(pairs, name)
    if code is not None and code not in _CODES[name]:
        raise invalid(name, f"the value must be one of {', '.join(sorted(_CODES[name]))}")
    return code or ""
