"""The catalogue: every permission has one name, and every way of signing in a row of the table in the rules' own words."""

import re
from pathlib import Path

import pytest

from lhcr.access.permissions import GRANTABLE, Permission, may_grant
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.roles import Activity

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
COLUMNS = (
    SignIn.CIS2_AAL3,
    SignIn.CIS2_AAL2,
    SignIn.NHS_LOGIN_P9,
    SignIn.CLIENT_CREDENTIALS,
    SignIn.PERSONA,
    SignIn.COMMAND_LINE,
)


def told() -> dict[str, list[bool]]:
    """The table of `docs/rules.md`: a permission's code to one answer a way of signing in."""
    _, _, section = RULES.read_text(encoding="utf-8").partition("## What may be permitted")
    rows = re.findall(r"^\| `?([\w-]+)[^|]*((?:\|[^|\n]*){6})\|$", section, re.MULTILINE)
    return {
        code: [cell.strip() == "yes" for cell in cells.split("|")[1:]] for code, cells in rows if code != "permission"
    }


def test_the_table_is_the_one_that_the_text_tells() -> None:
    by_code = {each.code: [may_grant(way, each) for way in COLUMNS] for each in Permission}
    assert told() | {} == by_code


def test_every_national_activity_is_in_the_catalogue_under_its_own_code_and_no_code_is_made_up() -> None:
    codes = [each.code for each in Permission]
    assert len(set(codes)) == len(codes)
    assert {each.code for each in Activity} == {code for code in codes if re.fullmatch(r"B\d{4}", code)}


def test_every_way_of_signing_in_has_its_row_and_what_is_not_told_grants_nothing() -> None:
    assert set(GRANTABLE) == set(SignIn)
    assert {*COLUMNS, SignIn.NOT_TOLD} == set(SignIn)
    assert not GRANTABLE[SignIn.NOT_TOLD]


@pytest.mark.parametrize("permission", Permission)
def test_nothing_is_granted_by_no_way_outside_a_demonstration(permission: Permission) -> None:
    """A permission that only a persona can have would be one that no area has."""
    assert any(may_grant(way, permission) for way in SignIn if way is not SignIn.PERSONA)
