"""Kenneth Lofthouse: lung cancer, in his last months, with decisions that must be found within seconds at three at night."""

from datetime import date, timedelta

from lhcr.demo import allergies, codes, formulary
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import spoken
from lhcr.demo.encounters import OUTPATIENT, write_contact, write_home_visit
from lhcr.demo.living import write_equipment
from lhcr.demo.medicines import write_prescription, write_supply
from lhcr.demo.organisations import COMMUNITY, COUNCIL, GP_PRACTICE, HOSPITAL, PHARMACY
from lhcr.demo.person import Person
from lhcr.demo.plans import write_alert, write_appointment, write_episode, write_goal, write_plan, write_team
from lhcr.demo.preferences import (
    Contact,
    write_about_me,
    write_advance_decision,
    write_contact_person,
    write_preference,
    write_resuscitation,
)
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record

_NURSE = "palliative-nurse"


def write_end_of_life(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    _practice(record)
    _decisions(record.chart(COMMUNITY))
    _plan(record.chart(COMMUNITY))
    hospital = record.chart(HOSPITAL)
    seen = write_contact(hospital, OUTPATIENT, on=hospital.ago(70), by="physician", reason=codes.LUNG_CANCER)
    words = "Treatment aimed at cure has ended. Mr Lofthouse understands this and wishes to be cared for at home."
    write_letter(hospital, codes.LETTER, "Oncology letter", words, on=hospital.ago(70), by="physician", encounter=seen)
    council = record.chart(COUNCIL)
    write_equipment(council, "Hospital bed at home", on=council.ago(25))
    return record


def _practice(record: Record) -> None:
    chart = record.chart(GP_PRACTICE)
    allergies.write_no_known_allergies(chart, on=chart.ago(500), by="gp")
    write_problem(chart, codes.LUNG_CANCER, onset=chart.ago(420), by="gp")
    write_problem(chart, codes.COPD, onset=chart.ago(years=12), by="gp")
    write_alert(chart, "On the palliative care register", since=chart.ago(60), by="gp")
    for medicine in formulary.ANTICIPATORY:
        write_prescription(chart, medicine, since=chart.ago(24), by="gp", repeats=1)
        write_supply(record.chart(PHARMACY), medicine, on=record.chart(PHARMACY).ago(23))
    wife = Contact(
        title="Mrs",
        given="Jean",
        family="Lofthouse",
        role=("WIFE", "wife"),
        phone="07700 900412",
        gender="female",
        note="Wife, main carer",
    )
    write_contact_person(chart, wife)
    answers = {
        "most-important": "Not to be in pain, and to be at home with Jean and the dog.",
        "please-do": "Please tell me straight. Please don't whisper in the hall.",
    }
    write_about_me(chart, answers, on=chart.ago(50))


def _decisions(chart: Chart) -> None:
    day = chart.ago(48)
    note = "Resuscitation would not succeed. Discussed with Mr and Mrs Lofthouse. The signed form is in the message box by the door."
    write_resuscitation(chart, codes.NOT_FOR_RESUSCITATION, on=day, by=_NURSE, note=note)
    for about, answer in (
        ("Preferred place of care", "At home"),
        ("Preferred place of death, first choice", "At home"),
        ("Preferred place of death, second choice", "Aldermere Hospice"),
        ("Awareness of prognosis", "He and his wife know and talk about it"),
        ("Estimated prognosis", "Weeks to a few months"),
        ("Priorities of care", "Comfort before length of life; no hospital unless comfort cannot be had at home"),
    ):
        write_preference(chart, about, answer, on=day, by=_NURSE)
    decision = "Refuses ventilation and admission to intensive care, even if his life is at risk."
    write_advance_decision(chart, decision, on=day, by=_NURSE)


def _plan(chart: Chart) -> None:
    write_episode(chart, Code("Palliative care caseload"), since=chart.ago(55), by=_NURSE)
    goal = write_goal(
        chart, "To see my granddaughter's wedding", since=chart.ago(48), due=chart.today + timedelta(days=40)
    )
    actions = (
        "Pain, sickness, restlessness or secretions: use the medicines in the box, call the nurse on duty",
        "Call 999 only for what cannot be relieved at home",
        "After death: call the GP practice or the out-of-hours service; no ambulance is needed",
    )
    write_plan(
        chart,
        "End of life care plan",
        actions,
        since=chart.ago(48),
        by=_NURSE,
        category=codes.END_OF_LIFE_PLAN,
        goals=(goal,),
        note=f"Anticipatory medicines have been in the home since {spoken(chart.ago(23))}.",
    )
    members = ((chart.staff(_NURSE), "Key worker"), (chart.staff("district-nurse"), "District nurse"))
    write_team(chart, "Palliative care team", members, since=chart.ago(55))
    for days in (40, 26, 12, 3):
        write_home_visit(chart, on=chart.ago(days), by=_NURSE, reason=Code("Palliative care"))
    write_appointment(
        chart, "Palliative care review", on=chart.today + timedelta(days=4), by=_NURSE, site="health-centre"
    )
