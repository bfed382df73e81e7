"""Lucy Fairclough: flagged R by the demographics service. Hazard: her record tells somebody where she is.

Her whereabouts stand not only in the address, but in places of contacts, an appointment, a letter, a pharmacy and a friend's
address; the hospital, the pharmacy and the council do not know of the flag, the council knows where she lives now, and none
of them must be the hole through which it leaks.
"""

from datetime import date, timedelta
from typing import Final

from lhcr.demo import allergies, codes, formulary
from lhcr.demo.addresses import address, landline
from lhcr.demo.codes import Code
from lhcr.demo.demographics import Variation
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import confidentiality, hl7
from lhcr.demo.encounters import EMERGENCY, SURGERY, write_contact, write_home_visit
from lhcr.demo.medicines import write_prescription, write_supply
from lhcr.demo.organisations import COUNCIL, GP_PRACTICE, HOSPITAL, PHARMACY
from lhcr.demo.person import Person
from lhcr.demo.plans import write_appointment
from lhcr.demo.preferences import Contact, write_contact_person
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record
from lhcr.kernel.json_types import JsonObject

#: Where she lives now, in a house that is nobody else's, and the number there.
REFUGE: Final = address(9_002)
FRIENDS_PHONE: Final = landline(977)


def write_restricted_address(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    flagged = Variation(labels=(confidentiality("R"),), nominates_pharmacy=True)
    gp = record.chart(GP_PRACTICE, flagged)
    allergies.write_no_known_allergies(gp, on=gp.ago(60), by="practice-nurse")
    write_problem(gp, codes.ASTHMA, onset=gp.ago(years=15), by="gp")
    write_prescription(gp, formulary.SALBUTAMOL, since=gp.ago(years=4), by="gp")
    write_contact(gp, SURGERY, on=gp.ago(21), by="gp", reason=Code("Asthma review"))
    write_appointment(gp, "Asthma review", on=today + timedelta(days=12), by="practice-nurse", site="surgery")
    write_supply(record.chart(PHARMACY), formulary.SALBUTAMOL, on=record.chart(PHARMACY).ago(18))
    _hospital(record)
    council = record.chart(COUNCIL, Variation(home=REFUGE, extra={"contact": [_contact()]}))
    write_home_visit(council, on=council.ago(30), by="social-worker", reason=Code("Support after moving"))
    return record


def _contact() -> JsonObject:
    """A friend as the council writes her down, with the house that she shares."""
    return {
        "relationship": [hl7("v2-0131", "N", "Next-of-Kin")],
        "name": {"use": "official", "given": ["Imelda"], "family": "Garside"},
        "telecom": [{"system": "phone", "value": FRIENDS_PHONE, "use": "home"}],
        "address": REFUGE.as_fhir(),
    }


def _hospital(record: Record) -> None:
    chart = record.chart(HOSPITAL)
    day = chart.ago(33)
    seen = write_contact(chart, EMERGENCY, on=day, by="ed-doctor", reason=Code("Wound of forearm"))
    home = chart.person.home
    words = f"Brought by a friend. Now lives at {home.line}, {home.town}, {home.postcode}. Wound closed with strips."
    friend = Contact(
        title="Ms",
        given="Imelda",
        family="Garside",
        role=("FRND", "unrelated friend"),
        phone=FRIENDS_PHONE,
        gender="female",
    )
    write_contact_person(chart, friend, home=REFUGE)
    write_letter(chart, codes.LETTER, "Emergency department letter", words, on=day, by="ed-doctor", encounter=seen)
