"""What one batch or transaction may ask for, be told and be answered."""

import base64
import time
from typing import Any

import pytest

from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.fhir_api import bundle_limits
from lhcr.fhir_api.bundle_limits import limit_asked
from lhcr.kernel.errors import Incorrect


def entry(method: str, url: Any, resource: Any = None, **more: Any) -> dict[str, Any]:
    return {**({} if resource is None else {"resource": resource}), "request": {"method": method, "url": url, **more}}


async def send(asker: Any, kind: str, entries: list[Any]) -> Any:
    return await asker.send("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries})


def codes(outcome: dict[str, Any]) -> list[str]:
    return [issue["details"]["coding"][0]["code"] for issue in outcome["issue"]]


@pytest.mark.parametrize(
    "asking",
    [
        entry("GET", "Patient?" + "name=x&" * 1_000),
        entry("POST", "Patient", {}, ifNoneExist="name=x&" * 1_000),
        entry("PATCH", "Patient/1", {"data": base64.b64encode(b"[{},{},{}]" * 500).decode()}),
    ],
)
def test_entries_that_take_a_thousand_times_as_long_as_their_bytes_are_refused(asking: dict[str, Any]) -> None:
    """Hazard: one sender's addresses keep everybody else of the worker waiting."""
    limit_asked([asking] * 500)
    with pytest.raises(Incorrect) as refused:
        limit_asked([asking] * 1_000)
    assert (refused.value.status, refused.value.issues[0].error) == (413, "bundle-asks-too-much")


def test_large_resources_and_nonsense_ask_for_nothing() -> None:
    entries = [entry("POST", "Binary", {"data": "A" * 5_000_000}), entry("GET", 7), 7, None, {"request": []}, {}]
    limit_asked(entries)


async def test_a_bundle_that_asks_for_too_much_is_refused_whole(supplier: Any, area: Any, build: Any) -> None:
    before = await area.rows("SELECT count(*) AS n FROM resource")
    for kind in ("batch", "transaction"):
        asking = entry("POST", "Patient", build.patient(), ifNoneExist="x" * 1_000_000)
        answer = await send(supplier, kind, [asking] * 5)
        assert answer.status_code == 413
        assert codes(answer.json()) == ["bundle-asks-too-much"]
    assert await area.rows("SELECT count(*) AS n FROM resource") == before


async def test_a_batch_of_mistakes_is_told_a_bounded_number_and_every_entry_at_least_one(supplier: Any) -> None:
    """Hazard: five thousand entries with a hundred issues each make an answer of 150 MB."""
    hopeless = {"resourceType": "Patient", "name": [1] * MOST_ISSUES}
    answer = await send(supplier, "batch", [entry("POST", "Patient", hopeless)] * 100)
    told = [len(each["response"]["outcome"]["issue"]) for each in answer.json()["entry"]]
    assert told == [MOST_ISSUES] * 10 + [1] * 90


async def test_a_transaction_of_mistakes_is_told_a_hundred_of_them(supplier: Any, build: Any) -> None:
    for entries in (
        [entry("POST", "Nonsense/1/2", build.patient())] * 1_000,
        [entry("PUT", "Patient/1", build.patient(id="2"))] * 1_000,
        [entry("PUT", "Organization/1", {"resourceType": "Organization", "id": "1", "name": "x"})] * 1_000,
        [entry("POST", "Observation", build.observation("nobody-here"))] * 1_000,
        [entry("POST", "Patient", {"resourceType": "Patient", "name": [1]})] * 1_000,
    ):
        answer = await send(supplier, "transaction", entries)
        assert 400 <= answer.status_code < 500
        assert 1 <= len(codes(answer.json())) <= MOST_ISSUES


async def test_what_is_to_blame_in_a_large_transaction_is_found_in_a_moment(supplier: Any, build: Any) -> None:
    wrong = build.patient(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "1234567890"}])
    began = time.monotonic()
    answer = await send(supplier, "transaction", [entry("POST", "Patient", wrong)] * 1_000)
    assert (answer.status_code, set(codes(answer.json()))) == (422, {"nhs-number-invalid"})
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("kind", ["batch", "transaction"])
async def test_what_is_read_for_one_bundle_is_bounded(
    supplier: Any, build: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: five thousand searches in one batch, each answered with megabytes, end the worker and its sessions."""
    made = await supplier.create(build.patient(name=[{"family": "x" * 1_000}]))
    monkeypatch.setattr(bundle_limits.AnswerBudget.__init__, "__defaults__", (5_000, 1_000))
    answer = await send(supplier, kind, [entry("GET", f"Patient/{made['id']}")] * 20)
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert statuses == ["200"] * statuses.count("200") + ["413"] * statuses.count("413")
    assert 1 < statuses.count("200") <= 5
    assert codes(answer.json()["entry"][-1]["response"]["outcome"]) == ["bundle-answer-too-large"]
