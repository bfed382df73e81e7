"""Dorothy Hepworth in hospital: a fall, a stay for heart failure, a changed dose, and what the practice also knows."""

from datetime import date, timedelta
from typing import Final

from lhcr.demo import allergies, codes, formulary, measures
from lhcr.demo.addresses import Address
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.demographics import Variation
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import spoken
from lhcr.demo.encounters import AMBULANCE_CALL, EMERGENCY, OUTPATIENT, write_admission, write_contact
from lhcr.demo.hospital_stays import discharge_words
from lhcr.demo.medicines import Change, write_discharge_medicine
from lhcr.demo.organisations import AMBULANCE, HOSPITAL
from lhcr.demo.plans import write_appointment
from lhcr.demo.problems import write_diagnosis, write_problem, write_procedure
from lhcr.demo.record import Record
from lhcr.demo.results import write_blood_pressure, write_report, write_value

# Where she lived before: the hospital was never told that she moved.
_FORMER_HOME: Final = Address("17 Priory Avenue", "Wexcombe", "QA7 2HJ")
_SIGNS: Final = (
    (measures.HEART_RATE, 104),
    (measures.RESPIRATORY_RATE, 22),
    (measures.OXYGEN_SATURATION, 92),
    (measures.TEMPERATURE, 36.8),
    (measures.NEWS2, 5),
)
_BLOODS: Final = (
    (measures.SODIUM, 134),
    (measures.POTASSIUM, 4.4),
    (measures.CREATININE, 108),
    (measures.EGFR, 47),
    (measures.HAEMOGLOBIN, 118),
)


def write_hospital_care(record: Record) -> None:
    chart = record.chart(HOSPITAL, Variation(home=_FORMER_HOME))
    # The same allergy as at the practice, entered again on admission: a duplicate to be folded, never dropped.
    allergies.write_allergy(chart, allergies.PENICILLIN_ANAPHYLAXIS, since=chart.ago(years=22), by="physician")
    write_problem(chart, codes.ATRIAL_FIBRILLATION, onset=chart.ago(years=3), by="cardiologist")
    write_problem(chart, codes.HEART_FAILURE, onset=chart.ago(years=2), by="cardiologist")
    write_procedure(chart, codes.COLONOSCOPY, on=chart.ago(years=4), by="surgeon", reason=Code("Change in bowel habit"))
    _fall(record, chart)
    _stay(chart)
    _clinic(chart)


def _fall(record: Record, chart: Chart) -> None:
    day = chart.ago(60)
    write_contact(record.chart(AMBULANCE), AMBULANCE_CALL, on=day, by="paramedic", reason=codes.FALL)
    seen = write_contact(chart, EMERGENCY, on=day, by="ed-doctor", reason=codes.FALL)
    write_diagnosis(chart, Code("Bruise of hip"), encounter=seen, on=day, by="ed-doctor", ended=day)
    words = f"Fell at home on {spoken(day)}. X-ray of the left hip: no fracture. Discharged with advice about falls."
    write_letter(chart, codes.LETTER, "Emergency department letter", words, on=day, by="ed-doctor", encounter=seen)


def _stay(chart: Chart) -> None:
    start, end = chart.ago(20), chart.ago(14)
    stay = write_admission(chart, start=start, end=end, by="cardiologist", reason=codes.HEART_FAILURE)
    write_diagnosis(
        chart, Code("Acute on chronic heart failure"), encounter=stay, on=start, by="cardiologist", ended=end
    )
    nurse = chart.staff("ward-nurse")
    write_blood_pressure(chart, 158, 94, day=start, by=nurse)
    for measure, value in _SIGNS:
        write_value(chart, measure, value, day=start, by=nurse)
    results = [write_value(chart, measure, value, day=start) for measure, value in _BLOODS]
    write_report(chart, codes.UREA_AND_ELECTROLYTES, results, day=start, conclusion="Mild hyponatraemia, reduced eGFR.")
    _discharge(chart, start, end, stay)


def _discharge(chart: Chart, start: date, end: date, stay: str) -> None:
    doubled = Change(
        status="amended",
        on=end,
        why="Heart rate still above 100",
        detail="Bisoprolol increased from 2.5mg to 5mg once a day.",
    )
    more_bisoprolol = formulary.BISOPROLOL.at("Two to be taken once a day (5mg)", 2)
    write_discharge_medicine(chart, more_bisoprolol, on=end, change=doubled)
    for medicine in (formulary.FUROSEMIDE, formulary.WARFARIN, formulary.METFORMIN, formulary.ATORVASTATIN):
        write_discharge_medicine(chart, medicine, on=end)
    low = Change(
        status="on-hold",
        on=end,
        why="Kidney function fell",
        detail="Ramipril held until the GP repeats the blood test.",
    )
    write_discharge_medicine(chart, formulary.RAMIPRIL, on=end, change=low)
    changes = "bisoprolol increased to 5mg a day; ramipril held until kidney function has been checked."
    words = discharge_words(start, end, "acute on chronic heart failure", changes)
    write_letter(
        chart, codes.DISCHARGE_SUMMARY, "Discharge summary, Ward 7", words, on=end, by="cardiologist", encounter=stay
    )


def _clinic(chart: Chart) -> None:
    write_contact(chart, OUTPATIENT, on=chart.ago(200), by="cardiologist", reason=codes.HEART_FAILURE)
    due = chart.today + timedelta(days=35)
    write_appointment(chart, "Heart failure clinic", on=due, by="cardiologist", site="outpatients", minutes=30)
