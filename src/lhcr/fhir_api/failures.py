"""Failures: whatever is raised while a call is answered becomes an answer, and where it was a defect, a line in the log."""

import traceback
from pathlib import Path

import structlog

from lhcr.fhir_api.told import Told, refusal
from lhcr.kernel.errors import Fault, Issue, LhcrError, Unavailable


class Failures:
    """`outages` are the exceptions by which the database says that it does not answer."""

    def __init__(self, outages: tuple[type[Exception], ...]) -> None:
        self._outages = outages
        self._log = structlog.get_logger("lhcr.fhir_api")

    def told(self, error: Exception, *, request_id: str, route: str) -> Told:
        return refusal(self.as_error(error, request_id=request_id, route=route))

    def as_error(self, error: Exception, *, request_id: str, route: str) -> LhcrError:
        """Return the error that a caller is told about."""
        if isinstance(error, LhcrError):
            return error
        # The driver also calls it an error of its interface when it is handed a value of a wrong type: a defect, no outage.
        outage = isinstance(error, self._outages) and not isinstance(error, ValueError)
        self._write_down("database-unavailable" if outage else "request-failed", error, request_id, route)
        return _unavailable() if outage else _fault(request_id)

    def _write_down(self, event: str, error: Exception, request_id: str, route: str) -> None:
        """Log where it failed. Hazard: person data in logs, so neither the message nor a value of an exception is written."""
        frames = traceback.extract_tb(error.__traceback__)
        self._log.error(
            event,
            request_id=request_id,
            route=route,
            error=type(error).__name__,
            frames=[f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames],
        )


def _unavailable() -> Unavailable:
    diagnostics = "The record cannot be reached now. Nothing was answered; send the same again in a moment."
    return Unavailable([Issue(code="transient", error="record-unavailable", diagnostics=diagnostics)])


def _fault(request_id: str) -> Fault:
    diagnostics = f"Something failed here that should not have. Tell the area's operator the request {request_id}."
    return Fault([Issue(code="exception", error="internal-error", diagnostics=diagnostics)])
