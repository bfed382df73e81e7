"""The marker of what is hidden with notice: an OperationOutcome among the entries of a Bundle, and a label on the Bundle.

Both are the same bytes whatever is hidden, from whom and why. Hazard: a sensitive item exposed by a marker that says how many, of
which kind, of when or by whom; and partial shown as complete where it says nothing. FHIR R4 shows such an outcome as its example
"break-the-glass" (http://hl7.org/fhir/R4/operationoutcome-example-break-the-glass.json.html), to which Security Labels refers; its code
`suppressed` of IssueType is for what was not returned for rules of privacy, consent and access. The label, REDACTED of HL7 v3
ObservationValue, says that the content was altered by leaving some out (FHIR R4, value set of all security labels), where MASKED would
say that it is here and unreadable. It stands on the Bundle so that an answer with a count alone carries it too.
"""

from typing import Final

from lhcr.fhir.json_document import write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir_api.bundle import OUTCOME
from lhcr.kernel.errors import Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.record.search.found import SearchPage

OBSERVATION_VALUE: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_HIDDEN: Final = Issue(
    code="suppressed",
    error="hidden-with-notice",
    diagnostics=(
        "Entries in this person's record were deliberately withheld from you. They may have nothing to do with what you asked for, and "
        "this is said whatever you ask about this person. Do not take this answer for all that is recorded. Ask the person, or whoever "
        "cares for them. Where their safety needs it now, emergency access may show some of it."
    ),
    severity="information",
)
MARKER: Final = b'{"resource":' + write_json(operation_outcome([_HIDDEN])) + OUTCOME
_META: Final[JsonObject] = {"security": [{"system": OBSERVATION_VALUE, "code": "REDACTED", "display": "redacted"}]}


def marker_entries(*, noticed: bool) -> list[bytes]:
    """Return the marker as the entry of a Bundle, none where there is nothing to be told of."""
    return [MARKER] if noticed else []


def bundle_meta(*, noticed: bool) -> JsonObject | None:
    return _META if noticed else None


def is_told(page: SearchPage, *, names_person: bool) -> bool:
    """Return whether a page of a search carries the marker.

    `names_person`: the question itself says whom it is about. Hazard: of one that names an entry alone the marker would say whose it
    is, and so that it is there, although it is hidden; so it is told with what was found.
    """
    return page.noticed and (names_person or bool(page.matches))
