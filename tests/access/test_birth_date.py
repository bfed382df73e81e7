"""Between which days a Patient says that its person was born."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.birth_date import birth_date
from lhcr.access.competence import Born

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("told", "earliest", "latest"),
    [
        ("2019-04-05", date(2019, 4, 5), date(2019, 4, 5)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("1899-12-31", date(1899, 12, 31), date(1899, 12, 31)),
        ("2026-03-02", TODAY, TODAY),
    ],
)
def test_a_date_is_its_day_and_a_year_all_its_days(told: str, earliest: date, latest: date) -> None:
    assert birth_date({"birthDate": told}, today=TODAY) == Born(earliest=earliest, latest=latest)


@pytest.mark.parametrize(
    "told", [None, "", "2026-03-03", "2027", "soon", "2019-02-30", "2019-04-05T10:00:00Z", 2019, {}, []]
)
def test_what_is_no_birth_date_says_nothing(told: object) -> None:
    """Hazard: a mistyped year to come would keep a person from their own record for years."""
    assert birth_date({"birthDate": told}, today=TODAY) is None


@given(st.text(max_size=12))
def test_no_text_breaks_it(told: str) -> None:
    born = birth_date({"birthDate": told}, today=TODAY)
    assert born is None or born.earliest <= born.latest
