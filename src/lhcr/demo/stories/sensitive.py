"""Adaeze Okonkwo: entries about sexual health and about abuse at home, which carry their own labels.

Hazard: a sensitive service exposed by its number. Whatever the clinic wrote is labelled, and so are its demographics of her: a
number of its own in her golden Patient would tell her GP practice that somebody there, who shows nothing, has seen her.
"""

from datetime import date

from lhcr.demo import allergies, codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.demographics import Variation
from lhcr.demo.documents import write_letter
from lhcr.demo.elements import coding, confidentiality
from lhcr.demo.encounters import HEALTH_CENTRE, SURGERY, TELEPHONE, write_contact
from lhcr.demo.living import write_smoking
from lhcr.demo.organisations import COMMUNITY, GP_PRACTICE
from lhcr.demo.person import Person
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record

_RESTRICTED = confidentiality("R")
_VERY_RESTRICTED = confidentiality("V")


def write_sensitive(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    _practice(record.chart(GP_PRACTICE))
    _clinic(record.chart(COMMUNITY, Variation(labels=(coding(codes.SENSITIVE_SEXUAL_HEALTH),))))
    return record


def _practice(chart: Chart) -> None:
    allergies.write_no_known_allergies(chart, on=chart.ago(800), by="practice-nurse")
    write_problem(chart, codes.ASTHMA, onset=chart.ago(years=12), by="gp")
    labels = (_RESTRICTED, coding(codes.SENSITIVE_MENTAL_HEALTH))
    write_problem(chart, codes.DEPRESSION, onset=chart.ago(300), by="gp", labels=labels)
    labels = (_VERY_RESTRICTED, coding(codes.SENSITIVE_ABUSE))
    write_problem(chart, Code("Victim of domestic abuse"), onset=chart.ago(280), by="gp", labels=labels)
    write_contact(chart, SURGERY, on=chart.ago(280), by="gp", reason=Code("Domestic abuse disclosed"), labels=labels)
    words = "Disclosed abuse by her partner. Has asked that nothing about this is visible to anyone who knows him."
    write_letter(chart, codes.LETTER, "Safeguarding note", words, on=chart.ago(279), by="gp", labels=labels)
    write_contact(chart, TELEPHONE, on=chart.ago(120), by="gp-partner", reason=Code("Asthma review"))
    write_smoking(chart, codes.NEVER_SMOKED, on=chart.ago(120), by="gp-partner")


def _clinic(chart: Chart) -> None:
    labels = (_RESTRICTED, coding(codes.SENSITIVE_SEXUAL_HEALTH))
    day = chart.ago(45)
    write_contact(chart, HEALTH_CENTRE, on=day, by="sexual-health", reason=codes.SEXUALLY_TRANSMITTED, labels=labels)
    write_problem(chart, codes.SEXUALLY_TRANSMITTED, onset=day, by="sexual-health", ended=chart.ago(20), labels=labels)
    words = "Treated at the clinic. She asks that her GP practice is not told."
    write_letter(chart, codes.LETTER, "Clinic letter", words, on=day, by="sexual-health", labels=labels)
