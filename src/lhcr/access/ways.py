"""Ways past a refusal: what a refused asker may do on their own word. They follow from asker and rule alone.

Hazard: a refusal that tells who has a record. The ways are the same for a stranger and for somebody who is not here.
"""

from lhcr.access.alerts import AlertType
from lhcr.access.claims import may_claim
from lhcr.access.emergency import may_begin_emergency
from lhcr.access.policy import Policy
from lhcr.access.rules import relationship
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.identity.principal import Principal
from lhcr.nhs.purposes import Purpose


def ways_of(principal: Principal, *, policy: Policy) -> tuple[AlertType, ...]:
    """Return all that an asker's role lets them open on their own word."""
    claim = (AlertType.RELATIONSHIP,) if may_claim(principal, policy=policy) else ()
    return (*claim, AlertType.ACCESS) if may_begin_emergency(principal) else claim


def ways_past(refused: Verdict, principal: Principal, *, policy: Policy) -> tuple[AlertType, ...]:
    """Return what may lift a refusal: a claim where a relationship is missing, an emergency what only an emergency lifts."""
    if refused.kind is not VerdictKind.DENY_UNLESS_EMERGENCY or principal.purpose is Purpose.EMERGENCY_TREATMENT:
        return ()
    lifting = {AlertType.ACCESS, AlertType.RELATIONSHIP} if refused.rule == relationship.RULE else {AlertType.ACCESS}
    return tuple(way for way in ways_of(principal, policy=policy) if way in lifting)
