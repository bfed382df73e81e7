"""The limits of sessions, as the document of assurance tells them and within what NIST SP 800-63B asks for."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.sessions import Limits, limits_of
from lhcr.identity.sign_in import SignIn

_PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "assurance" / "asvs.md"
#: NIST SP 800-63B (revision 3), 4.2.3 and 4.3.3: proving anew who one is, at the latest after so long without use, and in any case.
_NIST: Final = {
    "AAL2": Limits(idle=timedelta(minutes=30), longest=timedelta(hours=12)),
    "AAL3": Limits(idle=timedelta(minutes=15), longest=timedelta(hours=12)),
}
#: A citizen proves with P9 who they are, which NHS login does with a second factor; their sessions are held to the stricter of the two.
_HELD_TO: Final = {SignIn.CIS2_AAL2: "AAL2", SignIn.CIS2_AAL3: "AAL3", SignIn.NHS_LOGIN_P9: "AAL3"}
_TOLD: Final = {"staff": SignIn.CIS2_AAL3, "citizens": SignIn.NHS_LOGIN_P9}


@pytest.mark.parametrize(("way", "level"), _HELD_TO.items())
def test_no_session_lasts_longer_than_nist_has_somebody_prove_anew_who_they_are(
    claims: Claims, way: SignIn, level: str
) -> None:
    limits, most = limits_of(msgspec.structs.replace(claims, sign_in=way)), _NIST[level]
    assert limits.idle <= most.idle
    assert limits.longest <= most.longest


@pytest.mark.parametrize(("who", "way"), _TOLD.items())
def test_the_document_tells_the_limits_that_are_held(claims: Claims, who: str, way: SignIn) -> None:
    row = re.search(rf"^\| {who} \|.*\| (\d+) minutes \| (\d+) hours", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert row is not None
    told = Limits(idle=timedelta(minutes=int(row[1])), longest=timedelta(hours=int(row[2])))
    assert told == limits_of(msgspec.structs.replace(claims, sign_in=way))
