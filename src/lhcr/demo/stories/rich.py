"""Dorothy Hepworth: eighty years old, known to every source, with duplicates and a dose on which two of them differ."""

from datetime import date

from lhcr.demo.person import Person
from lhcr.demo.record import Record
from lhcr.demo.stories.rich_care import write_community_care, write_council_care
from lhcr.demo.stories.rich_hospital import write_hospital_care
from lhcr.demo.stories.rich_pharmacy import write_pharmacy_care
from lhcr.demo.stories.rich_practice import write_practice_care


def write_rich(person: Person, *, today: date) -> Record:
    record = Record(person, today=today)
    write_practice_care(record)
    write_hospital_care(record)
    write_pharmacy_care(record)
    write_council_care(record)
    write_community_care(record)
    return record
