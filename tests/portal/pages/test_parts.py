"""What every page does when what it needs breaks meanwhile."""

from collections.abc import Callable

import asyncpg
import httpx
import pytest
from tests.portal.conftest import Parts

SignIn = Callable[[str], httpx.AsyncClient]


@pytest.mark.parametrize(
    "broken", [asyncpg.ConnectionDoesNotExistError("x"), asyncpg.InterfaceError("x"), OSError("x")]
)
async def test_a_page_whose_connection_broke_is_away_for_now_and_no_fault(
    sign_in: SignIn, parts: Parts, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    """Hazard: somebody who cares for a person is told that the record is broken, and looks no more."""

    async def breaks(*_: object, **__: object) -> None:
        raise broken

    monkeypatch.setattr(type(parts.records), "open_record", breaks)
    answer = await sign_in("gp").get("/record/rec0000")
    assert answer.status_code == 503
    assert "cannot be read at the moment" in answer.text
