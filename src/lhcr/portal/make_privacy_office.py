"""The making of the privacy office's pages over this area's own store."""

from lhcr.access.decide import Gate
from lhcr.access.policy import Policy
from lhcr.audit.log import AuditLog
from lhcr.audit.reader import LogReader
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import Ids
from lhcr.office.case_desk import CaseDesk
from lhcr.office.case_log import CaseLog
from lhcr.office.person_question import PersonQuestions
from lhcr.portal.cases import StoredCases
from lhcr.portal.person_questions import StoredPersonQuestions
from lhcr.portal.privacy_office import PrivacyOffice
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.traced_people import TracedPeople
from lhcr.record.record import Record
from lhcr.record.search.searching import Searching
from lhcr.store.database import Pool


def make_privacy_office(
    *,
    pool: Pool,
    log: AuditLog,
    gate: Gate,
    record: Record,
    searching: Searching,
    policy: Policy,
    keys: RecordKeys,
    clock: Clock,
    ids: Ids,
    site: str,
) -> PrivacyOffice:
    """`site` is the area's own name in the log."""
    written, reader = CaseLog(pool=pool, log=log, site=site), LogReader(pool)
    cases = StoredCases(
        desk=CaseDesk(pool=pool, cases=written, policy=policy, clock=clock),
        gate=gate,
        log=log,
        reader=reader,
        people=TracedPeople(gate=gate, record=record, searching=searching, clock=clock, ids=ids),
        facts=pool,
        policy=policy,
        clock=clock,
        ids=ids,
    )
    questions = PersonQuestions(pool=pool, cases=written, policy=policy, clock=clock, ids=ids)
    asked = StoredPersonQuestions(questions=questions, gate=gate, record=record, reader=reader, keys=keys, ids=ids)
    return PrivacyOffice(cases=cases, asked=asked, basis=policy.file.office.basis)
