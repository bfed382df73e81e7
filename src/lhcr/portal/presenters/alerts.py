"""The page of alerts: who opened whose record on their own word, why, when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from lhcr.access.alert_queue import AlertPage, AlertPosition
from lhcr.access.alerts import Alert
from lhcr.portal.addresses import ALERTS, decision_address
from lhcr.portal.alert_queue import AlertPerson
from lhcr.views.written_date import from_datetime

_NOT_SHOWN: Final = AlertPerson(name="Somebody whose details are not shown to you", nhs_number="", born="")
_LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One alert in words. `facts` are label and value in the order in which they are read; `explained` is where its decision is."""

    title: str
    urgent: bool
    words: str
    facts: tuple[tuple[str, str], ...]
    reference: str
    explained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """`older` is the address of the next page, empty on the last; `first` says that the newest are shown."""

    organisation: str
    rows: tuple[AlertRow, ...]
    older: str
    first: bool


def present_alerts(
    found: AlertPage, people: Mapping[int, AlertPerson], *, organisation: str, first: bool
) -> AlertsPage:
    older = found.older
    place = {"at": older.recorded.isoformat(), "id": older.alert_id} if older else {}
    return AlertsPage(
        organisation=organisation,
        rows=tuple(_row(alert, people.get(alert.person_id, _NOT_SHOWN)) for alert in found.alerts),
        older=f"{ALERTS}?{urlencode(place)}" if place else "",
        first=first,
    )


def read_position(query: Mapping[str, str]) -> AlertPosition | None:
    """Return where a page begins, None for what is no address of ours: then it begins with the newest."""
    try:
        at = datetime.fromisoformat(query.get("at", ""))
    except ValueError:
        return None
    alert_id = query.get("id", "")
    usable = at.tzinfo is not None and alert_id.isalnum() and alert_id.isascii() and len(alert_id) <= _LONGEST_ID
    return AlertPosition(at, alert_id) if usable else None


def _row(alert: Alert, person: AlertPerson) -> AlertRow:
    about = " · ".join(
        part for part in (person.name, person.nhs_number, f"born {person.born}" if person.born else "") if part
    )
    ended = [("Ended", _moment(alert.ended))] if alert.ended else [("Until", _moment(alert.until))]
    return AlertRow(
        title=alert.type.display,
        urgent=alert.type.code == 2,
        words=alert.words,
        facts=(
            ("Who", f"{alert.user_name}, {alert.role_name}" if alert.role_name else alert.user_name),
            ("User", alert.user_id),
            ("Person", about),
            ("Reason", f"{alert.reason.display} (code {alert.reason.code})"),
            ("When", _moment(alert.recorded)),
            *ended,
        ),
        reference=alert.reference,
        explained=decision_address(alert.reference),
    )


def _moment(instant: datetime) -> str:
    return from_datetime(instant).with_clock
