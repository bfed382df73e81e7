"""Explanations for the privacy office: the trace of a decision by its reference, and what-if; decided, and in the log before told.

An office is told of decisions on users of its own organisation, as everywhere in the log. Whatever else it names is not found, byte for
byte like a reference that never was; so is everything for whoever is no office.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlencode

from lhcr.access.case_facts import invalid
from lhcr.access.decide import Gate
from lhcr.access.decision import AccessDecision
from lhcr.access.explain import Explained, decision_unknown, find_explained
from lhcr.access.log_reach import disclosures, log_reach
from lhcr.access.refusal import Refused
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.what_if import WhatIf
from lhcr.access.what_if_answer import WhatIfs
from lhcr.audit.answer import Answer
from lhcr.audit.entry import Outcome
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader
from lhcr.audit.reference import number_of, reference_of
from lhcr.audit.released import Released
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Incorrect, NotFound
from lhcr.kernel.ids import Ids
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.record.record import Record

_UNREADABLE: Final = "no reference"
RenderExplained: TypeAlias = Callable[[Explained], Answer]
RenderWhatIf: TypeAlias = Callable[[JsonObject], Answer]


class Explanations(Protocol):
    def bearer(self, token: str) -> Principal:
        """Return whom a bearer token names. Raises Unauthenticated."""
        ...

    async def decision(self, principal: Principal, reference: str, *, render: RenderExplained) -> Released:
        """Explain one decision, and release the answer once the log says that it was asked for, and whom it is about.

        Raises NotFound for whatever the principal may not see, Refused for an office that may not read the log, Unavailable.
        """
        ...

    async def what_if(self, principal: Principal, asked: WhatIf, *, render: RenderWhatIf) -> Released:
        """Say what would be decided of a hypothetical case, and release the answer once the log says that it was asked.

        Raises NotFound for whoever is no office, Refused, Incorrect (422) for a case that is not understood, Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExplanations:
    """Explanations of one worker; `bearer` tells whom a token names."""

    gate: Gate
    log: AuditLog
    reader: LogReader
    record: Record
    what_ifs: WhatIfs
    bearer: Callable[[str], Principal]
    clock: Clock
    ids: Ids

    async def decision(self, principal: Principal, reference: str, *, render: RenderExplained) -> Released:
        """As `Explanations.decision`."""
        asked = _written(reference)
        decision = await self._decide(principal, asked=asked)
        try:
            if asked == _UNREADABLE:
                raise decision_unknown()
            found = await find_explained(self.reader, asked, holds=log_reach(decision).holds, today=self.what_ifs.today)
        except NotFound:
            failed = decision.entry.complete(recorded=self.clock.now(), outcome=Outcome.FAILED)
            await self.log.append([failed])
            raise
        now = self.clock.now()
        entry = decision.entry.complete(recorded=now, outcome=Outcome.SUCCESS)
        return await self.log.release([entry, *disclosures(decision, found.entries, now=now)], render(found))

    async def what_if(self, principal: Principal, asked: WhatIf, *, render: RenderWhatIf) -> Released:
        """As `Explanations.what_if`. Hazard: an office that learns who cares for somebody elsewhere, who acts for them, or what is known of
        a stranger: of a real person it is told what would be decided of its own organisation's people alone, and of somebody with
        whom that has never had to do what it is told of nobody.
        """
        person = await self._person(asked)
        decision = await self._decide(principal, asked="what-if", person=person, query=_told(asked))
        asker = asked.principal
        is_own = asker.kind is not PrincipalKind.CITIZEN and asker.organisation == log_reach(decision).organisation
        if asked.request.nhs_number and not is_own:
            raise invalid(
                "principal.organisation", "of a real person you can ask for people of your own organisation alone"
            )
        answer = await self.what_ifs.answer(asked, person=person, to_strangers=False)
        entry = decision.entry.complete(
            recorded=self.clock.now(), outcome=Outcome.SUCCESS, query=decision.request.query
        )
        return await self.log.release([entry], render(answer.told))

    async def _person(self, asked: WhatIf) -> AskedPerson:
        if not asked.request.nhs_number:
            return None
        found = await self.record.whose_number(NhsNumber.parse(asked.request.nhs_number))
        return UNKNOWN if found is None else found

    async def _decide(
        self, principal: Principal, *, asked: str, person: AskedPerson = None, query: str = ""
    ) -> AccessDecision:
        """Return the permit to read the log. Whoever is no office is told that there is nothing, and the log that they asked."""
        request = Request(
            interaction=Interaction.AUDIT_READ,
            type="AuditEvent",
            person=person,
            request_id=self.ids.token(),
            asked=asked,
            query=query,
        )
        if principal.kind is PrincipalKind.OFFICE:
            return await self.gate.decide(principal, request)
        try:
            decision = await self.gate.decide(principal, request)
            await self.log.append([decision.entry.complete(recorded=self.clock.now(), outcome=Outcome.FAILED)])
        except Refused:
            pass
        raise decision_unknown()


def _written(reference: str) -> str:
    """Return a reference as the log writes it, so that nothing that a caller made up stands there."""
    try:
        return reference_of(number_of(reference))
    except Incorrect:
        return _UNREADABLE


def _told(asked: WhatIf) -> str:
    """Return what the log says of a question: whom it supposes, and never a number."""
    supposed: Mapping[str, str] = {
        "kind": asked.principal.kind.value,
        "role": asked.principal.role,
        "organisation": asked.principal.organisation,
        "interaction": asked.request.interaction.value,
        "type": asked.request.type or "",
    }
    return urlencode({name: value for name, value in supposed.items() if value})
