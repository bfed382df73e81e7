"""The content of a request: read within its limits, let go once it is read, and while others are served."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from lhcr.fhir_api import content as content_module
from lhcr.fhir_api.admission import SMALL, Admission
from lhcr.fhir_api.beside import Beside
from lhcr.fhir_api.content import SentContent
from lhcr.fhir_api.limits import Limits
from lhcr.kernel.errors import LhcrError

JSON = {"content-type": "application/fhir+json"}


def sent(
    body: bytes, headers: dict[str, str] = JSON, *, pause: float = 0, part: int = 1 << 30, **limits: int
) -> SentContent:
    """Return the content of a request whose body arrives in parts, with a pause before each."""
    parts: Iterator[bytes] = iter([body[start : start + part] for start in range(0, len(body), part)] or [b""])
    arrived = 0

    async def receive() -> dict[str, Any]:
        nonlocal arrived
        await asyncio.sleep(pause)
        chunk = next(parts)
        arrived += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": arrived < len(body)}

    made = Limits(**limits)
    announced = {"content-length": str(len(body)), **headers}
    return SentContent(receive, announced, limits=made, admission=Admission(made.bodies), beside=Beside())


async def refused(reading: Any) -> tuple[int, str]:
    with pytest.raises(LhcrError) as error:
        await reading
    return error.value.status, error.value.issues[0].error


async def test_more_values_or_entries_than_allowed_are_refused_with_how_to_do_it_instead() -> None:
    names = json.dumps({"resourceType": "Patient", "name": [{"family": "x"}] * 100}).encode()
    bundle = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [{}] * 100}).encode()
    assert await refused(sent(names, values=150).resource()) == (413, "body-too-many-values")
    assert await refused(sent(bundle, entries=99).document(dict)) == (413, "bundle-too-many-entries")
    with pytest.raises(LhcrError) as error:
        await sent(bundle, entries=99).resource()
    assert "smaller Bundles" in error.value.issues[0].diagnostics
    assert "lhcr load" in error.value.issues[0].diagnostics
    assert (await sent(bundle, entries=100).document(dict))["type"] == "batch"
    assert (await sent(names, values=250).resource())["resourceType"] == "Patient"
    patch = {"content-type": "application/json-patch+json"}
    assert await refused(sent(b"[" + b"{}," * 100 + b"{}]", patch, values=50).operations()) == (
        413,
        "body-too-many-values",
    )
    xml = {"content-type": "application/fhir+xml"}
    body = b'<Patient xmlns="http://hl7.org/fhir">' + b"<name/>" * 100 + b"</Patient>"
    assert await refused(sent(body, xml, values=50).resource()) == (413, "body-too-many-values")


async def test_a_form_is_no_upload() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert await sent(b"code=x", form).pairs() == (("code", "x"),)
    assert await refused(sent(b"code=" + b"%41" * 1_000_000, form).pairs()) == (413, "body-too-large")


async def test_a_body_is_let_go_before_what_was_read_from_it_is_looked_through() -> None:
    """Hazard: eight large bodies beside their documents take a worker's memory, and all of its sessions end."""
    body = json.dumps({"resourceType": "Binary", "data": "AAAA" * SMALL}).encode()
    content = sent(body)
    held = [await content.document(lambda _: len(content._body or b""))]
    assert held == [0]
    assert content._admission.held == len(body)
    content.close()
    assert content._admission.held == 0


async def test_others_are_served_while_a_large_body_is_read() -> None:
    """Hazard: one hospital's upload keeps every clinician waiting."""
    body = json.dumps(
        {
            "resourceType": "Patient",
            "name": [{"given": ["x"], "_given": [{"extension": [{"url": "u", "valueCode": "x"}]}]}] * 30_000,
        }
    ).encode()
    reading = asyncio.create_task(sent(body, resource_values=500_000).resource())
    longest, turns = 0.0, 0
    clock = asyncio.get_running_loop().time
    first = clock()
    while not reading.done():
        began = clock()
        await asyncio.sleep(0)
        longest, turns = max(longest, clock() - began), turns + 1
    whole = clock() - first
    await reading
    assert turns > 10
    # A share of the time, because what else the machine does lengthens both.
    assert longest < whole / 2


async def test_one_large_body_is_read_at_a_time() -> None:
    beside = Beside()
    running: list[int] = []

    def work() -> None:
        running.append(1)
        assert len(running) == 1
        running.pop()

    await asyncio.gather(*(beside.run(work, size=SMALL + 1) for _ in range(20)))


async def test_a_body_that_drips_gives_up_its_part_of_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hazard: a sender of one byte now and then holds the budget, and nobody's large body is read any more."""
    monkeypatch.setattr(content_module, "_GRACE_SECONDS", 0.05)
    large = b"x" * (SMALL + 100)
    assert await refused(sent(large, pause=0.02, part=10).document(dict)) == (408, "body-stalled")
    assert await refused(sent(large, pause=0.02, part=SMALL // 2).document(dict)) == (400, "json-invalid")
    assert await refused(sent(b"x" * 100, pause=0.02, part=10).document(dict)) == (400, "json-invalid")


async def test_one_resource_may_hold_fewer_values_than_a_whole_bundle() -> None:
    """Hazard: the search rows of one endless resource keep others waiting, where those of a record are written in turns."""
    names = {"resourceType": "Patient", "name": [{"family": "x"}] * 100}
    patient = json.dumps(names).encode()
    entries = [{"resource": {"resourceType": "Patient"}}, {"resource": names}]
    bundle = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()
    assert await refused(sent(patient, resource_values=150, entries=50).document(dict)) == (
        413,
        "resource-too-many-values",
    )
    with pytest.raises(LhcrError) as error:
        await sent(bundle, resource_values=150, entries=50).document(dict)
    assert error.value.issues[0].expression == "Bundle.entry[1]"
    many = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries[:1] * 50}).encode()
    assert len((await sent(many, resource_values=150, entries=50).document(dict))["entry"]) == 50


async def test_the_entries_of_another_resource_are_none_of_a_bundle() -> None:
    listed = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "entry": [{"item": {"display": "x"}}] * 100,
    }
    assert await sent(json.dumps(listed).encode(), entries=50).resource() == listed
