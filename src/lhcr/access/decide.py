"""The gate itself: `decide` gives a decision or refuses, and in either case it can be read why."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lhcr.access.agreed import NotShared, agreed_with, terms_of
from lhcr.access.agreement_notice import AgreementNotices, Unshared
from lhcr.access.agreements import Terms
from lhcr.access.case import Case
from lhcr.access.case_facts import known_facts
from lhcr.access.classes import AccessClasses
from lhcr.access.competence import competence_of
from lhcr.access.coverage import withheld_kinds
from lhcr.access.decision import AccessDecision
from lhcr.access.facts import Standing, read_standing
from lhcr.access.fold import Outcome, Rule, fold, judge_all
from lhcr.access.moved import PersonMoved
from lhcr.access.notice import notice_of, presence_asked
from lhcr.access.patient_sight import names, patient_sight
from lhcr.access.places import places_of
from lhcr.access.policy import Policy
from lhcr.access.proxies import is_proxy
from lhcr.access.refusal import Refused
from lhcr.access.relationship import parties_of
from lhcr.access.request import UNKNOWN, PatientName, Request
from lhcr.access.rules import (
    acting,
    consent,
    own_contribution,
    own_record,
    purpose,
    relationship,
    role,
    secondary_use,
    sign_in,
    smart,
)
from lhcr.access.ruling import Ruling, Rulings, draft
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.access.trace import trace_text
from lhcr.access.ways import ways_past
from lhcr.audit.entry import Outcome as LoggedOutcome
from lhcr.audit.log import AuditLog
from lhcr.audit.outage import unavailable_when_down
from lhcr.audit.reference import new_decision_number, reference_of
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Issue, Unauthenticated
from lhcr.store.database import Pool
from lhcr.store.visibility import Visibility

#: In the order in which they are explained.
RULES: Final[tuple[tuple[str, Rule], ...]] = (
    (role.RULE, role.judge),
    (sign_in.RULE, sign_in.judge),
    (smart.RULE, smart.judge),
    (acting.RULE, acting.judge),
    (own_contribution.RULE, own_contribution.judge),
    (own_record.RULE, own_record.judge),
    (relationship.RULE, relationship.judge),
    (consent.RULE, consent.judge),
    (purpose.RULE, purpose.judge),
    (secondary_use.RULE, secondary_use.judge),
)
#: No person has this number: a request about nobody who is here costs the same look-up as one about a stranger.
_NOBODY: Final = 0
_OUTAGE: Final = "What access depends on cannot be read now, so nothing was released. Ask again in a moment."


def _rests_on_own_word(case: Case) -> bool:
    """Whether nothing that is recorded ties the asker to the person whom they may open."""
    is_professional = case.principal.kind is PrincipalKind.PROFESSIONAL
    return is_professional and case.names_person and not relationship.derived_kinds(case)


class Gate:
    """One worker's gate. Rulings are remembered until they end; whether they are current is asked where rows are read.

    `site` is the area's own name in the log.
    """

    def __init__(
        self, *, pool: Pool, log: AuditLog, classes: AccessClasses, policy: Policy, clock: Clock, site: str
    ) -> None:
        self._pool = pool
        self._log = log
        self._classes = classes
        self._policy = policy
        self._clock = clock
        self._site = site
        self._scopes = Scopes(policy)
        self._notices = AgreementNotices(policy)
        self._rulings = Rulings()

    async def decide(self, principal: Principal, request: Request, *, anew: bool = False) -> AccessDecision:
        """Return a permit. Raises `Refused` (403) once the denial is in the log. `anew`: nothing that is remembered will do.

        Raises `Unauthenticated` (401) where the principal's token has ended, and `Unavailable` (503) where facts or log cannot
        be reached: nobody is let in, and nobody turned away, without a trace. Raises `PersonMoved` (503) where the person was merged
        into another since whoever asks looked.
        """
        now = self._clock.now()
        ruling = None if anew else self._rulings.find(principal, request, now=now)
        # A class that this worker has met since would be missing from what an older ruling lets be seen.
        if ruling is None or ruling.policy_epoch < self._classes.table.epoch or not ruling.answers(request):
            request, ruling = await self._rule(principal, request, now=now)
            self._rulings.keep(request, ruling)
        return ruling.decision(request, site=self._site)

    def withheld(self, principal: Principal, types: Iterable[str]) -> tuple[str, ...]:
        """Return the kinds of entry of some types, of all where none is named, that policy keeps from an asker, as FHIR names them."""
        return withheld_kinds(principal, types, policy=self._policy)

    def not_shared(self, principal: Principal) -> tuple[NotShared, ...]:
        """Return what sources do not share with an asker's organisation by agreement, whoever it is about."""
        return self._notices.not_shared(principal, self._classes.table.agreements, now=self._clock.now())

    async def acts_for(self, principal: Principal, person_id: int) -> bool:
        """Return whether facts say that a citizen may open somebody's record as a proxy: nothing is opened by it, and nothing logged.

        Raises `Unavailable` (503) where facts cannot be reached.
        """
        now = self._clock.now()
        async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
            standing = await read_standing(self._pool, person_id, parties=parties_of(principal), now=now)
        competence = competence_of(standing.born, policy=self._policy.file.proxies, now=now)
        return is_proxy(standing.ties, competence=competence)

    def unshared(self, principal: Principal, types: Sequence[str]) -> tuple[Unshared, ...]:
        """Return who does not share entries of some types, of all where none is named, with their kinds as FHIR names them."""
        return self._notices.unshared(principal, self._classes.table.agreements, types, now=self._clock.now())

    def is_current(self, decision: AccessDecision, *, policy_epoch: int, person_epoch: int | None) -> bool:
        """Return whether a decision still stands, given both epochs from the snapshot in which rows were read.

        One that does not is forgotten, so that deciding again gives one that may. `person_epoch` is ignored where the decision
        names no person.
        """
        current = (
            decision.policy_epoch == policy_epoch
            and (decision.person_epoch is None or decision.person_epoch == person_epoch)
            and self._clock.now() < decision.valid_until
        )
        if not current:
            self._rulings.forget(decision.principal, decision.request)
        return current

    async def _rule(self, principal: Principal, request: Request, *, now: datetime) -> tuple[Request, Ruling]:
        """Return a ruling with the request that it is on: about nobody who is here, where the person is named by what may not be seen."""
        if principal.expires <= now:
            diagnostics = "The token has ended. Sign in again."
            raise Unauthenticated([Issue(code="expired", error="token-expired", diagnostics=diagnostics)])
        standing = await self._standing(principal, request, now=now)
        await self._refuse_moved(request, standing)
        return await self._judge(principal, request, standing, now=now)

    async def _judge(
        self, principal: Principal, request: Request, standing: Standing, *, now: datetime
    ) -> tuple[Request, Ruling]:
        known = known_facts(standing, policy=self._policy, now=now)
        case = Case(principal=principal, request=request, policy=self._policy, **known)
        outcome = fold(judge_all(case, RULES), emergency=case.in_emergency)
        name = None if request.person is UNKNOWN else request.name
        if name is not None and not await self._knows(case, standing, name, now=now):
            return await self._judge(principal, replace(request, person=UNKNOWN), standing.of_nobody(), now=now)
        if not outcome.permitted:
            raise await self._refusal(case, outcome, now=now)
        return request, await self._permit(case, outcome, standing, now=now)

    async def _knows(self, case: Case, standing: Standing, name: PatientName, *, now: datetime) -> bool:
        table = await self._classes.refreshed(epoch=standing.policy_epoch)
        terms = terms_of(table.agreements, case.principal, emergency=case.in_emergency, now=now)
        return names(patient_sight(case, standing.patients, scopes=self._scopes, table=table, terms=terms), name)

    async def _refuse_moved(self, request: Request, standing: Standing) -> None:
        """Raise PersonMoved where the record of whom it is about goes on in another's, or another's went back from it just now."""
        before, table = self._classes.table, await self._classes.refreshed(epoch=standing.policy_epoch)
        if request.person in table.survivors or (request.person in before.joined and before.merges != table.merges):
            raise PersonMoved

    async def learn(self) -> bool:
        """Return whether it has changed whose record goes on in whose since this worker last looked, which it knows from now on."""
        before = self.joined
        await self._classes.current()
        return before != self.joined

    @property
    def joined(self) -> tuple[object, object]:
        """What this worker knows of whose record goes on in whose and what went back: equal as long as that is the same."""
        return self._classes.table.merges, self._classes.table.returned

    def are_joined(self, persons: Iterable[int]) -> bool:
        """Return whether the record of anybody goes on in that of one of some persons, as far as this worker knows."""
        return not self._classes.table.joined.isdisjoint(persons)

    async def _refusal(self, case: Case, outcome: Outcome, *, now: datetime) -> Refused:
        """Return the refusal once it is in the log."""
        number, request = new_decision_number(now), case.request
        refused = draft(
            case.principal,
            request,
            site=self._site,
            number=number,
            reference=reference_of(number),
            trace_digest=await self._log.remember_trace(trace_text(case, outcome)),
            rule=outcome.decisive.rule,
        )
        await self._log.append([refused.complete(recorded=now, outcome=LoggedOutcome.REFUSED, query=request.query)])
        return Refused(
            outcome.decisive,
            reference=reference_of(number),
            request=request,
            ways=ways_past(outcome.decisive, case.principal, policy=self._policy),
            contact=self._policy.file.contact.sentence,
        )

    async def _permit(self, case: Case, outcome: Outcome, standing: Standing, *, now: datetime) -> Ruling:
        # A source that is new raises the policy's epoch, so it is interned before the classes are read.
        source_id = await self._source_of_write(case)
        table = await self._classes.refreshed(epoch=standing.policy_epoch)
        own_only = restricted_to_own(case, own_only=outcome.own_only)
        terms = terms_of(table.agreements, case.principal, emergency=case.in_emergency, now=now)
        number, agreed = new_decision_number(now), agreed_with(terms, table.agreements)
        notice = notice_of(case, own_only=outcome.own_only, table=table, terms=terms, present=standing.present)
        trace = trace_text(case, outcome, agreed=agreed, noticed=notice.given)
        return Ruling(
            principal=case.principal,
            visibility=Visibility(
                persons=persons(case, own_only=own_only),
                classes=self._scopes.classes(case, table=table, own_only=own_only, terms=terms),
                places=places_of(case, own_only=own_only),
                whole=case.principal.kind is PrincipalKind.SYSTEM,
                patients=patient_sight(case, standing.patients, scopes=self._scopes, table=table, terms=terms),
            ),
            restricted_to_own=own_only,
            own_only=outcome.own_only,
            on_own_word=not outcome.own_only and _rests_on_own_word(case),
            source_id=source_id,
            number=number,
            reference=reference_of(number),
            trace_digest=await self._log.remember_trace(trace),
            valid_until=self._valid_until(case, terms, now=now),
            policy_epoch=table.epoch,
            person_epoch=standing.person_epoch,
            notice=notice,
        )

    def _valid_until(self, case: Case, terms: Terms, *, now: datetime) -> datetime:
        ends = [tie.until for tie in case.ties if tie.until is not None]
        # An objection or an agreement that begins or ends, and a birthday, counts with the next request.
        ends += [each for each in (case.consents.changes, case.competence.changes, terms.changes) if each is not None]
        # The first tie that ends may be the one that permitted: asking again is cheap, a permit that outlives its ground is not.
        return min(now + timedelta(seconds=self._policy.file.decision_seconds), case.principal.expires, *ends)

    async def _standing(self, principal: Principal, request: Request, *, now: datetime) -> Standing:
        person_id = _NOBODY if request.person is UNKNOWN else request.person
        async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
            return await read_standing(
                self._pool,
                person_id,
                parties=parties_of(principal),
                now=now,
                secondary=self._policy.file.secondary_use.is_secondary(principal.purpose),
                presence=presence_asked(principal, request, policy=self._policy),
            )

    async def _source_of_write(self, case: Case) -> int | None:
        if not case.request.interaction.writes or not case.principal.organisation:
            return None
        async with unavailable_when_down(error="facts-unavailable", diagnostics=_OUTAGE):
            asker = case.principal
            return await self._classes.source_of(
                asker.organisation, name=asker.organisation_name, categories=self._policy.categories
            )
