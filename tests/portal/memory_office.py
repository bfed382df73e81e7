"""A privacy office that is held in memory: nothing has to be looked into, and nobody is asked anything."""
# ruff: noqa: ARG002 -- nothing is done with what is asked of an office that has nothing

from collections.abc import Sequence

from lhcr.audit.entry import Entry
from lhcr.audit.released import SEAL, Released
from lhcr.identity.principal import Principal
from lhcr.office.case_desk import Queue, no_case
from lhcr.office.case_kind import Outcome
from lhcr.office.person_question import Doubt
from lhcr.office.privacy_case import PrivacyCase
from lhcr.portal.cases import RenderCase, RenderQuestion, RenderQueue
from lhcr.portal.person_questions import AccessName
from lhcr.portal.privacy_office import PrivacyOffice


class NoCases:
    async def queue(self, principal: Principal, *, render: RenderQueue) -> Released:
        return Released(seal=SEAL, answer=render(Queue(cases=(), settled=(), more=False)))

    async def case(self, principal: Principal, case_id: str, *, render: RenderCase) -> Released:
        raise no_case()

    async def close(
        self, principal: Principal, case_id: str, *, version: int, outcome: Outcome, words: str, told: str
    ) -> None:
        raise no_case()

    async def ask(self, principal: Principal, case_id: str, *, version: int, words: str) -> None:
        raise no_case()

    async def escalate(self, principal: Principal, case_id: str, *, version: int, words: str) -> None:
        raise no_case()

    async def questions(self, principal: Principal) -> Sequence[PrivacyCase]:
        return ()

    async def question(self, principal: Principal, case_id: str, *, render: RenderQuestion) -> Released:
        raise no_case()

    async def answer(self, principal: Principal, case_id: str, *, words: str) -> None:
        raise no_case()


class NothingAsked:
    async def asked(self, principal: Principal, key: str) -> Sequence[PrivacyCase]:
        return ()

    async def about(self, principal: Principal, name: AccessName) -> Entry:
        raise no_case()

    async def ask(self, principal: Principal, name: AccessName, *, doubt: Doubt, words: str) -> None:
        raise no_case()


MEMORY_OFFICE = PrivacyOffice(cases=NoCases(), asked=NothingAsked(), basis="a proposal")
