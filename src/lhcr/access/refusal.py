"""A refusal: what the asker is told, and the entry that says so in the log."""

from typing import Final

from lhcr.access.verdict import Verdict
from lhcr.kernel.errors import Forbidden, Issue

_NEXT: Final = {
    "role": "Ask whoever manages your access if your work needs it.",
    "scope": "Ask for a token with a scope that grants it.",
    "relationship": "If you are caring for this person, record the registration, referral, appointment or encounter first.",
    "person-not-named": "Name the person: add patient=, or trace them first.",
    "own-record": "If you act for this person, ask the practice to record it.",
    "own-contribution": "Ask the area's operator for a token that names your organisation.",
    "purpose": "Choose a purpose that your token carries and that fits what you do.",
}
_OTHERWISE: Final = "Ask the area's privacy office, and quote the reference."


class Refused(Forbidden):
    """403: this asker may not do this. The error is the rule's family; diagnostics hold why, what next and the reference."""

    def __init__(self, verdict: Verdict, *, reference: str) -> None:
        self.verdict = verdict
        self.reference = reference
        diagnostics = f"{verdict.reason} {_NEXT.get(verdict.rule, _OTHERWISE)} Decision {reference}."
        super().__init__([Issue(code="forbidden", error=verdict.rule, diagnostics=diagnostics)])
