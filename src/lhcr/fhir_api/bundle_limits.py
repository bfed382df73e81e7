"""The limits of a batch or transaction beyond its number of entries: what they ask, what they are told, what they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lhcr.fhir_api.reply import Reply
from lhcr.kernel.errors import Incorrect, Issue, LhcrError

_MOST_ASKED: Final = 4 * 1_048_576
_MOST_ANSWERED: Final = 50 * 1_048_576
_MOST_ISSUES: Final = 1_000


def limit_asked(entries: Sequence[Any]) -> None:
    """Raise Incorrect (413) where the addresses, conditions and patches of entries are longer than anybody would write them.

    Hazard: each is taken apart for its own sake, which takes a thousand times as long as reading it, and others wait.
    """
    if sum(_asked(entry) for entry in entries if isinstance(entry, dict)) > _MOST_ASKED:
        diagnostics = (
            "The addresses, conditions and patches of the entries are too long altogether. Send fewer entries at once."
        )
        issue = Issue(
            code="too-costly", error="bundle-asks-too-much", diagnostics=diagnostics, expression="Bundle.entry"
        )
        raise Incorrect([issue], status=413)


def _asked(entry: Any) -> int:
    request, resource = entry.get("request"), entry.get("resource")
    told = [request.get("url"), request.get("ifNoneExist")] if isinstance(request, dict) else []
    if isinstance(request, dict) and request.get("method") == "PATCH" and isinstance(resource, dict):
        told.append(resource.get("data"))
    return sum(len(each) for each in told if isinstance(each, str))


@dataclass(slots=True)
class AnswerBudget:
    """What may still be answered to one Bundle: bytes of what its entries read, issues of what is wrong with them.

    Hazard: five thousand searches in one batch, each answered with megabytes, end the worker and every session that it serves.
    """

    bytes_left: int = _MOST_ANSWERED
    issues_left: int = _MOST_ISSUES

    def require_room(self) -> None:
        """Raise Incorrect (413) where so much has been answered that nothing more is read."""
        if self.bytes_left <= 0:
            diagnostics = (
                "The answers to the entries before are too large together. Ask for this one in another Bundle."
            )
            raise Incorrect(
                [Issue(code="too-costly", error="bundle-answer-too-large", diagnostics=diagnostics)], status=413
            )

    def count(self, reply: Reply) -> Reply:
        self.bytes_left -= sum(map(len, reply.body))
        return reply

    def told(self, error: LhcrError) -> LhcrError:
        """Return the error with as many issues as may still be told, at least one."""
        kept = error.issues[: max(1, self.issues_left)]
        self.issues_left -= len(kept)
        return LhcrError(kept, status=error.status)
