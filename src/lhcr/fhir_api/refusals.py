"""Errors that belong to HTTP itself: each says what its answer's headers must say too."""

from collections.abc import Iterable
from typing import Final

from lhcr.kernel.errors import Busy, Incorrect, Issue, LhcrError, Unauthenticated, Unsupported

_CHALLENGE: Final = 'Bearer realm="fhir"'


class MethodNotAllowed(Unsupported):
    """405: the target exists and does not do this. `allow` are the methods that it does."""

    status = 405

    def __init__(self, allow: Iterable[str]) -> None:
        self.allow = ", ".join(sorted(allow))
        diagnostics = f"This address does not answer this method. It answers {self.allow}."
        super().__init__([Issue(code="not-supported", error="method-not-allowed", diagnostics=diagnostics)])


def no_token() -> Unauthenticated:
    diagnostics = "Send an access token in the header Authorization: Bearer."
    return Unauthenticated([Issue(code="login", error="token-missing", diagnostics=diagnostics)])


def too_large(limit: int) -> Incorrect:
    diagnostics = f"The body is larger than this server takes: at most {limit} bytes. Split it."
    return Incorrect([Issue(code="too-long", error="body-too-large", diagnostics=diagnostics)], status=413)


def too_many_entries(most: int) -> Incorrect:
    diagnostics = (
        f"The Bundle has more entries than this server takes at once: at most {most}. Send it as several smaller Bundles, or "
        "have the area's operator take it in with the command lhcr load. Nothing was done."
    )
    issue = Issue(
        code="too-costly", error="bundle-too-many-entries", diagnostics=diagnostics, expression="Bundle.entry"
    )
    return Incorrect([issue], status=413)


def too_many_values(most: int, place: str | None) -> Incorrect:
    diagnostics = (
        f"A resource holds more values than this server takes at once: at most {most}. Send it as several resources, or have "
        "the area's operator take it in with the command lhcr load. Nothing was done."
    )
    issue = Issue(code="too-costly", error="resource-too-many-values", diagnostics=diagnostics, expression=place)
    return Incorrect([issue], status=413)


def stalled() -> Incorrect:
    diagnostics = "The body stopped arriving before it was whole. Nothing was done; send it again."
    return Incorrect([Issue(code="timeout", error="body-stalled", diagnostics=diagnostics)], status=408)


def overloaded() -> Busy:
    diagnostics = "Too many large bodies are being read at once. Nothing was done; send the same again in a moment."
    return Busy([Issue(code="throttled", error="overloaded", diagnostics=diagnostics)], status=503)


def unsupported_media(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="not-supported", error="media-type-unsupported", diagnostics=diagnostics)], status=415)


def not_acceptable() -> Incorrect:
    diagnostics = "This server answers application/fhir+json. Ask for it with Accept or _format."
    return Incorrect([Issue(code="not-supported", error="not-acceptable", diagnostics=diagnostics)], status=406)


def malformed(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="invalid", error=error, diagnostics=diagnostics)])


def headers_of(error: LhcrError) -> tuple[tuple[str, str], ...]:
    """Return the headers that an error's answer owes: the challenge of a 401, the methods of a 405, when to come again."""
    if isinstance(error, MethodNotAllowed):
        return (("allow", error.allow),)
    if isinstance(error, Unauthenticated):
        missing = error.issues[0].error == "token-missing"
        return (("www-authenticate", _CHALLENGE if missing else f'{_CHALLENGE}, error="invalid_token"'),)
    return (("retry-after", "1"),) if error.status in {429, 503} else ()
