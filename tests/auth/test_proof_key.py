"""The proof key: the example of RFC 7636, and nothing that merely looks like it."""

import pytest

from lhcr.auth.proof_key import is_challenge, proves

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_example_of_the_standard_is_proved() -> None:
    assert is_challenge(CHALLENGE)
    assert proves(VERIFIER, CHALLENGE)


@pytest.mark.parametrize("wrong", ["", CHALLENGE, VERIFIER[:-1], VERIFIER + "A", VERIFIER + "\n", "é" * 43, "A" * 129])
def test_nothing_else_proves_it(wrong: str) -> None:
    assert not proves(wrong, CHALLENGE)


@pytest.mark.parametrize("wrong", ["", CHALLENGE[:-1], CHALLENGE + "=", CHALLENGE + "\n", " " * 43, "+" * 43])
def test_what_is_no_digest_is_no_challenge(wrong: str) -> None:
    assert not is_challenge(wrong)
