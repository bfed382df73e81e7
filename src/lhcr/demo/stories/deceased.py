"""Roy Pickles: died in hospital a few weeks ago; his record stays, and nothing in it invites anyone to call him."""

from datetime import date

from lhcr.demo import allergies, codes, formulary
from lhcr.demo.codes import Code
from lhcr.demo.demographics import Variation
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import before, spoken
from lhcr.demo.encounters import SURGERY, write_admission, write_contact
from lhcr.demo.medicines import Stop, write_prescription
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL
from lhcr.demo.person import Person
from lhcr.demo.problems import write_diagnosis, write_problem
from lhcr.demo.record import Record


def write_deceased(person: Person, *, today: date) -> Record:
    died = before(today, days=38)
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE, Variation(died=died))
    allergies.write_no_known_allergies(gp, on=gp.ago(2000), by="gp")
    write_problem(gp, codes.COPD, onset=gp.ago(years=15), by="gp")
    write_problem(gp, codes.MYOCARDIAL_INFARCTION, onset=gp.ago(years=6), by="gp")
    ended = Stop(on=died, by="Dr Amina Farouk", why="the person has died")
    for medicine in (formulary.ASPIRIN, formulary.ATORVASTATIN, formulary.SALBUTAMOL):
        write_prescription(gp, medicine, since=gp.ago(years=6), by="gp", stop=ended)
    write_contact(gp, SURGERY, on=gp.ago(80), by="gp", reason=Code("Breathlessness"))
    hospital = record.chart(HOSPITAL, Variation(died=died))
    start = before(died, days=4)
    stay = write_admission(hospital, start=start, end=died, by="physician", reason=codes.PNEUMONIA, died=True)
    write_diagnosis(hospital, codes.PNEUMONIA, encounter=stay, on=start, by="physician")
    words = f"Mr Pickles died on Ward 7 on {spoken(died)} with his family present. Cause of death: pneumonia."
    write_letter(hospital, codes.LETTER, "Notification of death", words, on=died, by="physician", encounter=stay)
    return record
