"""A sign-in that comes to nothing: why, in a sentence for whoever tried, and what they can do next."""

from collections.abc import Sequence
from typing import Final

from lhcr.kernel.errors import Forbidden, Issue, Unavailable

_AGAIN: Final = "Go back and sign in again."


class SignInRefused(Forbidden):
    """403: nobody is signed in. `error` names the reason for the log, `next_steps` are sentences for a page.

    `subject` is whom the provider named, once its signed word was believed; "" before, when anybody may have sent it.
    """

    def __init__(self, error: str, why: str, *next_steps: str, subject: str = "") -> None:
        super().__init__([Issue(code="login", error=error, diagnostics=why)])
        self.error = error
        self.why = why
        self.next_steps: Sequence[str] = next_steps or (_AGAIN,)
        self.subject = subject


class ProviderDown(Unavailable):
    """503: the provider does not answer, or not in a way that can be used. Nobody is signed in; `error` is for the log."""

    def __init__(self, error: str) -> None:
        why = "The service that you sign in with does not answer at the moment."
        super().__init__([Issue(code="transient", error=error, diagnostics=why)])
        self.error = error


def not_believed(error: str) -> SignInRefused:
    """The provider's answer is not one that it can have given to this browser: why is for the log alone."""
    return SignInRefused(error, "The answer of the service that you sign in with could not be checked.", _AGAIN)
