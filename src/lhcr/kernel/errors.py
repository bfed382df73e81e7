"""Errors in nine categories, each with the issues that a caller can act on.

The categories follow the anomalies that Blaze took from Cognitect: a category says what a caller can do, and each is
mapped once to an HTTP status and an OperationOutcome (`lhcr.fhir.outcome`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Category(Enum):
    UNAVAILABLE = "unavailable"
    INTERRUPTED = "interrupted"
    INCORRECT = "incorrect"
    FORBIDDEN = "forbidden"
    UNSUPPORTED = "unsupported"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    FAULT = "fault"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that is wrong: what, where and for whom to read.

    `code` is from http://hl7.org/fhir/issue-type, `error` is a stable code of urn:lhcr:error, `expression` is a FHIRPath
    such as `Patient.name[0].given`, `diagnostics` is for people and never holds person data.
    """

    code: str
    error: str
    diagnostics: str
    expression: str | None = None
    severity: str = "error"


class LhcrError(Exception):
    """An error that a caller is told about: a category, an optional HTTP status and at least one issue."""

    category: Category = Category.FAULT
    status: int = 500

    def __init__(self, issues: Sequence[Issue], *, status: int | None = None) -> None:
        self.issues = tuple(issues)
        if status is not None:
            self.status = status
        super().__init__("; ".join(issue.diagnostics for issue in self.issues))


class Unavailable(LhcrError):
    """A part that the answer needs does not answer: nothing was done, and asking again later may work."""

    category = Category.UNAVAILABLE
    status = 503


class Interrupted(LhcrError):
    """The work was stopped before it was finished and was rolled back."""

    category = Category.INTERRUPTED
    status = 503


class Incorrect(LhcrError):
    """The request is wrong: asking the same again gives the same error. 400 unless said otherwise (412, 413, 415, 422)."""

    category = Category.INCORRECT
    status = 400


class Unauthenticated(LhcrError):
    """Nobody is known to be asking."""

    category = Category.FORBIDDEN
    status = 401


class Forbidden(LhcrError):
    """The asker may not do this, which follows from asker and request alone."""

    category = Category.FORBIDDEN
    status = 403


class Unsupported(LhcrError):
    """The server does not do this. 400 unless said otherwise (405, 501)."""

    category = Category.UNSUPPORTED
    status = 400


class NotFound(LhcrError):
    """No such thing, or a hidden one: both read the same. 410 for what was deleted."""

    category = Category.NOT_FOUND
    status = 404


class Conflict(LhcrError):
    """The state does not allow it: 409, or 412 where a precondition failed."""

    category = Category.CONFLICT
    status = 409


class Fault(LhcrError):
    """A defect of the server: logged with its trace, told without it."""

    category = Category.FAULT
    status = 500


class Busy(LhcrError):
    """Too much is asked at once: 429 (the asker's limit) or 503."""

    category = Category.BUSY
    status = 429
