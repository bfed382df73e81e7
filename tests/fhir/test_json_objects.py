"""Every object of a resource is found, against a look that recurses."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lhcr.fhir.json_objects import every_object

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=20,
)


def objects(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        yield id(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


@given(resource=st.dictionaries(st.text(max_size=2), VALUES, max_size=4))
def test_every_object_is_given_once(resource: dict[str, Any]) -> None:
    assert sorted(id(each) for each in every_object(resource)) == sorted(objects(resource))


def test_no_depth_is_too_deep() -> None:
    resource: dict[str, Any] = {}
    for _ in range(50_000):
        resource = {"a": [resource]}
    assert sum(1 for _ in every_object(resource)) == 50_001
