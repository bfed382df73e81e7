"""Two worlds: who is kept from a part of a record is told the same, byte for byte, with that part and without it, but for the marker
that policy lets be told.

The same requests are asked of an area in which the hospital has what the person objects to sharing, and of one in which it has not. The pharmacy that asks has contributed to the record itself.
Instants, ids that the server assigns and references of decisions are numbered as they come; nothing else is touched.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.fhir_api.noticing import decide_for_area, has_marker, notice, without_marker
from tests.fhir_api.objecting import (
    ABOUT,
    AT_HOSPITAL,
    NUMBER,
    episode,
    object_to,
    problem,
    put,
    to_kind,
    to_source,
)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
#: To the second, so that what was written together may or may not have the same.
_DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT")
_ASSIGNED = re.compile(r"\b[0-9a-f]{32}\b")
_REFERENCE = re.compile(r"Decision [^ ]+\.")
_CURSOR = re.compile(r"(?<=_page=)[^&\"]+|(?<=_cursor=)[^&\"]+")
_HEADERS = ("etag", "last-modified", "location", "content-type", "content-location")
_CODE = "http://snomed.info/sct|35489007"
_ODD = [{"system": "urn:odd", "value": "hidden-number"}]

_OBJECTIONS = {"kind": to_kind("problem"), "source": to_source("RRE"), "whole": {"type": "deny"}}

Question = tuple[str, str, Any, dict[str, str]]


def objected() -> dict[str, list[dict[str, Any]]]:
    """What the hospital has, by what somebody objects to: a kind of entry, and the hospital itself."""
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": AT_HOSPITAL}
    target = [{"reference": "Condition/secret-1"}]
    agent = [{"who": {"display": "somebody"}}]
    problems = [
        problem("secret-1", note=[{"text": "first"}]),
        problem("secret-1", note=[{"text": "second"}], identifier=_ODD),
        problem("secret-2", recordedDate="2019-01-01"),
        {
            "resourceType": "Provenance",
            "id": "of-secret",
            "target": target,
            "recorded": "2020-01-01T00:00:00Z",
            "agent": agent,
        },
    ]
    allergy = {"resourceType": "AllergyIntolerance", "id": "secret-allergy", "patient": AT_HOSPITAL}
    everything = [*problems, observation | {"id": "secret-o"}, allergy]
    return {"kind": problems, "source": everything, "whole": everything}


def asked() -> Iterator[Question]:
    """Every way of asking for what is hidden, and for what is beside it."""
    entries = ("Condition/secret-1", "Condition/secret-2", "Condition/ours", "Condition/nobody", "Provenance/of-secret",
               "AllergyIntolerance/secret-allergy", "Observation/secret-o", "Observation/ours-o", "Patient/somebody")  # fmt: skip
    for entry in entries:
        for suffix in (
            "",
            "/_history",
            "/_history/1",
            "/_history/2",
            "/_history/3",
            "/$meta",
            "?_summary=true",
            "?_elements=id",
        ):
            yield "GET", f"/{entry}{suffix}", None, {}
        yield "GET", f"/{entry}", None, {"if-none-match": 'W/"1"'}
    shapes = (
        "",
        "&_count=1",
        "&_count=2",
        "&_total=accurate",
        "&_summary=count",
        "&_sort=-_lastUpdated",
        "&_elements=code",
    )
    searches = [
        *(f"/{each}?patient=somebody" for each in ("Condition", "Observation", "AllergyIntolerance", "Encounter", "Provenance")),
        f"/Condition?patient=somebody&code={_CODE}",
        f"/Condition?patient=somebody&code:not={_CODE}",
        "/Condition?patient=somebody&identifier=urn:odd|hidden-number",
        "/Condition?patient=somebody&recorded-date=lt2020",
        "/Condition?patient=somebody&_id=secret-1,ours",
        "/Condition?patient=somebody&_revinclude=Provenance:target",
        "/Condition?patient=somebody&_include=Condition:subject",
        "/Observation?patient=somebody&_include=Observation:subject&_include:iterate=Patient:general-practitioner",
        "/Patient?_id=somebody",
        f"/Patient?_id=somebody&_has:Condition:patient:code={_CODE}",
        "/Patient?_id=somebody&_has:Condition:patient:_id=secret-1",
        "/Patient?_id=somebody&_has:AllergyIntolerance:patient:_id=secret-allergy",
        "/Patient?_id=somebody&_revinclude=Condition:patient&_revinclude=Observation:subject",
        "/Patient/somebody/$everything",
        "/Patient/somebody/$everything?_since=2020-01-01",
        "/Patient/somebody/$everything?_type=Condition,Observation",
        "/Patient/somebody/*",
        "/Patient/somebody/Condition",
    ]  # fmt: skip
    for path, shape in itertools.product(searches, shapes):
        if "$everything" not in path or shape[:7] in {"", "&_count"}:
            yield "GET", (path + shape if "?" in path else path + shape.replace("&", "?", 1)), None, {}
    form = {"content-type": "application/x-www-form-urlencoded"}
    for parameters in (f"patient=somebody&code={_CODE}", "patient=somebody&_total=accurate"):
        yield "POST", "/Condition/_search", parameters, form
    yield from changes()


def changes() -> Iterator[Question]:
    fhir = {"content-type": "application/fhir+json"}
    mine = {each: value for each, value in problem("x").items() if each != "id"} | {"subject": ABOUT}
    operations = json.dumps([{"op": "add", "path": "/language", "value": "en"}])
    for entry in ("Condition/secret-1", "Provenance/of-secret", "Condition/nobody", "Condition/ours"):
        yield "PATCH", f"/{entry}", operations, {"content-type": "application/json-patch+json"}
        yield "DELETE", f"/{entry}", None, {"if-match": 'W/"7"'}
    for condition in (f"patient=somebody&code={_CODE}", "patient=somebody&identifier=urn:odd|hidden-number"):
        for _ in range(2):
            yield "POST", "/Condition", json.dumps(mine), fhir | {"if-none-exist": condition}
        yield "PUT", f"/Condition?{condition}", json.dumps(mine), fhir
        yield "DELETE", f"/Condition?{condition}", None, {}
    batch = [{"request": {"method": "GET", "url": url}} for url in ("Condition/secret-1", "Condition?patient=somebody", "Condition/nobody")]  # fmt: skip
    yield "POST", "", json.dumps({"resourceType": "Bundle", "type": "batch", "entry": batch}), fhir
    # Not the whole record, whose order is that of ids that the server made up.
    yield "GET", "/Condition?patient=somebody&_total=accurate", None, {}


async def telling(area: Any) -> list[str]:
    """What the pharmacist is told of every question, and of every further page."""
    lines: list[str] = []
    for method, path, content, headers in asked():
        response = await area.asker("pharmacist").ask(method, path, content=content, headers=headers)
        lines.append(_line(method, path, response))
        pages = 0
        while (onward := _onward(response)) is not None and (pages := pages + 1) < 20:
            response = await area.asker("pharmacist").get(onward)
            lines.append(_line("next", path, response))
    return comparable("\n".join(lines))


def _line(method: str, path: str, response: Any) -> str:
    told = " ".join(f"{name}={response.headers.get(name)}" for name in _HEADERS)
    body = response.text.replace("\n", " ")
    return f"{method} {path} {response.status_code} {told} {body}"


def _onward(response: Any) -> str | None:
    if response.status_code != 200 or not response.text.startswith("{") or '"relation":"next"' not in response.text:
        return None
    urls = [each["url"] for each in response.json().get("link", ()) if each["relation"] == "next"]
    return str(urls[0]).removeprefix("http://area.test/fhir") if urls else None


def comparable(text: str) -> list[str]:
    for pattern in (_CURSOR, _REFERENCE, _DATE):
        text = pattern.sub("told", text)
    instants = {each: f"instant-{place}" for place, each in enumerate(sorted(set(_INSTANT.findall(text))))}
    assigned = {each: f"id-{place}" for place, each in enumerate(dict.fromkeys(_ASSIGNED.findall(text)))}
    text = _INSTANT.sub(lambda match: instants[match[0]], text)
    return _ASSIGNED.sub(lambda match: assigned[match[0]], text).split("\n")


async def world(make_area: Any, dsn: str, *, objection: str, hidden: list[dict[str, Any]], **policy: Any) -> list[str]:
    await decide_for_area(dsn, **policy)
    async with make_area(dsn) as area:
        await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
        for ods in ("FA123", "A81001"):
            await put(area, "practice-system", episode(ods))
        await object_to(area, _OBJECTIONS[objection])
        ours = problem("ours", subject={"reference": "Patient/ours"}, recordedDate="2018-01-01")
        patient = {"resourceType": "Patient", "id": "ours", "identifier": [NUMBER]}
        observation = {"resourceType": "Observation", "id": "ours-o", "status": "final", "code": {"text": "y"}}
        at_hospital = [{"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]}]
        if hidden or objection == "kind":
            await put(area, "supplier", at_hospital[0])
        for resource in hidden:
            await put(area, "supplier", resource)
        for resource in (patient, ours, observation | {"subject": {"reference": "Patient/ours"}}):
            await put(area, "other-supplier", resource)
        return await telling(area)


def lists_entries_of_the_person(line: str) -> bool:
    """Whether a line tells of a list about the person whom its question names: alone, by a form, or within a batch."""
    named = ("patient=somebody", "/Patient/somebody", "_id=somebody", "POST /Condition/_search", "POST  200")
    return '"type":"searchset"' in line and any(each in line for each in named)


@pytest.mark.parametrize("objection", ["kind", "source", "whole"])
async def test_who_is_kept_from_a_part_is_told_the_same_as_if_it_were_not_there_but_that_something_is(
    migrated_database: Callable[[], str], make_area: Any, objection: str
) -> None:
    """Hazards: a sensitive item exposed, by a count, a version, a time, an order or an error; partial shown as complete.

    What tells that something is hidden is told with every list about the person alike, whatever is asked.
    """
    with_it = await world(make_area, migrated_database(), objection=objection, hidden=objected()[objection])
    without = await world(make_area, migrated_database(), objection=objection, hidden=[])
    assert len(with_it) > 250
    stripped = [[without_marker(each) for each in told] for told in (with_it, without)]
    differing = [pair for pair in zip(*stripped, strict=True) if pair[0] != pair[1]]
    assert differing == []
    assert not any("secret" in each.split(" 200 ", 1)[-1] for each in with_it if " 200 " in each and "_id" not in each)
    assert [each[:200] for each in with_it if has_marker(each) is not lists_entries_of_the_person(each)] == []
    assert sum(map(has_marker, with_it)) > 100
    # Of the whole record there is more to hide: that the person is cared for is an entry of the practice's.
    assert any(map(has_marker, without)) is (objection == "whole")


async def test_what_is_hidden_cannot_be_told_from_anything_else_that_is(
    migrated_database: Callable[[], str], make_area: Any
) -> None:
    """Hazard: a sensitive item exposed, its type or code found out by asking until the marker goes."""
    *_, observation, allergy = objected()["source"]
    one, other = [
        await world(make_area, migrated_database(), objection="source", hidden=hidden)
        for hidden in ([problem("secret-1")], [allergy, observation])
    ]
    assert one == other
    assert any(map(has_marker, one))


async def test_where_policy_gives_no_notice_nothing_tells(migrated_database: Callable[[], str], make_area: Any) -> None:
    with_it, without = [
        await world(make_area, migrated_database(), objection="source", hidden=hidden, notice=notice())
        for hidden in (objected()["source"], [])
    ]
    assert with_it == without
    assert not any(map(has_marker, with_it))
