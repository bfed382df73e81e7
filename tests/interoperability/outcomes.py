"""What every refusal owes its reader: an OperationOutcome with codes that programs know and words that tell nothing of the inside."""

import json
from collections.abc import Collection
from typing import Final

import httpx

from lhcr.fhir.validation import validate

ANSWER_TYPE: Final = "application/fhir+json; charset=utf-8"
_INSIDES: Final = ("traceback", 'file "', ".py", "asyncpg", "uvicorn", "starlette", "exception(", "select ", "postgres")


def defects_of(response: httpx.Response) -> list[str]:
    """Return what is wrong with the form of a refusal; nothing where it is an answer."""
    if response.status_code < 400:
        return []
    if response.request.method == "HEAD":
        return [] if response.headers.get("content-type") == ANSWER_TYPE else ["content-type"]
    return [*_form(response), *(f"tells {inside!r}" for inside in _INSIDES if inside in response.text.lower())]


def _form(response: httpx.Response) -> list[str]:
    if response.headers.get("content-type") != ANSWER_TYPE:
        return [f"content-type {response.headers.get('content-type')}"]
    document = json.loads(response.content)
    if document.get("resourceType") != "OperationOutcome":
        return ["no OperationOutcome"]
    found = [f"invalid: {issue.diagnostics}" for issue in validate(document)]
    for issue in document["issue"]:
        coding = issue.get("details", {}).get("coding", [{}])[0]
        if coding.get("system") != "urn:lhcr:error" or not coding.get("code"):
            found.append("no coding of urn:lhcr:error")
        if not issue.get("diagnostics"):
            found.append("no diagnostics")
    return found


def codes_of(response: httpx.Response, statuses: int | Collection[int]) -> set[str]:
    """Check that a request was refused as it should be and return the codes of its issues."""
    expected = {statuses} if isinstance(statuses, int) else set(statuses)
    assert response.status_code in expected, (response.status_code, response.text)
    assert defects_of(response) == [], response.text
    if response.request.method == "HEAD":
        return set()
    return {issue["details"]["coding"][0]["code"] for issue in response.json()["issue"]}
