"""Dorothy Hepworth at her GP practice: problems, medicines with their reasons, results over years, and what she wants."""

from datetime import timedelta
from typing import Final

from lhcr.demo import allergies, codes, formulary, measures, vaccinations
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.encounters import SURGERY, TELEPHONE, write_contact
from lhcr.demo.living import write_alcohol, write_household, write_smoking
from lhcr.demo.medicines import Stop, write_prescription
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL
from lhcr.demo.plans import write_adjustment, write_alert, write_appointment, write_request, write_team
from lhcr.demo.preferences import Contact, write_about_me, write_contact_person, write_preference, write_resuscitation
from lhcr.demo.problems import write_family_history, write_problem, write_procedure
from lhcr.demo.record import Record
from lhcr.demo.results import write_blood_pressure, write_report, write_value

#: Each row: how many days ago, then HbA1c, eGFR, weight, systolic and diastolic pressure.
_REVIEWS: Final = (
    (1460, 51, 68, 81.4, 152, 88),
    (1277, 53, 66, 80.9, 148, 86),
    (1095, 55, 64, 80.2, 146, 84),
    (912, 58, 61, 79.6, 150, 86),
    (730, 60, 58, 78.8, 144, 82),
    (547, 57, 56, 78.1, 142, 80),
    (365, 59, 54, 76.9, 146, 84),
    (182, 62, 52, 75.2, 138, 78),
    (28, 64, 49, 73.6, 134, 76),
)
_INRS: Final = ((170, 2.4), (142, 2.7), (114, 3.4), (86, 2.6), (58, 2.2), (30, 3.9), (16, 2.8), (5, 2.5))


def write_practice_care(record: Record) -> None:
    chart = record.chart(GP_PRACTICE)
    allergies.write_allergy(chart, allergies.PENICILLIN_ANAPHYLAXIS, since=chart.ago(years=22), by="gp")
    allergies.write_allergy(chart, allergies.IBUPROFEN, since=chart.ago(years=9), by="gp-partner")
    _problems(chart)
    _medicines(chart)
    _reviews(chart)
    _vaccinations(chart)
    _life(chart)
    _wishes(chart)
    _people_and_plans(chart)


def _problems(chart: Chart) -> None:
    write_problem(chart, codes.TYPE_2_DIABETES, onset=chart.ago(years=14), by="gp")
    write_problem(chart, codes.HYPERTENSION, onset=chart.ago(years=19), by="gp")
    write_problem(chart, codes.ATRIAL_FIBRILLATION, onset=chart.ago(years=3), by="gp", note="CHA2DS2-VASc score 5.")
    write_problem(chart, codes.HEART_FAILURE, onset=chart.ago(years=2), by="gp")
    write_problem(chart, codes.CKD_3, onset=chart.ago(547), by="gp")
    write_problem(chart, codes.OSTEOARTHRITIS, onset=chart.ago(years=11), by="gp-partner")
    write_problem(chart, codes.URINARY_INFECTION, onset=chart.ago(400), by="gp", ended=chart.ago(390))
    write_procedure(chart, codes.CATARACT_EXTRACTION, on=chart.ago(years=6), by="gp", reason=Code("Cataract"))
    write_procedure(chart, codes.APPENDECTOMY, on=chart.ago(years=50), by="gp")
    write_family_history(chart, "FTH", codes.MYOCARDIAL_INFARCTION, onset_age=61, day=chart.ago(years=14))
    write_family_history(chart, "SIS", codes.TYPE_2_DIABETES, onset_age=58, day=chart.ago(years=14))


def _medicines(chart: Chart) -> None:
    write_prescription(chart, formulary.METFORMIN, since=chart.ago(years=13), by="gp")
    write_prescription(chart, formulary.RAMIPRIL, since=chart.ago(years=12), by="gp")
    # The hospital doubled the dose at discharge, and the practice has not yet caught up: a conflict to be seen.
    write_prescription(chart, formulary.BISOPROLOL, since=chart.ago(years=2), by="gp")
    write_prescription(chart, formulary.FUROSEMIDE, since=chart.ago(years=2), by="gp")
    write_prescription(chart, formulary.WARFARIN, since=chart.ago(years=3), by="gp")
    write_prescription(chart, formulary.ATORVASTATIN, since=chart.ago(years=10), by="gp")
    write_prescription(chart, formulary.PARACETAMOL, since=chart.ago(years=8), by="gp-partner")
    stopped = Stop(on=chart.ago(640), by="Dr Owen Carrick", why="ankle swelling")
    write_prescription(chart, formulary.AMLODIPINE, since=chart.ago(years=9), by="gp", stop=stopped)
    write_prescription(chart, formulary.DOXYCYCLINE, since=chart.ago(400), by="gp", repeats=None)


def _reviews(chart: Chart) -> None:
    nurse = chart.staff("practice-nurse")
    for days, hba1c, egfr, weight, systolic, diastolic in _REVIEWS:
        day = chart.ago(days)
        write_contact(chart, SURGERY, on=day, by="practice-nurse", reason=Code("Diabetes review"))
        write_blood_pressure(chart, systolic, diastolic, day=day, by=nurse)
        write_value(chart, measures.WEIGHT, weight, day=day, by=nurse)
        tests = [
            write_value(chart, measures.HBA1C, hba1c, day=day),
            write_value(chart, measures.EGFR, egfr, day=day),
            write_value(chart, measures.POTASSIUM, 4.1 + (days % 7) / 10, day=day),
        ]
        write_report(chart, Code("Diabetes blood tests"), tests, day=day)
    for days, inr in _INRS:
        write_value(chart, measures.INR, inr, day=chart.ago(days))
    write_contact(chart, TELEPHONE, on=chart.ago(12), by="gp", reason=Code("After discharge from hospital"))


def _vaccinations(chart: Chart) -> None:
    for winter in range(3):
        day = vaccinations.autumn(chart.today, into=9, years=winter)
        vaccinations.write_vaccination(chart, vaccinations.INFLUENZA, on=day, by="practice-nurse", dose=1)
    vaccinations.write_vaccination(chart, vaccinations.PNEUMOCOCCAL, on=chart.ago(years=9), by="practice-nurse")
    vaccinations.write_declined(chart, vaccinations.SHINGLES, on=chart.ago(500), by="practice-nurse")


def _life(chart: Chart) -> None:
    write_smoking(chart, codes.EX_SMOKER, on=chart.ago(182), by="practice-nurse")
    write_alcohol(chart, 3, on=chart.ago(182), by="practice-nurse")
    write_household(chart, "Lives alone since her husband died; daughter nearby", on=chart.ago(365), by="gp")
    write_alert(
        chart, "Takes warfarin: check for interactions before prescribing or selling", since=chart.ago(years=3), by="gp"
    )
    write_alert(chart, "Risk of falls", since=chart.ago(60), by="gp", category="safety")
    write_adjustment(
        chart, "Hard of hearing: face her, speak clearly, no telephone calls", since=chart.ago(years=5), by="gp"
    )


def _wishes(chart: Chart) -> None:
    answers = {
        "most-important": "My daughter Ruth, my garden, and staying in my own house.",
        "people": "Ruth, and Elsie next door, who has a key.",
        "communicate": "I hear badly on the left. Please sit where I can see your face, and write down what matters.",
        "wellness": "On a good day I walk to the shop with my stick. On a bad day I stay in my chair.",
        "please-do": "Please knock and wait. Please don't call me dear.",
        "support": "Mornings are hard. I need someone to help me wash and to bring up the post.",
        "also": "I was a school cook for thirty years and still like to be asked for recipes.",
    }
    write_about_me(chart, answers, on=chart.ago(90))
    write_resuscitation(
        chart,
        codes.FOR_RESUSCITATION,
        on=chart.ago(85),
        by="gp",
        note="Talked through with Dorothy and her daughter; to be looked at again in a year.",
    )
    write_preference(chart, "Preferred place of care", "At home, with help", on=chart.ago(85), by="gp")
    write_preference(chart, "Preferred place of death", "At home; else the hospice", on=chart.ago(85), by="gp")


def _people_and_plans(chart: Chart) -> None:
    daughter = Contact(
        title="Ms",
        given="Ruth",
        family="Hepworth",
        role=("DAUC", "Daughter"),
        phone="07700 900877",
        gender="female",
        note="Daughter, next of kin, lasting power of attorney for health and welfare",
    )
    write_contact_person(chart, daughter)
    cardiology = {"reference": f"Organization/{HOSPITAL.slug}", "display": HOSPITAL.name}
    write_request(
        chart,
        Code("Referral to heart failure clinic"),
        on=chart.ago(9),
        by="gp",
        to=cardiology,
        reason=codes.HEART_FAILURE,
    )
    members = ((chart.staff("gp"), "Usual GP"), (chart.staff("practice-nurse"), "Diabetes nurse"))
    write_team(chart, "Practice team", members, since=chart.ago(years=5))
    review = chart.today + timedelta(days=21)
    write_appointment(chart, "Medicines review after discharge", on=review, by="gp", site="surgery")
