"""Create, read, update, patch and delete over HTTP."""

from typing import Any


async def test_a_created_resource_is_read_as_it_was_answered(supplier: Any, build: Any) -> None:
    response = await supplier.send("POST", "/Patient", build.patient())
    assert response.status_code == 201
    made = response.json()
    assert response.headers["location"] == f"http://area.test/fhir/Patient/{made['id']}/_history/1"
    assert response.headers["etag"] == 'W/"1"'
    read = await supplier.get(f"/Patient/{made['id']}")
    assert read.status_code == 200
    assert read.content == response.content
    assert read.headers["content-type"] == "application/fhir+json; charset=utf-8"
