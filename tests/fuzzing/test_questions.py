"""Questions that nobody should ask: random addresses, query strings and headers are answered or refused, never a failure."""

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.fuzzing.effort import fuzzed
from tests.fuzzing.resource_schema import PATIENT, WARD
from tests.interoperability.live_area import Caller, LiveArea
from tests.interoperability.outcomes import codes_of, defects_of
from tests.interoperability.raw_socket import raw_socket, request

from lhcr.fhir.search.catalogue import parameters_of

FUZZED = fuzzed(60)
_WORDS = ("Patient", "Observation", PATIENT, WARD, "x", "_history", "_search", "1", "$everything", "$validate", "$meta", "*", "metadata", ".",
          "..", "", "%00", "%2f", "%ff", "%", "%zz", ";", "a" * 65, "é", "_history/1", "Patient?", "\\", "'", "{id}")  # fmt: skip
_NAMES = (*parameters_of("Patient"), *parameters_of("Observation"), "_has", "_include", "_revinclude", "_sort", "_count", "_summary",
          "_elements", "_total", "_type", "_cursor", "_format", "_pretty", "_since", "_contained", "_filter", "_list", "nonsense", "")  # fmt: skip
_SUFFIXES = ("", ":exact", ":contains", ":missing", ":not", ":text", ":in", ":below", ":above", ":identifier", ":of-type", ":iterate",
             ":Patient", ".name", ":Patient.organization.name", ":", ".", "." * 40, ":Observation:patient:code", "%00")  # fmt: skip
_VALUES = ("", ",", "|", "||", "$", "\\", "\\,", "a,b", "a|b|c", "ge2026", "ge", "2026-13", "9999-12-31", "0000", "true", "-1", "0", "1e400",
           "NaN", "5.4|u|kg", "Patient/x", "http://x/fhir/Patient/1", "Observation:patient", "*", "%00", "%ff", "%f0%9f%91%a9", "%ed%a0%80",
           "'; DROP TABLE resource; --", "a" * 3_000, ",".join(["x"] * 600), "_id,-_id", "-", "near", "91|181|x|km", "+", "%2b", "%")  # fmt: skip

segments = st.one_of(
    st.sampled_from(_WORDS), st.text(max_size=8).map(lambda text: quote(text.encode("utf-8", "surrogatepass")))
)
values = st.one_of(
    st.sampled_from(_VALUES), st.text(max_size=12).map(lambda text: quote(text.encode("utf-8", "surrogatepass")))
)
pairs = st.tuples(st.sampled_from(_NAMES), st.sampled_from(_SUFFIXES), values).map(
    lambda each: f"{each[0]}{each[1]}={each[2]}"
)
queries = st.one_of(
    st.lists(pairs, min_size=1, max_size=4).map("&".join), st.text("ab=&%;+?/:é", max_size=30).map(quote)
)


def check(live_area: LiveArea, method: str, target: str) -> None:
    """Ask for a target as it stands, over a raw connection: a client library would mend it first."""
    with raw_socket(live_area.port) as connection:
        connection.send(request(method, target, token=live_area.tokens["hospital"], headers="x-request-id: fuzz-2\r\n"))
        answer = connection.answer()
    assert answer is not None, target
    assert answer.status < 500, (target, answer.body)
    if answer.headers.get("x-request-id") is None:
        # What is no HTTP never reaches the area.
        assert (answer.status, answer.body) == (400, b"Invalid HTTP request received."), target
        return
    assert answer.headers["x-request-id"] == "fuzz-2"
    if answer.status >= 400:
        assert b'"OperationOutcome"' in answer.body, (target, answer.body)
        assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"


@given(method=st.sampled_from(["GET", "DELETE", "OPTIONS"]), path=st.lists(segments, max_size=5).map("/".join))
@example(method="GET", path="Patient/" + "/".join(["x"] * 2_000))
@FUZZED
def test_any_path_is_answered_or_refused(method: str, path: str, live_area: LiveArea) -> None:
    before = live_area.row_count()
    check(live_area, method, f"/fhir/{path.encode('ascii', 'replace').decode()}")
    assert live_area.row_count() == before


@pytest.mark.parametrize("path", ["Patient", "Observation", f"Patient/{PATIENT}/Observation", "", f"Patient/{PATIENT}/$everything",
                                  f"Patient/{PATIENT}/_history", f"Organization/{WARD}"])  # fmt: skip
@given(query=queries)
@FUZZED
def test_any_query_is_answered_or_refused(path: str, query: str, live_area: LiveArea) -> None:
    check(live_area, "GET", f"/fhir/{path}?{query}")


@given(condition=queries)
@FUZZED
def test_any_condition_is_met_or_refused(condition: str, hospital: Caller) -> None:
    """Hazard: a condition that means everything deletes or overwrites what nobody named."""
    sentinel = {"resourceType": "Organization", "id": WARD, "name": "Ward"}
    sent = [
        hospital.ask("DELETE", f"/Organization?{condition}&_id=never-was"),
        hospital.send("PUT", f"/Organization?{condition}&_id=never-was", {**sentinel, "id": "never-was"}),
        hospital.send("POST", "/Organization", sentinel, if_none_exist=condition),
    ]
    assert [answer.text for answer in sent if answer.status_code >= 500 or defects_of(answer)] == []
    hospital.ask("DELETE", "/Organization/never-was")
    assert hospital.get(f"/Organization/{WARD}").status_code == 200


_HEADER_NAMES = ("accept", "content-type", "if-match", "if-none-match", "if-modified-since", "if-none-exist", "prefer", "x-lhcr-purpose",
                 "x-request-id", "authorization", "content-encoding", "accept-encoding", "range", "cookie", "host", "x-forwarded-for",
                 "x-http-method-override", "expect", "origin", "forwarded", "x-original-url")  # fmt: skip
_HEADER_VALUES = ("", "*", "*/*", "gzip", 'W/"1"', 'W/""', 'W/"1", W/"2"', "Mon, 23 Nov 2026 00:00:00 GMT", "Thu, 99 Foo 99999 99:99:99 GMT",
                  "return=minimal", "return=", "respond-async", "handling=lenient", "text/html", "application/fhir+xml;q=1", ";;;", "q=q=q", "a" * 9_000,
                  "DELETE", "http://evil.test", "100-continue", "bytes=0-1", "TREAT", "\x7f", "é", ",", "{{x}}", "${jndi:ldap://x}")  # fmt: skip
headers = st.lists(
    st.tuples(
        st.sampled_from(_HEADER_NAMES), st.one_of(st.sampled_from(_HEADER_VALUES), st.text('a;=,"/*é \t', max_size=20))
    ),
    max_size=5,
)


@given(sent=headers, method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]))
@FUZZED
def test_any_headers_are_heeded_or_refused(
    sent: list[tuple[str, str]], method: str, live_area: LiveArea, hospital: Caller
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent).encode("latin-1")
    before = hospital.get(f"/Organization/{WARD}").headers["etag"]
    token = live_area.tokens["hospital"].encode()
    path = b"/fhir/Organization/never-was-either" if method == "DELETE" else f"/fhir/Organization/{WARD}".encode()
    with raw_socket(live_area.port, patience=10) as connection:
        connection.send(
            method.encode()
            + b" "
            + path
            + b" HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
            + token
            + b"\r\n"
            + lines
            + b"\r\n"
        )
        answer = connection.answer(has_body=method != "HEAD")
    assert answer is not None
    assert answer.status < 500, (sent, answer.body)
    assert hospital.get(f"/Organization/{WARD}").headers["etag"] == before


def test_a_method_override_overrides_nothing(hospital: Caller) -> None:
    """Hazard: a link that only reads deletes."""
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        assert hospital.get(f"/Organization/{WARD}", headers={name: "DELETE"}).status_code == 200
    codes_of(hospital.get(f"/Organization/{WARD}", params={"_method": "DELETE"}), 400)
