"""Visits to the emergency department and stays on a ward, with what was measured, found, changed and written."""

from datetime import date, timedelta
from random import Random

from lhcr.demo import codes, formulary, measures
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import spoken
from lhcr.demo.encounters import AMBULANCE_CALL, EMERGENCY, write_admission, write_contact
from lhcr.demo.medicines import Change, write_discharge_medicine
from lhcr.demo.organisations import AMBULANCE, HOSPITAL
from lhcr.demo.problems import write_diagnosis
from lhcr.demo.record import Record
from lhcr.demo.results import write_blood_pressure, write_report, write_value

_VITAL_SIGNS = (
    measures.HEART_RATE,
    measures.RESPIRATORY_RATE,
    measures.OXYGEN_SATURATION,
    measures.TEMPERATURE,
    measures.NEWS2,
)


def write_emergency(record: Record, rng: Random, *, by_ambulance: bool) -> None:
    """Write a visit to the emergency department that ended the same day."""
    chart = record.chart(HOSPITAL)
    day = chart.ago(rng.randint(4, 900))
    reason = rng.choice(
        (codes.CHEST_PAIN, codes.FALL, Code("Abdominal pain"), Code("Head injury"), Code("Wound of hand"))
    )
    if by_ambulance:
        write_contact(record.chart(AMBULANCE), AMBULANCE_CALL, on=day, by="paramedic", reason=reason)
    seen = write_contact(chart, EMERGENCY, on=day, by="ed-doctor", reason=reason)
    write_vital_signs(chart, rng, on=day)
    write_diagnosis(chart, reason, encounter=seen, on=day, by="ed-doctor", ended=day)
    words = f"Attended the emergency department on {spoken(day)} with {reason.display.lower()}. Examined and discharged home."
    write_letter(chart, codes.LETTER, "Emergency department letter", words, on=day, by="ed-doctor", encounter=seen)


def write_stay(record: Record, rng: Random) -> None:
    """Write a stay of a few days with results, changed medicines and a discharge summary."""
    chart = record.chart(HOSPITAL)
    start = chart.ago(rng.randint(20, 1000))
    end = min(start + timedelta(days=rng.randint(1, 9)), chart.today)
    stay = write_admission(chart, start=start, end=end, by="physician", reason=codes.PNEUMONIA)
    write_diagnosis(chart, codes.PNEUMONIA, encounter=stay, on=start, by="physician", ended=end)
    write_vital_signs(chart, rng, on=start)
    write_blood_tests(chart, rng, on=start)
    course = Change(status="added", on=end, why="Pneumonia", detail="Doxycycline started for five days, then stop.")
    write_discharge_medicine(chart, formulary.DOXYCYCLINE, on=end, change=course)
    write_letter(
        chart,
        codes.DISCHARGE_SUMMARY,
        "Discharge summary",
        discharge_words(start, end, "pneumonia", "Doxycycline 100mg capsules started for five days."),
        on=end,
        by="physician",
        encounter=stay,
    )


def write_vital_signs(chart: Chart, rng: Random, *, on: date) -> None:
    nurse = chart.staff("ward-nurse")
    write_blood_pressure(chart, round(rng.gauss(132, 14)), round(rng.gauss(78, 9)), day=on, by=nurse)
    for measure in _VITAL_SIGNS:
        value = min(measure.draw(rng), 100) if measure is measures.OXYGEN_SATURATION else max(measure.draw(rng), 0)
        write_value(chart, measure, value, day=on, by=nurse)


def write_blood_tests(chart: Chart, rng: Random, *, on: date) -> str:
    tests = (measures.SODIUM, measures.POTASSIUM, measures.CREATININE, measures.EGFR)
    values = [write_value(chart, measure, measure.draw(rng), day=on) for measure in tests]
    return write_report(chart, codes.UREA_AND_ELECTROLYTES, values, day=on)


def discharge_words(start: date, end: date, diagnosis: str, changes: str) -> str:
    """The text of a discharge summary, in the order in which the receiving GP reads it."""
    return (
        f"DISCHARGE SUMMARY\n\nAdmitted {spoken(start)}, discharged {spoken(end)}.\nDiagnosis: {diagnosis}.\n"
        f"Medicines: {changes}\nActions for the GP practice: please review in two weeks.\n"
        "Information given to the person: yes, with a copy of this letter.\n"
    )
