"""Saima Akhtar: the hospital registered her twice, found out, and replaced the first registration by the second.

She lies on Ward 7 now, so what either registration knows must be in front of whoever looks after her.
"""

from datetime import date

from lhcr.demo import allergies, codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.demographics import Variation, local_system, write_patient
from lhcr.demo.encounters import EMERGENCY, OUTPATIENT, SURGERY, write_admission, write_contact
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL
from lhcr.demo.person import Person
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record


def write_merged(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    gp = record.chart(GP_PRACTICE)
    allergies.write_allergy(gp, allergies.PENICILLIN, since=gp.ago(years=8), by="gp")
    write_problem(gp, codes.HYPOTHYROIDISM, onset=gp.ago(years=5), by="gp")
    write_contact(gp, SURGERY, on=gp.ago(100), by="gp", reason=Code("Thyroid review"))
    _hospital(record)
    return record


def _hospital(record: Record) -> None:
    first = f"Patient/{HOSPITAL.slug}-patient-{record.person.index:04d}-first"
    replaces = {"link": [{"other": {"reference": first}, "type": "replaces"}]}
    chart = record.chart(HOSPITAL, Variation(extra=replaces))
    write_contact(chart, OUTPATIENT, on=chart.ago(50), by="physician", reason=codes.HYPOTHYROIDISM)
    write_admission(chart, start=chart.ago(2), end=None, by="physician", reason=codes.PNEUMONIA)
    _first_registration(chart, first)


def _first_registration(chart: Chart, first: str) -> None:
    """Written in the emergency department at night, without her NHS number."""
    replaced = {
        "active": False,
        "identifier": [
            {"use": "old", "system": local_system(chart), "value": f"{chart.source.ods}-9{chart.person.index:05d}"}
        ],
        "link": [{"other": {"reference": chart.patient}, "type": "replaced-by"}],
    }
    second, chart.patient = chart.patient, first
    write_patient(chart, Variation(has_nhs_number=False, extra=replaced))
    write_contact(chart, EMERGENCY, on=chart.ago(700), by="ed-doctor", reason=Code("Wound of hand"))
    chart.patient = second
