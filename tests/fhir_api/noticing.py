"""Answers with and without the marker of what is hidden: taken out byte for byte, and policies that tell of more or of nothing."""

from typing import Any

import asyncpg
import msgspec

from lhcr.access.policy import baseline_policy
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once

#: Written out here and not taken from the program: a word more in it is a change that somebody has to look at.
META = '"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"REDACTED","display":"redacted"}]},'
MARKER = (
    '{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"suppressed",'
    '"details":{"coding":[{"system":"urn:lhcr:error","code":"hidden-with-notice"}]},"diagnostics":"Entries in this person\'s record were '
    "deliberately withheld from you. They may have nothing to do with what you asked for, and this is said whatever you ask about this "
    "person. Do not take this answer for all that is recorded. Ask the person, or whoever cares for them. Where their safety needs it now, "
    'emergency access may show some of it."}]},"search":{"mode":"outcome"}}'
)


def has_marker(text: str) -> bool:
    """Whether an answer carries the label; one that holds entries carries the outcome too, and none carries that alone."""
    assert (MARKER in text) <= (META in text)
    return META in text


def without_marker(text: str) -> str:
    """The same bytes as if nothing had been told."""
    for entries in (f',"entry":[{MARKER}]', f",{MARKER}", f"{MARKER},"):
        text = text.replace(entries, "")
    return text.replace(META, "")


def notice(**reasons: list[str]) -> dict[str, Any]:
    """A policy of notice that tells of nothing but what is named."""
    nobody: dict[str, Any] = {"objection": [], "value_set": [], "label": [], "agreement": [], "never": [], "kinds": []}
    return nobody | reasons


async def decide_for_area(dsn: str, **members: Any) -> None:
    """Let an area take the practice's word on objections, and decide some members of the policy for itself."""
    consent = msgspec.to_builtins(baseline_policy().file.consent) | {"sources": ["A81001"]}
    policy = msgspec.json.encode({"consent": consent} | members)
    connection = await asyncpg.connect(dsn)
    await setting_made_once(connection, ACCESS_POLICY, make=lambda: policy)
    await connection.close()
