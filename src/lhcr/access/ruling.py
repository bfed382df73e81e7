"""A ruling: what all decisions on equal requests share while it holds, and the entry of the log that each begins."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.access.decision import SEAL, AccessDecision
from lhcr.access.notice import Notice
from lhcr.access.patient_sight import names
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.audit.entry import Action, EntryDraft
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.store.visibility import Visibility

_MOST_REMEMBERED: Final = 20_000
_LOGGED: Final = {
    Interaction.READ: ("read", Action.READ),
    Interaction.VREAD: ("vread", Action.READ),
    Interaction.HISTORY: ("history", Action.READ),
    Interaction.SEARCH: ("search", Action.EXECUTE),
    Interaction.EVERYTHING: ("operation", Action.EXECUTE),
    Interaction.CREATE: ("create", Action.CREATE),
    Interaction.UPDATE: ("update", Action.UPDATE),
    Interaction.PATCH: ("patch", Action.UPDATE),
    Interaction.DELETE: ("delete", Action.DELETE),
    Interaction.TRACE: ("search", Action.EXECUTE),
    Interaction.AUDIT_READ: ("search", Action.EXECUTE),
    Interaction.ORDER: ("order", Action.EXECUTE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    principal: Principal
    visibility: Visibility
    restricted_to_own: bool
    own_only: bool
    on_own_word: bool
    source_id: int | None
    number: int
    reference: str
    trace_digest: str
    valid_until: datetime
    policy_epoch: int
    person_epoch: int | None
    notice: Notice

    def answers(self, request: Request) -> bool:
        """Return whether a ruling on an equal request is one on this: what nobody is named by is found out anew, in case it is new."""
        name = request.name
        if name is None:
            return True
        return request.person is not UNKNOWN and names(self.visibility, name)

    def decision(self, request: Request, *, site: str) -> AccessDecision:
        return AccessDecision(
            seal=SEAL,
            principal=self.principal,
            request=request,
            visibility=self.visibility,
            restricted_to_own=self.restricted_to_own,
            own_only=self.own_only,
            on_own_word=self.on_own_word,
            source_id=self.source_id,
            reference=self.reference,
            valid_until=self.valid_until,
            policy_epoch=self.policy_epoch,
            person_epoch=self.person_epoch,
            notice=self.notice,
            entry=draft(
                self.principal,
                request,
                site=site,
                number=self.number,
                reference=self.reference,
                trace_digest=self.trace_digest,
            ),
        )


class Rulings:
    """The rulings that a worker remembers, the oldest forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Ruling] = OrderedDict()

    def find(self, principal: Principal, request: Request, *, now: datetime) -> Ruling | None:
        """Return the ruling on an equal request by an equal principal, as long as it holds."""
        ruling = self._kept.get(_key(principal, request))
        if ruling is None or ruling.valid_until <= now:
            return None
        # Tokens are cached, so the same token usually gives the same object; equality is the proof either way.
        return ruling if ruling.principal is principal or ruling.principal == principal else None

    def keep(self, request: Request, ruling: Ruling) -> None:
        """Remember a ruling, unless it lets a person's record be changed: that change overtakes it."""
        if (
            request.interaction.writes
            and ruling.person_epoch is not None
            and ruling.principal.kind is not PrincipalKind.SYSTEM
        ):
            return
        self._kept[_key(ruling.principal, request)] = ruling
        if len(self._kept) > _MOST_REMEMBERED:
            self._kept.popitem(last=False)

    def forget(self, principal: Principal, request: Request) -> None:
        self._kept.pop(_key(principal, request), None)


def draft(
    principal: Principal,
    request: Request,
    *,
    site: str,
    number: int,
    reference: str,
    trace_digest: str,
    rule: str = "",
) -> EntryDraft:
    subtype, action = _LOGGED[request.interaction]
    # What is told of as nobody's stands in the log of the person whose it is.
    person = request.person if request.name is None else request.name.person
    return EntryDraft(
        principal=principal,
        kind="rest",
        subtype=subtype,
        action=action,
        source=site,
        request_id=request.request_id,
        type=request.type or "",
        asked=request.asked,
        person_id=person if person is not UNKNOWN and person is not None and person > 0 else None,
        decision=number,
        reference=reference,
        trace_digest=trace_digest,
        rule=rule,
    )


def _key(principal: Principal, request: Request) -> tuple[object, ...]:
    return (principal.token_id, principal.purpose.code, request.interaction.value, request.type, request.person)
