"""The people of the demonstration whom a visitor is pointed to: who they are and what each is there to show."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from lhcr.demo.person import Person


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person with a key that does not change and one line that says what their record shows."""

    key: str
    person: Person
    story: str


def _someone(
    index: int, title: str, given: str, family: str, birth_date: str, *, ethnic: tuple[str, str] | None = None
) -> Person:
    code, category = ethnic or ("A", "White - British")
    return Person(
        index=index,
        title=title,
        given=given,
        family=family,
        gender="male" if title in {"Mr", "Master"} else "female",
        birth_date=date.fromisoformat(birth_date),
        ethnic_code=code,
        ethnic_category=category,
    )


_AFRICAN: Final = ("N", "Black or Black British - African")
_PAKISTANI: Final = ("J", "Asian or Asian British - Pakistani")

#: Who they are, in the order in which they are shown; an index, once given, is never given again.
DEMO_PEOPLE: Final = (
    DemoPerson(
        "rich",
        _someone(0, "Mrs", "Dorothy", "Hepworth", "1946-03-14"),
        "A long record from GP, hospital, pharmacy, social care and community, with duplicates and a dose that differs.",
    ),
    DemoPerson(
        "sensitive",
        _someone(1, "Ms", "Adaeze", "Okonkwo", "1994-07-02", ethnic=_AFRICAN),
        "Entries about sexual health and abuse that carry restricted and very restricted labels.",
    ),
    DemoPerson(
        "restricted-address",
        _someone(2, "Ms", "Lucy", "Fairclough", "1988-11-23"),
        "Flagged as restricted: where she lives and where she is seen must not be shown.",
    ),
    DemoPerson(
        "objection",
        _someone(3, "Mr", "Alan", "Uttley", "1971-05-30"),
        "Objects to sharing beyond his GP practice; the objection is recorded there.",
    ),
    DemoPerson(
        "end-of-life",
        _someone(4, "Mr", "Kenneth", "Lofthouse", "1941-09-08"),
        "Lung cancer, in his last months: CPR decision, preferred places, anticipatory medicines.",
    ),
    DemoPerson(
        "merged",
        _someone(5, "Mrs", "Saima", "Akhtar", "1979-01-17", ethnic=_PAKISTANI),
        "Registered twice by the hospital, where the second registration replaced the first; on Ward 7 now.",
    ),
    DemoPerson("deceased", _someone(6, "Mr", "Roy", "Pickles", "1938-12-01"), "Died a few weeks ago in hospital."),
    DemoPerson(
        "same-name-1",
        _someone(7, "Mr", "David", "Booth", "1962-06-21"),
        "Shares name and date of birth with another; allergic to penicillin, and in the emergency department now.",
    ),
    DemoPerson(
        "same-name-2",
        _someone(8, "Mr", "David", "Booth", "1962-06-21"),
        "Shares name and date of birth with another; was given amoxicillin last month and did well on it.",
    ),
    DemoPerson(
        "child",
        _someone(9, "Master", "Yusuf", "Malik", "2019-04-05", ethnic=_PAKISTANI),
        "A child with asthma and a peanut allergy, whose mother acts for him.",
    ),
    DemoPerson(
        "carer",
        _someone(10, "Mrs", "Hira", "Malik", "1987-08-19", ethnic=_PAKISTANI),
        "Mother of Yusuf Malik, for whom she acts; has a short record of her own.",
    ),
    DemoPerson(
        "nothing-recorded",
        _someone(11, "Mr", "Piotr", "Nowak", "2001-02-11", ethnic=("C", "White - Any other White background")),
        "Registered last week; nothing clinical has been recorded about him at all.",
    ),
)
BY_KEY: Final = MappingProxyType({demo.key: demo for demo in DEMO_PEOPLE})
#: Where ordinary people begin; what lies between is kept for people to come.
FIRST_ORDINARY_INDEX: Final = 100
