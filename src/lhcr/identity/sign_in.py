"""The way of signing in: how whoever asks proved who they are, and so what a token of theirs can ever be for."""

from enum import Enum


class SignIn(Enum):
    """The ways that rules tell apart; `lhcr.access.permissions` says what each may ever grant.

    AAL is the authenticator assurance level (NHS CIS2, after NIST SP 800-63-3), P9 the level of proof of identity of NHS login.
    A system that acts for a professional carries the way in which the professional signed in, not its own.
    """

    CIS2_AAL3 = "cis2-aal3"
    CIS2_AAL2 = "cis2-aal2"
    NHS_LOGIN_P9 = "nhs-login-p9"
    CLIENT_CREDENTIALS = "client-credentials"
    PERSONA = "persona"
    """Somebody made up, whom only a demonstration knows."""
    COMMAND_LINE = "command-line"
    """Whoever can reach the database from a shell of the server."""
    NOT_TOLD = "not-told"
    """A token that does not say; it is good for nothing."""
