"""The Synthea corpus as requests: transaction bundles of American people, for volume and shape."""

import bz2
import json
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Transaction:
    body: bytes
    resources: int


def folder() -> Path:
    root = Path(__file__).resolve().parents[1]
    return Path(os.environ.get("LHCR_CORPUS") or root.parent / "shared" / "corpus") / "synthea"


def directory() -> list[Transaction]:
    """The hospitals and practitioners, which people's bundles refer to."""
    return [_transaction(path) for path in sorted(folder().glob("0-*.bz2"))]


def people() -> list[Transaction]:
    return [_transaction(path) for path in sorted(folder().glob("[0-9a-f]*.bz2")) if not path.name.startswith("0-")]


def more_people_once(number: int) -> Iterator[Transaction]:
    """The same people once more under other identifiers, so that they are new ones."""
    for original in people():
        yield Transaction(_renamed(original.body, number), original.resources)


def people_of(size: int, *, number: int, most: int = 8) -> list[Transaction]:
    """People whose records have exactly so many resources: the smallest larger ones without their latest entries, under
    identifiers that follow from `number`. The corpus has nobody between 66 and 180.
    """
    return [Transaction(_renamed(body, number), size) for body in _of_size(size)[:most]]


@cache
def _of_size(size: int) -> list[bytes]:
    larger = sorted((each for each in people() if each.resources > size), key=lambda each: each.resources)
    return [_first(each.body, size) for each in larger]


def _first(body: bytes, size: int) -> bytes:
    """Keep the first entries of a bundle that name no later ones."""
    bundle = json.loads(body)
    kept: dict[str, object] = {}
    for entry in bundle["entry"]:
        named = set(re.findall(r"urn:uuid:[0-9a-f-]{36}", json.dumps(entry["resource"])))
        if len(kept) < size and named <= {*kept, entry["fullUrl"]}:
            kept[entry["fullUrl"]] = entry
    return json.dumps(bundle | {"entry": [*kept.values()]}).encode()


def _renamed(body: bytes, number: int) -> bytes:
    """Give everything in one bundle other identifiers, consistently; the directory keeps those that people refer to."""
    kept = set(re.findall(rb"\?identifier=[^\"|]*\|([0-9a-f-]{36})", body))

    def other(match: re.Match[bytes]) -> bytes:
        if match[0] in kept:
            return match[0]
        return str(uuid.uuid5(uuid.UUID(match[0].decode()), str(number))).encode()

    renamed = _UUID.sub(other, body)
    return re.sub(rb'("value":\s*")(\d{3}-\d{2}-\d{4}|S\d{8}|X\d{7,8}X)(")', rb"\g<1>\g<2>-%d\g<3>" % number, renamed)


def _transaction(path: Path) -> Transaction:
    document = json.loads(bz2.decompress(path.read_bytes()))
    return Transaction(bz2.decompress(path.read_bytes()), len(document["entry"]))
