"""Files are unpacked by what they are, within limits that a bomb does not pass."""

import bz2
import gzip
from pathlib import Path

import pytest

from lhcr.ingest.decompression import open_decompressed
from lhcr.kernel.errors import Incorrect

_TEXT = b'{"resourceType": "Patient"}\n' * 1000


def read_all(path: Path) -> bytes:
    with open_decompressed(path) as stream:
        pieces = []
        while block := stream.read(1000):
            pieces.append(block)
        assert stream.position == path.stat().st_size
        return b"".join(pieces)


@pytest.mark.parametrize(
    "packed",
    [_TEXT, gzip.compress(_TEXT), bz2.compress(_TEXT), gzip.compress(_TEXT[:500]) + gzip.compress(_TEXT[500:])],
    ids=["plain", "gzip", "bzip2", "gzip in two members"],
)
def test_a_file_is_unpacked_by_what_it_is_whatever_it_is_called(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(packed)
    assert read_all(path) == _TEXT


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: packed[:30] + b"?" * 40 + packed[70:]])
def test_a_damaged_file_is_refused(tmp_path: Path, compress: object, damage: object) -> None:
    assert callable(compress)
    assert callable(damage)
    path = tmp_path / "file.json"
    path.write_bytes(damage(compress(_TEXT)))
    with pytest.raises(Incorrect) as raised:
        read_all(path)
    assert raised.value.issues[0].error == "compression-broken"


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_a_bomb_is_not_read_to_its_end(tmp_path: Path, compress: object) -> None:
    assert callable(compress)
    path = tmp_path / "bomb"
    path.write_bytes(compress(bytes(200 * 1024 * 1024)))
    assert path.stat().st_size < 250_000
    with pytest.raises(Incorrect, match="expands more than"):
        read_all(path)
