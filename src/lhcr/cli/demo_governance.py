"""Seeding what a privacy office works with: each is done as in any area, by the same services and with its entry in the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lhcr.access.agreement_file import read_agreements
from lhcr.access.agreement_list import replace_agreements
from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.decision import AccessDecision
from lhcr.access.emergency import for_emergency
from lhcr.access.kin_digest import kin_digests
from lhcr.access.own_word import Word
from lhcr.access.request import Interaction, Request
from lhcr.access.sensitivity_file import read_value_set
from lhcr.access.staff import load_staff, read_staff
from lhcr.audit.answer import Answer
from lhcr.audit.reader import LogReader
from lhcr.cli.operating import Operating, operating
from lhcr.cli.sensitivity import relabelling_of, sets_of
from lhcr.demo import governance
from lhcr.demo.people import BY_KEY
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.fhir.json_document import read_json
from lhcr.identity.area_settings import read_setting, setting_made_once
from lhcr.identity.principal import Principal
from lhcr.office.case_desk import CaseDesk
from lhcr.office.case_log import CaseLog
from lhcr.office.opening import opened
from lhcr.office.person_question import Doubt, PersonQuestion, PersonQuestions
from lhcr.parts import Parts
from lhcr.record.everything import Page, Range

#: Written once all is done, so that nothing that a visitor changes afterwards is put back by the next start.
_DONE: Final = "demonstration-governance"
_SESSION: Final = timedelta(minutes=5)
_MOST: Final = 10_000
_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)


async def govern_area(dsn: str) -> None:
    """Do once what is to be there for an office. A start that was interrupted begins anew."""
    async with operating(dsn) as at_work:
        if await read_setting(at_work.parts.side_pool, _DONE) is not None:
            return
        await _tell_the_area(at_work)
        await _People(at_work.parts).meet()
        await setting_made_once(at_work.parts.side_pool, _DONE, make=lambda: b"done")


async def _tell_the_area(at_work: Operating) -> None:
    """Load what whoever runs an area loads: agreements, staff and a value set."""
    parts, operator, changes = at_work.parts, at_work.operator, at_work.changes
    agreements = read_agreements(governance.agreements(today=parts.clock.now().date()), policy=parts.policy)
    await replace_agreements(changes, operator, agreements)
    digests = await kin_digests(parts.side_pool)
    await load_staff(changes, operator, read_staff(governance.staff()), digests=digests)
    loaded = read_value_set(governance.VALUE_SET, name="demonstration")
    await sets_of(at_work).load(loaded, label=loaded.label, operator=operator)
    await (await relabelling_of(at_work)).run()


@dataclass(frozen=True, slots=True)
class _People:
    """What users and people did: openings, one in an emergency and one on the reader's own word, a question and a dispute."""

    parts: Parts

    async def meet(self) -> None:
        urgent = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words=governance.URGENT_WORDS)
        claimed = Word(type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words=governance.CLAIM_WORDS)
        await self._open_on(urgent, "ed-doctor", "objection")
        await self._open_on(claimed, "ward-nurse", "nothing-recorded")
        await self._open(self._who("ward-nurse"), "rich")
        await self._open(self._who("ed-doctor"), "rich")
        await self._dispute()
        await self._doubt()

    async def _open_on(self, word: Word, user: str, person: str) -> None:
        who, person_id = self._who(user), await self._id(person)
        if (await self.parts.own_word.in_force(who, person_id)).of(word.type) is None:
            await self.parts.own_word.give(who, person_id, word)
        await self._open(for_emergency(who) if word.type is AlertType.ACCESS else who, person)

    async def _open(self, who: Principal, person: str) -> list[Any]:
        """Open a whole record, as its page does, and return what was shown."""
        person_id = await self._id(person)
        patient = (await self.parts.record.patients_of(person_id))[0]
        decision = await self._decide(who, Interaction.EVERYTHING, None, person_id, asked="Patient/$everything")
        shown: list[Any] = []

        def answer(page: Page) -> Answer:
            shown.extend(read_json(body) for _, _, _, body, _ in page.found)
            return Answer(status=200)

        await self.parts.record.everything.page(
            decision, id=patient, person_id=person_id, asked=Range(), after=None, count=_MOST, render=answer
        )
        return shown

    async def _dispute(self) -> None:
        """The person says that an entry of their own record is wrong, unless they have said so before."""
        patient = self._who("patient")
        record = await self._open(patient, "rich")
        wrong = next(each for each in record if _names(each, governance.DISPUTED_CODE))
        if not any(each["resourceType"] == "Task" for each in record):
            kind, id_ = wrong["resourceType"], wrong["id"]
            asked = f"{kind}/{id_}"
            decision = await self._decide(patient, Interaction.READ, kind, await self._id("rich"), asked=asked)
            await self.parts.record.disputes.dispute(decision, type=kind, id=id_, words=governance.DISPUTE_WORDS)

    async def _doubt(self) -> None:
        """The person asks why a doctor looked, and the privacy officer asks the doctor."""
        person_id, parts = await self._id("rich"), self.parts
        decision = await self._decide(
            self._who("patient"), Interaction.AUDIT_READ, "AuditEvent", person_id, asked="Cases?patient"
        )
        found = await LogReader(parts.side_pool).about(person_id, since=_BEGINNING, before=None, most=_MOST)
        doctor = self._who("ed-doctor").user_id
        entry = next(
            each.entry for each in found if each.entry and opened(each.entry) and each.entry.agent.user == doctor
        )
        log = CaseLog(pool=parts.side_pool, log=parts.log, site=parts.settings.area_name)
        questions = PersonQuestions(
            pool=parts.side_pool, cases=log, policy=parts.policy, clock=parts.clock, ids=parts.ids
        )
        if await questions.asked(decision, own=True):
            return
        question = PersonQuestion(entry=entry, own=True, doubt=Doubt.NO_CARE, words=governance.DOUBT_WORDS)
        case_id = await questions.ask(decision, question)
        office = await self._decide(
            self._who("privacy-officer"), Interaction.AUDIT_READ, "AuditEvent", None, asked="Cases"
        )
        desk = CaseDesk(pool=parts.side_pool, cases=log, policy=parts.policy, clock=parts.clock)
        version = (await desk.read(office, case_id)).case.version
        await desk.ask(office, case_id, version=version, words=governance.QUESTION_WORDS)

    async def _decide(
        self, who: Principal, interaction: Interaction, type_: str | None, person: int | None, *, asked: str
    ) -> AccessDecision:
        request = Request(
            interaction=interaction, type=type_, person=person, request_id=self.parts.ids.token(), asked=asked
        )
        return await self.parts.gate.decide(who, request)

    async def _id(self, person: str) -> int:
        found = await self.parts.record.whose_number(BY_KEY[person].person.nhs_number)
        if found is None:
            raise LookupError(f"nobody is seeded as {person}")
        return found

    def _who(self, persona: str) -> Principal:
        claims = persona_claims(BY_NAME[persona])
        return claims.principal(token_id=f"seeding-{persona}", expires=self.parts.clock.now() + _SESSION)


def _names(resource: Any, code: str) -> bool:
    return bool(resource["resourceType"] == "AllergyIntolerance" and resource.get("code", {}).get("text") == code)
