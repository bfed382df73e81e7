"""Yusuf Malik and his mother Hira: a child with asthma and a peanut allergy, and the proxy who acts for him."""

from datetime import date, timedelta

from lhcr.demo import allergies, codes, formulary, measures, vaccinations
from lhcr.demo.codes import Code
from lhcr.demo.encounters import EMERGENCY, HEALTH_CENTRE, SURGERY, write_contact
from lhcr.demo.living import write_household, write_smoking
from lhcr.demo.medicines import write_prescription, write_supply
from lhcr.demo.organisations import COMMUNITY, GP_PRACTICE, HOSPITAL, PHARMACY
from lhcr.demo.people import BY_KEY
from lhcr.demo.person import Person
from lhcr.demo.plans import write_alert, write_appointment, write_plan
from lhcr.demo.preferences import Contact, write_contact_person
from lhcr.demo.problems import write_diagnosis, write_problem
from lhcr.demo.record import Record
from lhcr.demo.results import write_value

_PEAK_FLOWS = ((200, 165), (120, 180), (60, 172), (14, 190))


def write_child(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    _practice(record)
    hospital = record.chart(HOSPITAL)
    day = hospital.ago(420)
    seen = write_contact(hospital, EMERGENCY, on=day, by="ed-doctor", reason=Code("Anaphylaxis after eating peanut"))
    write_diagnosis(hospital, codes.ANAPHYLAXIS, encounter=seen, on=day, by="ed-doctor", ended=day)
    allergies.write_allergy(hospital, allergies.PEANUT, since=day, by="ed-doctor")
    community = record.chart(COMMUNITY)
    write_contact(
        community, HEALTH_CENTRE, on=community.ago(700), by="health-visitor", reason=Code("Development review")
    )
    return record


def _practice(record: Record) -> None:
    chart = record.chart(GP_PRACTICE)
    allergies.write_allergy(chart, allergies.PEANUT, since=chart.ago(420), by="gp")
    write_problem(chart, codes.ASTHMA, onset=chart.ago(800), by="gp")
    write_problem(chart, codes.OTITIS_MEDIA, onset=chart.ago(900), by="gp", ended=chart.ago(885))
    write_alert(chart, "Peanut allergy with anaphylaxis: carries two adrenaline pens", since=chart.ago(415), by="gp")
    for medicine in (formulary.SALBUTAMOL, formulary.BECLOMETASONE, formulary.ADRENALINE_PEN):
        write_prescription(chart, medicine, since=chart.ago(400), by="gp")
        write_supply(record.chart(PHARMACY), medicine, on=chart.ago(16))
    for dose, days in ((1, 1900), (2, 1200)):
        vaccinations.write_vaccination(chart, vaccinations.MMR, on=chart.ago(days), by="practice-nurse", dose=dose)
    for days, litres in _PEAK_FLOWS:
        write_value(chart, _CHILD_PEAK_FLOW, litres, day=chart.ago(days), by=chart.staff("practice-nurse"))
    actions = (
        "Blue inhaler with spacer when wheezy",
        "Adrenaline pen at once if face swells or breathing is hard, then 999",
    )
    write_plan(chart, "Asthma and allergy action plan", actions, since=chart.ago(60), by="gp")
    write_appointment(chart, "Asthma review", on=chart.today + timedelta(days=10), by="practice-nurse", site="surgery")
    write_contact_person(chart, _mother())


_CHILD_PEAK_FLOW = measures.Measure(
    code=codes.PEAK_FLOW, unit="L/min", ucum="L/min", typical=180, spread=10, low=150, category="vital-signs"
)


def _mother() -> Contact:
    carer = BY_KEY["carer"].person
    return Contact(
        title=carer.title,
        given=carer.given,
        family=carer.family,
        role=("MTH", "mother"),
        phone=carer.mobile,
        gender="female",
        nhs_number=carer.nhs_number.value,
        note="Mother, with parental responsibility; acts for him online",
        authority=("GUARD", "guardian"),
    )


def _son() -> Contact:
    """As the mother's own record names him: it gives him no say over hers."""
    child = BY_KEY["child"].person
    return Contact(
        title=child.title,
        given=child.given,
        family=child.family,
        role=("SONC", "son"),
        phone=child.landline,
        gender="male",
        nhs_number=child.nhs_number.value,
        note="Son, for whom she acts",
    )


def write_carer(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    chart = record.chart(GP_PRACTICE)
    allergies.write_no_known_allergies(chart, on=chart.ago(600), by="practice-nurse")
    write_smoking(chart, codes.NEVER_SMOKED, on=chart.ago(600), by="practice-nurse")
    write_household(chart, "Lives with husband and son; cares for her son", on=chart.ago(600), by="gp")
    write_contact(chart, SURGERY, on=chart.ago(240), by="gp", reason=Code("Headache"))
    write_contact_person(chart, _son())
    return record
