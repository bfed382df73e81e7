"""Piotr Nowak: registered and nothing else. Hazard: an empty page read as "no allergies, no medicines"."""

from datetime import date

from lhcr.demo.organisations import GP_PRACTICE
from lhcr.demo.person import Person
from lhcr.demo.record import Record


def write_nothing(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    record.chart(GP_PRACTICE)
    return record
