"""Only the log releases answers, and what it released cannot be made into another."""

from dataclasses import FrozenInstanceError, replace

import pytest

from lhcr.audit.answer import Answer
from lhcr.audit.released import SEAL, Released

ANSWER = Answer(status=200, headers=(("ETag", "1"),), body=(b"{", b"}"))


@pytest.mark.parametrize("seal", [None, object(), "SEAL", True])
def test_nobody_without_the_seal_releases_an_answer(seal: object) -> None:
    with pytest.raises(TypeError):
        Released(seal=seal, answer=ANSWER)


def test_a_released_answer_is_sent_as_it_was_given() -> None:
    released = Released(seal=SEAL, answer=ANSWER)
    assert (released.status, released.headers, released.body) == (200, (("ETag", "1"),), (b"{", b"}"))


def test_a_released_answer_does_not_become_another() -> None:
    """Hazard: an answer that was logged as one person's, sent with another's record in it."""
    released = Released(seal=SEAL, answer=ANSWER)
    with pytest.raises((TypeError, ValueError)):
        replace(released, answer=Answer(status=200, body=(b"another's",)))  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        released.answer = Answer(status=200)  # type: ignore[misc]
