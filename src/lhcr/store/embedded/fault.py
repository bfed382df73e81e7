"""What a caller is told when the embedded server cannot do as asked."""

from lhcr.kernel.errors import Issue, Unavailable


def embedded_unavailable(error: str, diagnostics: str) -> Unavailable:
    """Return an error whose stable code is `embedded-<error>`; `diagnostics` says what to do."""
    return Unavailable([Issue(code="exception", error=f"embedded-{error}", diagnostics=diagnostics)])
