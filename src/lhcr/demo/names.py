"""Names to make people's names from: given names by sex, family names, and the ethnic category they tend to go with.

Each group mixes freely within itself; the shares are roughly those of an English town.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NameGroup:
    """Names that go together, the ethnic category (NHS Data Dictionary code and words), and how common the group is."""

    share: int
    ethnic_code: str
    ethnic_category: str
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]
    language: tuple[str, str] = ("en", "English")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAME_GROUPS: Final = (
    NameGroup(
        share=68,
        ethnic_code="A",
        ethnic_category="White - British",
        female=_words(
            "Margaret Susan Helen Emily Charlotte Jean Dorothy Karen Lucy Sarah Joan Rebecca Olivia Hazel Wendy"
        ),
        male=_words("David Peter Thomas George Harry John Kenneth Stephen Oliver James Alan Roy Daniel Jack Graham"),
        family=_words(
            "Ashworth Bramley Calder Dunning Eastwood Fairclough Garside Hepworth Ingleby Jagger Kershaw Lofthouse "
            "Midgley Nettleton Ormerod Pickles Ramsden Sutcliffe Thackray Uttley Varley Whitaker Yates Hartley Booth"
        ),
    ),
    NameGroup(
        share=9,
        ethnic_code="J",
        ethnic_category="Asian or Asian British - Pakistani",
        female=_words("Ayesha Fatima Nasreen Zainab Saima Hira Rukhsana"),
        male=_words("Imran Bilal Usman Tariq Hamza Zahid Yusuf"),
        family=_words("Hussain Akhtar Mahmood Khan Malik Rashid Aslam Iqbal"),
        language=("ur", "Urdu"),
    ),
    NameGroup(
        share=6,
        ethnic_code="H",
        ethnic_category="Asian or Asian British - Indian",
        female=_words("Anjali Meera Sunita Harpreet Kavita Deepa"),
        male=_words("Rajesh Arjun Gurdeep Vikram Sanjay Nikhil"),
        family=_words("Patel Sharma Singh Desai Gill Nair"),
    ),
    NameGroup(
        share=6,
        ethnic_code="N",
        ethnic_category="Black or Black British - African",
        female=_words("Adaeze Ngozi Abena Folasade Makena Efua"),
        male=_words("Chidi Kofi Emeka Tunde Kamau Yaw"),
        family=_words("Okonkwo Mensah Adeyemi Boateng Mwangi Eze"),
    ),
    NameGroup(
        share=4,
        ethnic_code="M",
        ethnic_category="Black or Black British - Caribbean",
        female=_words("Marcia Yvonne Shanice Beverley"),
        male=_words("Winston Delroy Marlon Clive"),
        family=_words("Campbell Bailey Gordon Francis"),
    ),
    NameGroup(
        share=5,
        ethnic_code="C",
        ethnic_category="White - Any other White background",
        female=_words("Katarzyna Agnieszka Ioana Magdalena Elena"),
        male=_words("Piotr Tomasz Andrei Krzysztof Mihai"),
        family=_words("Nowak Kowalska Popescu Zielinski Ionescu"),
        language=("pl", "Polish"),
    ),
    NameGroup(
        share=2,
        ethnic_code="R",
        ethnic_category="Other Ethnic Groups - Chinese",
        female=_words("Mei Xiu Yan Li"),
        male=_words("Wei Jian Ming Tao"),
        family=_words("Chen Wong Liu Zhang"),
    ),
)
