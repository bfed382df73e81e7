"""Real bundles over HTTP: Synthea's transactions with their conditional references, and what can be read of them afterwards."""

import asyncio
import bz2
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.corpus
JSON = {"content-type": "application/fhir+json"}


async def transact(asker: Any, path: Path) -> Any:
    body = bz2.decompress(await asyncio.to_thread(path.read_bytes))
    response = await asker.ask("POST", "", content=body, headers=JSON)
    assert response.status_code == 200, response.text[:2_000]
    return response


async def test_a_synthea_person_is_written_whole_and_read_back(supplier: Any, corpus: Path) -> None:
    folder = corpus / "synthea"
    for name in ("hospitalInformation", "practitionerInformation"):
        await transact(supplier, next(folder.glob(f"0-{name}*.bz2")))
    smallest = min(folder.glob("[!0]*.bz2"), key=lambda path: path.stat().st_size)
    response = await transact(supplier, smallest)
    locations = [each["response"]["location"] for each in response.json()["entry"]]
    patient = next(each for each in locations if "/Patient/" in each).removeprefix("http://area.test/fhir")
    path: str | None = patient.partition("/_history")[0] + "/$everything?_count=200"
    found: set[str] = set()
    text = ""
    while path is not None:
        response = await supplier.get(path)
        page, text = response.json(), text + response.text
        found |= {each["fullUrl"] for each in page["entry"]}
        links = {each["relation"]: each["url"].removeprefix("http://area.test/fhir") for each in page["link"]}
        path = links.get("next")
    assert found == {each.partition("/_history")[0] for each in locations}
    assert '"reference":"urn:' not in text
    assert '"reference":"Practitioner/' in text
    assert "?identifier=" not in text
