"""The way of signing in: told by the token as it is, and worth nothing where it is not told."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from lhcr.identity.claims import Claims
from lhcr.identity.principal import Principal
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.json_types import JsonObject

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lhcr"
TOLD: JsonObject = {"sub": "1", "name": "Dr Ada Fell", "kind": "professional", "purposes": ["TREAT"]}


def principal(claims: JsonObject) -> Principal:
    return msgspec.convert(TOLD | claims, type=Claims).principal(token_id="t", expires=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("way", [way for way in SignIn if way is not SignIn.PERSONA])
def test_a_token_is_taken_to_be_of_the_way_that_it_says(way: SignIn) -> None:
    assert principal({"sign_in": way.value}).sign_in is way
    assert principal({"sign_in": way.value, "persona": True}).sign_in is way


def test_hazard_a_token_that_does_not_say_is_worth_no_more_than_one_that_says_nothing_was_told() -> None:
    """Hazard: a sensitive item exposed to a token that left out how its bearer signed in."""
    assert principal({}).sign_in is SignIn.NOT_TOLD
    assert principal({"persona": True}).sign_in is SignIn.PERSONA


@pytest.mark.parametrize("said", ["persona", "", "CIS2-AAL3", "aal3", 3])
def test_nobody_but_a_persona_signs_in_as_one_and_no_way_is_made_up(said: object) -> None:
    with pytest.raises(ValueError):
        principal({"sign_in": said})


def test_every_principal_that_the_program_makes_says_how_it_signed_in() -> None:
    """Hazard: a principal that somebody builds without saying would count as a persona, whom everything is granted."""
    made = [
        (file.name, {keyword.arg for keyword in node.keywords})
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Principal"
    ]
    assert made
    assert [name for name, said in made if "sign_in" not in said] == []
