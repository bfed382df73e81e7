"""A person of the demonstration: who they are, before anything is recorded about them."""

from dataclasses import dataclass
from datetime import date

from lhcr.demo.addresses import Address, address, landline, mobile
from lhcr.nhs.nhs_number import NhsNumber, synthetic


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody invented. `index` is theirs alone: number, house and ids follow from it; `title` may be empty."""

    index: int
    title: str
    given: str
    family: str
    gender: str
    birth_date: date
    ethnic_code: str = "A"
    ethnic_category: str = "White - British"
    language: tuple[str, str] = ("en", "English")

    @property
    def nhs_number(self) -> NhsNumber:
        return synthetic(self.index)

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.title, self.given, self.family) if part)

    @property
    def home(self) -> Address:
        return address(self.index)

    @property
    def landline(self) -> str:
        return landline(self.index)

    @property
    def mobile(self) -> str:
        return mobile(self.index)

    def age(self, on: date) -> int:
        """Whole years on that day."""
        had_birthday = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (0 if had_birthday else 1)
