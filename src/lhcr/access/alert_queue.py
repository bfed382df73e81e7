"""The alert queue: what the privacy office of one organisation is told of its users, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import asyncpg

from lhcr.access.alerts import Alert, AlertReason, AlertType
from lhcr.access.decision import AccessDecision
from lhcr.access.log_reach import log_reach
from lhcr.audit.reference import reference_of
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "alerts.sql")
_TYPES: Final = MappingProxyType({type_.code: type_ for type_ in AlertType})
_REASONS: Final = MappingProxyType({reason.code: reason for reason in AlertReason})


@dataclass(frozen=True, slots=True)
class AlertPosition:
    """Behind which alert a page begins."""

    recorded: datetime
    alert_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """`older` is where the next page begins, None on the last."""

    alerts: tuple[Alert, ...]
    older: AlertPosition | None = None


async def read_alerts(pool: Pool, decision: AccessDecision, *, before: AlertPosition | None, most: int) -> AlertPage:
    """Return the alerts of the organisation for which a permit to read the log is given.

    Raises Forbidden for whoever answers for no organisation, and ValueError for any other permit.
    """
    organisation = log_reach(decision).organisation
    place = (before.recorded, before.alert_id) if before else (None, None)
    rows = await pool.fetch(_SQL["of_organisation"], organisation or "", *place, most + 1)
    alerts = tuple(map(_alert, rows[:most]))
    more = len(rows) > most
    return AlertPage(alerts=alerts, older=AlertPosition(alerts[-1].recorded, alerts[-1].alert_id) if more else None)


def _alert(row: asyncpg.Record) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        recorded=row["recorded"],
        type=_TYPES[row["type"]],
        reason=_REASONS[row["reason"]],
        words=row["words"],
        person_id=row["person_id"],
        user_id=row["user_id"],
        user_name=row["user_name"],
        role_name=row["role_name"],
        organisation=row["organisation"],
        until=row["until"],
        ended=row["ended"],
        reference=reference_of(row["decision"]),
    )
