"""The two David Booths: one name, one date of birth, two people. Hazard: one is given what would kill the other.

The first is allergic to penicillin and waits in the emergency department with a chest infection; the second was given
amoxicillin for one last month and did well on it.
"""

from datetime import date

from lhcr.demo import allergies, codes, formulary
from lhcr.demo.codes import Code
from lhcr.demo.encounters import EMERGENCY, SURGERY, write_attendance_now, write_contact
from lhcr.demo.medicines import write_prescription, write_supply
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL, PHARMACY
from lhcr.demo.person import Person
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record


def write_allergic_namesake(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE)
    allergies.write_allergy(gp, allergies.PENICILLIN_ANAPHYLAXIS, since=gp.ago(years=30), by="gp")
    write_problem(gp, codes.HYPERTENSION, onset=gp.ago(years=7), by="gp")
    write_prescription(gp, formulary.RAMIPRIL, since=gp.ago(years=7), by="gp")
    write_contact(gp, SURGERY, on=gp.ago(70), by="gp", reason=Code("Hypertension review"))
    hospital = record.chart(HOSPITAL)
    write_contact(hospital, EMERGENCY, on=hospital.ago(500), by="ed-doctor", reason=Code("Reaction to a medicine"))
    write_attendance_now(hospital, by="ed-doctor", reason=Code("Chest infection"))
    return record


def write_other_namesake(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE)
    allergies.write_no_known_allergies(gp, on=gp.ago(300), by="practice-nurse")
    write_problem(gp, codes.ASTHMA, onset=gp.ago(years=25), by="gp")
    write_contact(gp, SURGERY, on=gp.ago(33), by="gp-partner", reason=Code("Chest infection"))
    write_prescription(gp, formulary.AMOXICILLIN, since=gp.ago(33), by="gp-partner", repeats=None)
    write_supply(record.chart(PHARMACY), formulary.AMOXICILLIN, on=gp.ago(33))
    return record
