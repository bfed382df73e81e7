"""A refusal: what the asker is told, and the entry that says so in the log."""

from typing import Final

from lhcr.access.alerts import AlertType
from lhcr.access.request import Interaction, Request
from lhcr.access.subject_parameter import naming_codes
from lhcr.access.verdict import Verdict
from lhcr.kernel.errors import Forbidden, Issue
from lhcr.nhs.systems import NHS_NUMBER

_NEXT: Final = {
    "role": "Ask whoever manages your access if your work needs it.",
    "sign-in": "Sign in with a way that grants it, such as your smartcard.",
    "scope": "Ask for a token with a scope that grants it.",
    "relationship": "If you are caring for this person, record the registration, referral, appointment or encounter first.",
    "consent": "Ask the person: they can change this where they said it.",
    "acting": "Ask whoever runs the system or app to have it registered for your organisation and purpose, or sign in without it.",
    "own-record": "If this is your own record, or you act for this person, ask the practice to record it.",
    "own-contribution": "Ask the area's operator for a token that names your organisation.",
    "purpose": "Choose a purpose that your token carries and that fits what you do.",
    "secondary-use": "Ask the area's privacy office which data may be used for research or planning, and quote the reference.",
    "claim": "Ask a colleague who may claim one, or whoever manages your access if your work needs it.",
    "emergency": "Ask a colleague who has emergency access, or whoever manages your access if your work needs it.",
}
_WAYS: Final = {
    AlertType.RELATIONSHIP: "claim a relationship and say why",
    AlertType.ACCESS: "begin emergency access",
}
_BY_PATIENT: Final = "Name the person: add patient=[id of their Patient], or trace them first."
_BY_ID: Final = "Name the person by the id of their Patient: _id=[id]."
_BY_NUMBER: Final = (
    f"To trace somebody, write their number with its system, identifier={NHS_NUMBER}|[number], or ask by name and birthdate. A "
    "Patient whose id is known is named by it: _id=[id]."
)
_BY_NOTHING: Final = (
    "A search of this type can name nobody: read its entries by id, or with what else is recorded about somebody, "
    "Patient/[id]/$everything."
)
_OF_ONE: Final = "Ask for the history of one entry, [type]/[id]/_history, or search with patient=[id of their Patient]."
_OTHERWISE: Final = "Ask the area's privacy office, and quote the reference."


class Refused(Forbidden):
    """403: this asker may not do this. The error is the rule's family; diagnostics hold why, what next and the reference."""

    def __init__(
        self,
        verdict: Verdict,
        *,
        reference: str,
        request: Request | None = None,
        ways: tuple[AlertType, ...] = (),
        contact: str = "",
    ) -> None:
        """`ways` are what the asker may do on their own word, in the portal; `contact` is a sentence that says whom to telephone."""
        self.verdict = verdict
        self.reference = reference
        self.ways = ways
        self.contact = contact
        diagnostics = f"{told_of(verdict, request=request, ways=ways, contact=contact)} Decision {reference}."
        super().__init__([Issue(code="forbidden", error=verdict.rule, diagnostics=diagnostics)])


def told_of(
    verdict: Verdict, *, request: Request | None = None, ways: tuple[AlertType, ...] = (), contact: str = ""
) -> str:
    """Return what a refused asker reads, but for the reference: why, and what they can do next."""
    said = (verdict.reason, _next(verdict, request), _by_word(ways), contact)
    return " ".join(part for part in said if part)


def _next(verdict: Verdict, request: Request | None) -> str:
    """Return what to do next: by the rule and, where the request names nobody who must be named, by how it may name somebody."""
    is_unnamed = request is not None and request.person is None and not request.interaction.writes
    if verdict.rule == "person-not-named" or (verdict.rule == "own-record" and is_unnamed):
        return _naming(verdict, request)
    return _NEXT.get(verdict.rule, _OTHERWISE)


def _by_word(ways: tuple[AlertType, ...]) -> str:
    named = " or ".join(_WAYS[way] for way in ways)
    return f"In the portal you can {named}." if ways else ""


def _naming(verdict: Verdict, request: Request | None) -> str:
    if request is not None and request.interaction is Interaction.HISTORY:
        return _OF_ONE
    if request is not None and request.type == "Patient":
        return _BY_ID if verdict.rule == "own-record" else _BY_NUMBER
    codes = ("patient",) if request is None or request.type is None else naming_codes(request.type)
    if not codes:
        return _BY_NOTHING
    return (
        _BY_PATIENT if codes[0] == "patient" else f"Name the person: add {codes[0]}=Patient/[id], or trace them first."
    )
