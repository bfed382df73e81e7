"""An alert queue that is held in memory, for those who may read the log."""

from dataclasses import dataclass
from datetime import timedelta

from tests.portal.memory_history import NOW

from lhcr.access.alert_queue import AlertPage, AlertPosition
from lhcr.access.alerts import Alert, AlertReason, AlertType
from lhcr.access.refusal import Refused
from lhcr.access.verdict import deny_always
from lhcr.audit.released import SEAL, Released
from lhcr.identity.principal import Principal
from lhcr.nhs.roles import Activity
from lhcr.portal.alert_queue import AlertPerson, RenderAlerts

URGENT = Alert(
    alert_id="b2",
    recorded=NOW - timedelta(minutes=5),
    type=AlertType.ACCESS,
    reason=AlertReason.EMERGENCY,
    words="Found unconscious at the station <b>now</b>",
    person_id=7,
    user_id="ed-doctor",
    user_name="Dr Kwame Asante",
    role_name="Doctor",
    organisation="RRE",
    until=NOW + timedelta(minutes=55),
    ended=None,
)
CLAIMED = Alert(
    alert_id="a1",
    recorded=NOW - timedelta(hours=3),
    type=AlertType.RELATIONSHIP,
    reason=AlertReason.OTHER,
    words="Asked for advice by her ward",
    person_id=8,
    user_id="ward-nurse",
    user_name="Niamh Daly",
    role_name="Nurse",
    organisation="RRE",
    until=NOW + timedelta(hours=9),
    ended=NOW - timedelta(hours=1),
)
PEOPLE = {7: AlertPerson(name="HEPWORTH, Dorothy", nhs_number="999 000 0018", born="14 March 1946")}


@dataclass
class MemoryAlerts:
    """Two alerts on the newest page, one of them about somebody who is not shown, and none behind them."""

    async def page(self, principal: Principal, *, before: AlertPosition | None, render: RenderAlerts) -> Released:
        if Activity.VIEW_LOGS not in principal.activities:
            raise Refused(deny_always("role", "Reading the log needs a role that may view logs."), reference="dec-7Q2F")
        newest = AlertPage(alerts=(URGENT, CLAIMED), older=AlertPosition(CLAIMED.recorded, CLAIMED.alert_id))
        return Released(seal=SEAL, answer=render(newest if before is None else AlertPage(alerts=()), PEOPLE))
