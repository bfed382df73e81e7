"""Every routed path, fuzzed by schemathesis with data that fits its description and data that does not."""

import json
from typing import Any, Final

import httpx
import schemathesis
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi import checks
from tests.fuzzing.effort import LONG, fuzzed
from tests.fuzzing.openapi import openapi
from tests.interoperability.live_area import LiveArea
from tests.interoperability.outcomes import ANSWER_TYPE, defects_of

SCHEMA: Final = schemathesis.openapi.from_dict(openapi())
# Walking every boundary of every parameter takes eight thousand requests.
SCHEMA.config.phases.coverage.enabled = LONG
CHECKS: Final[list[CheckFunction]] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@SCHEMA.parametrize()
@fuzzed(8)
def test_every_answer_has_the_form_that_is_promised(case: Any, live_area: LiveArea) -> None:
    headers = {"authorization": f"Bearer {live_area.tokens['hospital']}", "x-request-id": "fuzz-1"}
    response = case.call(base_url=live_area.base, headers=headers)
    case.validate_response(response, checks=CHECKS)
    answer = httpx.Response(
        response.status_code,
        headers=[(name, value) for name, values in response.headers.items() for value in values],
        content=response.content,
        request=httpx.Request(response.request.method, response.request.url),
    )
    assert defects_of(answer) == [], response.text
    assert answer.headers.get("content-type", ANSWER_TYPE) == ANSWER_TYPE
    assert not answer.content or json.loads(answer.content)["resourceType"]
    assert answer.headers["x-request-id"] == "fuzz-1"
