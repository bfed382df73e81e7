"""Files are found, told apart by what they hold, and read in units that spoil each other nothing."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from lhcr.ingest import ndjson, source_file
from lhcr.ingest.rejection import Rejection
from lhcr.ingest.source_entry import SourceEntry, Unit
from lhcr.ingest.source_file import find_files, read_units

_PATIENT = {"resourceType": "Patient", "id": "p"}
_XML = '<Patient xmlns="http://hl7.org/fhir"><id value="p"/></Patient>'


def read(path: Path) -> tuple[list[SourceEntry], list[Rejection]]:
    (file,) = find_files([path])
    parts = list(read_units(file))
    entries = [entry for part in parts if isinstance(part, Unit) for entry in part.entries]
    return entries, [part for part in parts if isinstance(part, Rejection)]


def made(tmp_path: Path, content: bytes | str, name: str = "file.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bundle(*resources: dict[str, Any], kind: str = "collection") -> str:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": [{"resource": each} for each in resources]})


def refusal_of(path: Path) -> str:
    entries, (rejection,) = read(path)
    assert entries == []
    assert rejection.content == path.read_bytes()
    return rejection.error


def test_folders_are_searched_in_order_hidden_files_passed_over_and_a_file_named_twice_is_read_once(
    tmp_path: Path,
) -> None:
    for name in ("b.json", "a/z.json", ".hidden.json", "a/.git/x.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    assert [file.name for file in find_files([tmp_path, tmp_path / "b.json"])] == ["b.json", "a/z.json"]
    with pytest.raises(FileNotFoundError):
        find_files([tmp_path / "missing"])


def test_a_name_that_would_command_a_terminal_is_shown_without_that(tmp_path: Path) -> None:
    path = made(tmp_path, "{}", "red\x1b[31m.json")
    assert find_files([path])[0].name == "red\N{REPLACEMENT CHARACTER}[31m.json"


@pytest.mark.parametrize(
    ("content", "name", "places"),
    [
        (json.dumps(_PATIENT), "x", [""]),
        (json.dumps(_PATIENT, indent=2), "x.json", [""]),
        ("\ufeff" + json.dumps(_PATIENT), "x.json", [""]),
        (_XML, "x.xml", [""]),
        (f"\n  {_XML}", "x.xml", [""]),
        (bundle(_PATIENT, _PATIENT), "x.json", ["entry[0]", "entry[1]"]),
        (bundle(_PATIENT, _PATIENT, kind="history"), "x.json", ["entry[1]", "entry[0]"]),
        (bundle(), "x.json", []),
        ('{"resourceType":"Bundle","type":"batch"}', "x.json", []),
        (json.dumps(_PATIENT) + "\n\n" + json.dumps(_PATIENT) + "\n", "x.json", ["line 1", "line 3"]),
        (json.dumps(_PATIENT) + "\r\n" + json.dumps(_PATIENT), "x", ["line 1", "line 2"]),
        (json.dumps(_PATIENT), "x.ndjson", ["line 1"]),
        (gzip.compress(json.dumps(_PATIENT).encode()), "x.ndjson.gz", ["line 1"]),
        ("", "x.ndjson", []),
        (
            f'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource>{_XML}</resource></entry></Bundle>',
            "x.xml",
            ["entry[0]"],
        ),
    ],
)
def test_what_a_file_is_follows_from_what_it_holds(
    tmp_path: Path, content: bytes | str, name: str, places: list[str]
) -> None:
    entries, rejections = read(made(tmp_path, content, name))
    assert rejections == []
    assert [entry.origin.place for entry in entries] == places


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("MSH|^~\\&|", "not-fhir"),
        (b"\x89PNG\r\n", "not-fhir"),
        ("[]", "not-fhir"),
        ('{"resourceType": "Bundle"', "json-invalid"),
        ('{"resourceType": "Bundle", "entry": []}', "bundle-type"),
        ('{"resourceType": "Bundle", "type": "subscription-notification", "entry": []}', "bundle-type"),
        ('{"resourceType": "Bundle", "type": "batch", "entry": {}}', "wrong-json-type"),
        ('{"resourceType": "Bundle", "type": "batch", "entries": []}', "unknown-element"),
        ('{"resourceType": "Bundle", "type": "batch", "entry": [{}], "entry": []}', "json-duplicate-key"),
        ('{"resourceType": "Bundle", "type": "batch", "entry": [{}], "\\u0065ntry": []}', "json-duplicate-key"),
        ('{"resourceType": "Bundle", "type": "batch", "entry": [{"a": 1}], "entry": [{"a": 1}]}', "json-duplicate-key"),
        (
            '{"meta": {"entry": []}, "resourceType": "Bundle", "type": "batch", "entry": [], "meta": {}}',
            "json-duplicate-key",
        ),
        ('{"a":' * 50_000, "json-too-deep"),
        ('<Bundle xmlns="http://hl7.org/fhir"><type value="odd"/></Bundle>', "bundle-type"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_kept_whole_with_its_reason(
    tmp_path: Path, content: bytes | str, error: str
) -> None:
    """Hazard: partial shown as complete. A key that stands twice would lose its first entries without a word."""
    assert refusal_of(made(tmp_path, content)) == error


def test_entries_are_told_from_what_only_looks_like_them(tmp_path: Path) -> None:
    text = '{"resourceType": "Bundle", "meta": {"entry": [{"a": 1}]}, "type": "batch", "entry": [{"a": 1}, {"b": {"entry": 2}}]}'
    entries, _ = read(made(tmp_path, text))
    assert [entry.content for entry in entries] == [b'{"a": 1}', b'{"b": {"entry": 2}}']


def test_each_entry_keeps_its_own_bytes(tmp_path: Path) -> None:
    text = '{"resourceType":"Bundle","type":"batch","entry":[ {"x" : 1.10}, {"y": "}" } ]}'
    entries, _ = read(made(tmp_path, text))
    assert [entry.content for entry in entries] == [b'{"x" : 1.10}', b'{"y": "}" }']
    assert all(entry.carries_request for entry in entries)


def test_a_file_that_is_too_large_is_refused_without_being_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_file, "LARGEST_BUNDLE", 3 * 1024 * 1024)
    path = made(tmp_path, '{"resourceType": "Bundle", "x": "' + "x" * 4 * 1024 * 1024 + '"}')
    entries, (rejection,) = read(path)
    assert (entries, rejection.error) == ([], "too-large")
    assert "NDJSON" in rejection.reason


def test_a_line_that_is_too_long_is_kept_aside_and_the_lines_after_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 1_000_000)
    line = json.dumps(_PATIENT)
    path = made(tmp_path, "\n".join([line, "x" * 3_000_000, line]), "x.ndjson")
    entries, (rejection,) = read(path)
    assert [entry.origin.place for entry in entries] == ["line 1", "line 3"]
    assert (rejection.error, rejection.origin.place, len(rejection.content)) == ("too-large", "line 2", 4096)


def test_the_lines_before_a_damage_are_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(json.dumps({**_PATIENT, "x": str(n)}).encode() + b"\n" for n in range(200_000)))
    entries, (rejection,) = read(made(tmp_path, packed[: len(packed) // 2], "x.ndjson"))
    assert rejection.error == "compression-broken"
    assert 50_000 < len(entries) < 150_000


def test_lines_come_in_batches(tmp_path: Path) -> None:
    (file,) = find_files([made(tmp_path, (json.dumps(_PATIENT) + "\n") * 1_200, "x.ndjson")])
    units = [part for part in read_units(file) if isinstance(part, Unit)]
    assert [len(unit.entries) for unit in units] == [500, 500, 200]
    assert units[-1].progress == file.size
