"""Two worlds: whoever reads what names a hidden entry is told the same, byte for byte, as where that entry is not there.

Hazard: a sensitive item exposed, by the words in which it is named or by their being left out.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tests.fhir_api.objecting import AT_HOSPITAL, NUMBER, episode, put
from tests.fhir_api.test_consent_two_worlds import comparable

from lhcr.nhs.systems import ACT_CODE

_PSY = {"security": [{"system": ACT_CODE, "code": "PSY"}]}


def named(own_id: str) -> dict[str, Any]:
    return {"reference": f"Observation/{own_id}", "display": "HIV test", "identifier": {"value": "HIV-1"}}


def target(own_id: str, **more: Any) -> dict[str, Any]:
    found = {"resourceType": "Observation", "id": own_id, "status": "final", "code": {"text": "x"}}
    return found | {"subject": AT_HOSPITAL, **more}


def quoting() -> Iterator[dict[str, Any]]:
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">HIV test</div>'}
    results = [named("open"), named("secret")]
    report = {"resourceType": "DiagnosticReport", "id": "a-report", "status": "final", "code": {"text": "Bloods"}}
    yield report | {"subject": AT_HOSPITAL, "result": results, "text": narrative}
    entries = [{"item": each} for each in results]
    yield {
        "resourceType": "List",
        "id": "a-list",
        "status": "current",
        "mode": "working",
        "subject": AT_HOSPITAL,
        "entry": entries,
    }


def asked() -> Iterator[str]:
    for entry in ("DiagnosticReport/a-report", "List/a-list"):
        for suffix in ("", "/_history", "/_history/1", "/_history/2", "?_summary=true", "?_elements=result,entry"):
            yield f"/{entry}{suffix}"
        own_type = entry.partition("/")[0]
        for shape in ("", "&_count=1", "&_include=*", "&_sort=-_lastUpdated", "&_summary=text"):
            yield f"/{own_type}?patient=somebody{shape}"
    yield "/DiagnosticReport?patient=somebody&result=Observation/secret"
    yield "/DiagnosticReport?patient=somebody&_include=DiagnosticReport:result"
    yield "/Patient/somebody/$everything?_type=DiagnosticReport,List"
    yield "/Patient?_id=somebody&_revinclude=DiagnosticReport:patient&_revinclude=List:patient"


async def world(make_area: Any, dsn: str, *, hidden: bool) -> list[str]:
    async with make_area(dsn) as area:
        await put(area, "practice-system", {"resourceType": "Patient", "id": "somebody", "identifier": [NUMBER]})
        await put(area, "practice-system", episode("FA123"))
        await put(area, "supplier", {"resourceType": "Patient", "id": "somebody-at-hospital", "identifier": [NUMBER]})
        await put(area, "supplier", target("open"))
        for _ in range(2):
            if hidden:
                await put(area, "supplier", target("secret", meta=_PSY))
            for resource in quoting():
                await put(area, "supplier", resource)
        asker, lines = area.asker("pharmacist"), []
        for path in asked():
            response = await asker.get(path)
            lines.append(f"{path} {response.status_code} {response.text}".replace("\n", " "))
        return comparable("\n".join(lines))


async def test_what_names_a_hidden_entry_reads_as_what_names_nothing(
    migrated_database: Callable[[], str], make_area: Any
) -> None:
    with_it = await world(make_area, migrated_database(), hidden=True)
    without = await world(make_area, migrated_database(), hidden=False)
    assert [pair for pair in zip(with_it, without, strict=True) if pair[0] != pair[1]] == []
    assert sum(" 200 " in each for each in with_it) == len(with_it)
    told = [each for each in with_it if '"Observation/secret"' in each]
    assert len(told) > 10
    # Beside the one that may be seen, once in each entry, and not beside the other.
    assert [each for each in told if each.count("HIV-1") != each.count('"Observation/secret"')] == []
