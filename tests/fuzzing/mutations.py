"""Mutations: a valid document with one or more places made wrong, as broken clients and hostile ones would."""

import copy
import json
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

Json: TypeAlias = Any
Path: TypeAlias = tuple[str | int, ...]

#: Values of every JSON type, and those that break readers: depths, sizes, controls, surrogates, other alphabets.
ODD_VALUES: Final[tuple[Json, ...]] = (
    None, True, False, 0, -1, 1e308, -0.0, 1.10, 2**31, 2**63, 2**200, "", " ", "x", "\u0000", "\u0007", "\ud800", "\u202e", "\ufeff",
    "é" * 50, "𝒳", "👩‍⚕️", "' OR 1=1 --", "%s%n{0}${x}", "../../etc/passwd", "<script>", "a" * 70_000, [], {}, [[]], [{}], [None], {"": ""},
    {"x": {"y": []}}, {"reference": "Patient/x"}, {"resourceType": "Patient"}, ["x"] * 300, "9999999999", "2026-02-30", "Patient/../x",
)  # fmt: skip
ODD_NAMES: Final = (
    "",
    "x",
    "_",
    "_id",
    "id",
    "resourceType",
    "__proto__",
    "\u0000",
    "é",
    "extension",
    "contained",
    "$ref",
    "a" * 5_000,
)


def places(document: Json, path: Path = ()) -> list[Path]:
    """Return every place in a document, the whole first."""
    found = [path]
    if isinstance(document, dict):
        members = list(document.items())
    else:
        members = list(enumerate(document)) if isinstance(document, list) else []
    for name, value in members:
        found += places(value, (*path, name))
    return found


def _at(document: Json, path: Path) -> Json:
    for step in path:
        document = document[step]
    return document


@st.composite
def mutated(draw: st.DrawFn, document: Json) -> Json:
    """Draw a copy of a document with one to three mutations."""
    made = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(made)))
        made = draw(_once(made, path))
    return made


@st.composite
def _once(draw: st.DrawFn, document: Json, path: Path) -> Json:
    odd = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
    if not path:
        return odd if draw(st.integers(0, 9)) == 0 else _added(document, draw(st.sampled_from(ODD_NAMES)), odd)
    parent, last = _at(document, path[:-1]), path[-1]
    match draw(st.sampled_from(["replace", "drop", "wrap", "nest", "add"])):
        case "replace":
            parent[last] = odd
        case "drop":
            del parent[last]
        case "wrap":
            parent[last] = [parent[last]]
        case "nest":
            parent[last] = _nested(parent[last], draw(st.sampled_from([3, 60, 120])))
        case _:
            parent[last] = _added(parent[last], draw(st.sampled_from(ODD_NAMES)), odd)
    return document


def _added(value: Json, name: str, odd: Json) -> Json:
    if isinstance(value, dict):
        return {**value, name: odd}
    return [*value, odd] if isinstance(value, list) else {name: odd}


def _nested(value: Json, depth: int) -> Json:
    for _ in range(depth):
        value = {"extension": [{"url": "urn:x", "valueString": "x"}, value]}
    return value


@st.composite
def bodies(draw: st.DrawFn, document: Json) -> bytes:
    """Draw the bytes of a mutated document: whole, cut, with a key twice, with numbers as nobody writes them, or with bytes changed."""
    text = json.dumps(draw(mutated(document)), ensure_ascii=draw(st.booleans()), allow_nan=True)
    written = text.encode("utf-8", "surrogatepass")
    match draw(st.sampled_from(["whole", "whole", "whole", "cut", "twice", "number", "bytes", "padded"])):
        case "cut":
            return written[: draw(st.integers(0, len(written)))]
        case "twice":
            return written.replace(b'"resourceType"', b'"resourceType": "Patient", "resourceType"', 1)
        case "number":
            return written.replace(
                b": 1",
                b": 1" + draw(st.sampled_from([b"e999999", b"." + b"0" * 9_000, b"0" * 9_000, b"e", b"_000"])),
                1,
            )
        case "bytes":
            at = draw(st.integers(0, len(written)))
            return written[:at] + draw(st.binary(min_size=1, max_size=4)) + written[at + 1 :]
        case "padded":
            return draw(st.sampled_from([b"\xef\xbb\xbf", b" " * 9_000, b"\x00", b"//", b"{"])) + written
        case _:
            return written
