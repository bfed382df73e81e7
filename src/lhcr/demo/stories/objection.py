"""Alan Uttley: objects to his record being shared beyond his GP practice, though the hospital knows him too."""

from datetime import date

from lhcr.demo import allergies, codes, formulary
from lhcr.demo.codes import Code
from lhcr.demo.encounters import OUTPATIENT, SURGERY, write_contact
from lhcr.demo.medicines import write_prescription
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL
from lhcr.demo.person import Person
from lhcr.demo.preferences import write_objection
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record


def write_objecting(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE)
    write_objection(gp, "Objects to sharing of his record outside Aldermere Surgery.", on=gp.ago(210))
    allergies.write_allergy(gp, allergies.PENICILLIN, since=gp.ago(years=20), by="gp")
    write_problem(gp, codes.DEPRESSION, onset=gp.ago(900), by="gp")
    write_prescription(gp, formulary.SERTRALINE, since=gp.ago(890), by="gp")
    write_contact(gp, SURGERY, on=gp.ago(90), by="gp", reason=Code("Medication review"))
    hospital = record.chart(HOSPITAL)
    write_contact(hospital, OUTPATIENT, on=hospital.ago(400), by="cardiologist", reason=codes.CHEST_PAIN)
    return record
