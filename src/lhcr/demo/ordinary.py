"""The life of an ordinary person in the record: growing up or growing old, being ill now and then, being looked after."""

from datetime import date
from random import Random

from lhcr.demo import allergies, codes, formulary, measures, vaccinations
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.encounters import IN_PHARMACY, SURGERY, TELEPHONE, write_contact
from lhcr.demo.hospital_stays import write_emergency, write_stay
from lhcr.demo.living import write_alcohol, write_care_package, write_household, write_smoking
from lhcr.demo.long_term import write_long_term_conditions
from lhcr.demo.medicines import write_prescription, write_sale
from lhcr.demo.organisations import COMMUNITY, COUNCIL, GP_PRACTICE, HOSPITAL, PHARMACY
from lhcr.demo.person import Person
from lhcr.demo.plans import write_adjustment, write_alert, write_appointment, write_episode, write_request
from lhcr.demo.preferences import Contact, write_contact_person
from lhcr.demo.problems import write_diagnosis, write_family_history, write_procedure
from lhcr.demo.record import Record
from lhcr.demo.results import write_value

_FEWEST_RESOURCES = 20
_MINOR = (
    Code("Sore throat"),
    Code("Cough"),
    codes.EAR_PAIN,
    Code("Back pain"),
    Code("Rash"),
    Code("Headache"),
    codes.INSECT_BITE,
    Code("Medication review"),
)


def write_ordinary(person: Person, *, rng: Random, today: date) -> Record:
    """Write 20 to 120 resources about a person, from as many sources as their life touches."""
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE)
    allergy = _allergies(gp, rng)
    conditions = write_long_term_conditions(record, rng)
    _habits(gp, rng)
    _vaccinations(record, rng)
    _pharmacy(record, rng, allergy=allergy)
    _hospital(record, rng, conditions=conditions)
    _past_operations(gp, rng)
    _care_at_home(record, rng)
    _contacts_and_plans(record, rng)
    while gp.size < _FEWEST_RESOURCES:
        _minor_illness(gp, rng)
    return record


def _allergies(gp: Chart, rng: Random) -> allergies.Allergy | None:
    # Hazard: a record without any entry about allergies must stay without one, so that nobody reads "none" into it.
    draw = rng.random()
    if draw < 0.14:
        allergy = rng.choice((allergies.PENICILLIN, allergies.IBUPROFEN, allergies.PEANUT))
        allergies.write_allergy(gp, allergy, since=gp.ago(rng.randint(100, 4000)), by="gp")
        return allergy
    if draw < 0.65:
        allergies.write_no_known_allergies(gp, on=gp.ago(rng.randint(30, 1500)), by="practice-nurse")
    return None


def _habits(gp: Chart, rng: Random) -> None:
    if gp.person.age(gp.today) < 16:
        return
    status = rng.choices((codes.NEVER_SMOKED, codes.EX_SMOKER, codes.SMOKER), weights=(55, 30, 15))[0]
    day = gp.ago(rng.randint(40, 500))
    write_smoking(gp, status, on=day, by="practice-nurse")
    write_alcohol(gp, rng.randint(0, 24), on=day, by="practice-nurse")
    write_household(gp, rng.choice(("Lives alone", "Lives with partner", "Lives with family")), on=day, by="gp-partner")
    if rng.random() < 0.35:
        relative = rng.choice(("FTH", "MTH", "BRO", "SIS"))
        known = rng.choice((codes.MYOCARDIAL_INFARCTION, codes.TYPE_2_DIABETES, codes.STROKE))
        write_family_history(gp, relative, known, onset_age=rng.randint(45, 75), day=day)


def _vaccinations(record: Record, rng: Random) -> None:
    gp = record.chart(GP_PRACTICE)
    age = gp.person.age(gp.today)
    if age < 18:
        given = min(age, 2)
        for dose in range(given):
            vaccinations.write_vaccination(
                gp, vaccinations.MMR, on=gp.ago(300 + 90 * dose), by="practice-nurse", dose=dose + 1
            )
        return
    for winter in range(rng.randint(0, 3) if age >= 50 else rng.randint(0, 1)):
        at_pharmacy = rng.random() < 0.4
        chart = record.chart(PHARMACY) if at_pharmacy else gp
        vaccine = vaccinations.INFLUENZA_AT_PHARMACY if at_pharmacy else vaccinations.INFLUENZA
        by = "pharmacist" if at_pharmacy else "practice-nurse"
        day = vaccinations.autumn(gp.today, into=rng.randint(0, vaccinations.LONGEST), years=winter)
        vaccinations.write_vaccination(chart, vaccine, on=day, by=by)
    vaccinations.write_vaccination(gp, vaccinations.COVID, on=gp.ago(rng.randint(300, 1200)), by="practice-nurse")
    if age >= 70:
        vaccinations.write_vaccination(gp, vaccinations.SHINGLES, on=gp.ago(rng.randint(100, 900)), by="practice-nurse")


def _pharmacy(record: Record, rng: Random, *, allergy: allergies.Allergy | None) -> None:
    age = record.person.age(record.today)
    adult = age >= 16
    if adult and rng.random() < 0.3:
        # Nobody is sold ibuprofen who does not tolerate it, or is of an age at which it meets warfarin.
        suits = age < 60 and allergy is not allergies.IBUPROFEN
        medicine = formulary.IBUPROFEN_OTC if suits else formulary.PARACETAMOL
        write_sale(record.chart(PHARMACY), medicine, on=record.chart(PHARMACY).ago(rng.randint(1, 200)))
    if adult and rng.random() < 0.15:
        chart = record.chart(PHARMACY)
        day = chart.ago(rng.randint(5, 300))
        seen = write_contact(chart, IN_PHARMACY, on=day, by="pharmacist", reason=codes.INSECT_BITE)
        write_diagnosis(chart, codes.INSECT_BITE, encounter=seen, on=day, by="pharmacist")


def _hospital(record: Record, rng: Random, *, conditions: int) -> None:
    age = record.person.age(record.today)
    if rng.random() < 0.18 + 0.08 * conditions:
        write_emergency(record, rng, by_ambulance=age > 60 and rng.random() < 0.5)
    if age > 50 and rng.random() < 0.1 + 0.08 * conditions:
        write_stay(record, rng)
    if age > 40 and rng.random() < 0.25:
        gp = record.chart(GP_PRACTICE)
        to = {"reference": f"Organization/{HOSPITAL.slug}", "display": HOSPITAL.name}
        write_request(
            gp,
            Code("Referral to cardiology"),
            on=gp.ago(rng.randint(10, 90)),
            by="gp",
            to=to,
            reason=Code("Palpitations"),
        )


def _past_operations(gp: Chart, rng: Random) -> None:
    age = gp.person.age(gp.today)
    if age >= 60 and rng.random() < 0.3:
        done, why = rng.choice(
            ((codes.HIP_REPLACEMENT, codes.OSTEOARTHRITIS), (codes.CATARACT_EXTRACTION, Code("Cataract")))
        )
        write_procedure(gp, done, on=gp.ago(rng.randint(200, 3000)), by="gp", reason=why)
    elif age >= 12 and rng.random() < 0.15:
        write_procedure(gp, codes.APPENDECTOMY, on=gp.ago(rng.randint(300, 3500)), by="gp")
    if age >= 70 and rng.random() < 0.25:
        write_alert(gp, "Risk of falls", since=gp.ago(rng.randint(20, 500)), by="gp", category="safety")
    if rng.random() < 0.08:
        words = rng.choice(("Needs step-free access", "Needs a longer appointment", "Needs letters in large print"))
        write_adjustment(gp, words, since=gp.ago(rng.randint(20, 900)), by="gp")


def _care_at_home(record: Record, rng: Random) -> None:
    age = record.person.age(record.today)
    if age >= 75 and rng.random() < 0.35:
        council = record.chart(COUNCIL)
        since = council.ago(rng.randint(30, 600))
        visits = rng.choice(("One visit every morning", "Two visits a day", "Four visits a day with two carers"))
        goal = rng.choice(("To stay in my own home", "To get to the garden again", "To cook for myself"))
        write_care_package(council, since=since, visits=visits, goal=goal, due=_later(council.today, 120))
    if age >= 70 and rng.random() < 0.3:
        community = record.chart(COMMUNITY)
        write_episode(
            community, Code("District nursing caseload"), since=community.ago(rng.randint(20, 200)), by="district-nurse"
        )


def _contacts_and_plans(record: Record, rng: Random) -> None:
    gp = record.chart(GP_PRACTICE)
    age = gp.person.age(gp.today)
    if age < 16 or age >= 65:
        write_contact_person(gp, _next_of_kin(gp.person, rng, child=age < 16))
    if rng.random() < 0.4:
        title = rng.choice(("Long-term conditions review", "Blood test", "Vaccination", "Results"))
        write_appointment(gp, title, on=_later(gp.today, rng.randint(2, 60)), by="practice-nurse", site="surgery")
    for _ in range(rng.randint(1, 4)):
        _minor_illness(gp, rng)


def _minor_illness(gp: Chart, rng: Random) -> None:
    day = gp.ago(rng.randint(10, 1400))
    reason = rng.choice(_MINOR)
    kind = rng.choice((SURGERY, SURGERY, TELEPHONE))
    seen = write_contact(gp, kind, on=day, by=rng.choice(("gp", "gp-partner")), reason=reason)
    if kind is SURGERY:
        write_value(gp, measures.TEMPERATURE, measures.TEMPERATURE.draw(rng), day=day, by=gp.staff("practice-nurse"))
    if rng.random() < 0.4:
        write_diagnosis(gp, reason, encounter=seen, on=day, by="gp", ended=day)
    elif rng.random() < 0.2 and gp.person.age(day) >= 12:
        write_prescription(gp, formulary.DOXYCYCLINE, since=day, by="gp", repeats=None)


def _next_of_kin(person: Person, rng: Random, *, child: bool) -> Contact:
    gender = rng.choice(("female", "male"))
    roles = (
        {"female": ("MTH", "mother"), "male": ("FTH", "father")}
        if child
        else {"female": ("DAUC", "Daughter"), "male": ("SONC", "Son")}
    )
    return Contact(
        title="Ms" if gender == "female" else "Mr",
        given=rng.choice(("Alex", "Sam", "Robin", "Chris", "Jo")),
        family=person.family,
        role=roles[gender],
        phone=f"07700 900{rng.randrange(1000):03d}",
        gender=gender,
        note="Next of kin",
    )


def _later(today: date, days: int) -> date:
    return date.fromordinal(today.toordinal() + days)
