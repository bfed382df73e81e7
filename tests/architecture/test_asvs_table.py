"""The table of ASVS requirements: none is missing, and every test and document that it names exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
TABLE: Final = ROOT / "docs" / "assurance" / "asvs.md"
#: The requirements of version 5.0.0 by section: the levels of a section's requirements in their order. Level 3 is not asked for.
LEVELS: Final = {
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33",
    "6.8": "2222", "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22", "8.1": "1233",
    "8.2": "1123", "8.3": "133", "8.4": "23", "9.1": "111", "9.2": "1222", "10.1": "22", "10.2": "223", "10.3": "22223",
    "10.4": "1111122222233333", "10.5": "22222", "10.6": "22", "10.7": "222", "16.1": "2", "16.2": "22222", "16.3": "2222",
    "16.4": "222", "16.5": "2223",
}  # fmt: skip
_ROW: Final = re.compile(r"\| v5\.0\.0-([0-9.]+) \| ([12]) \| (.+?) \| (shown|not applicable|gap) \| (.+) \|")
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_DOCUMENT: Final = re.compile(r"\]\(\.\./\.\./(docs/[\w/.-]+)\)")


class Row(NamedTuple):
    number: str
    level: str
    state: str
    by: str


def rows() -> list[Row]:
    found = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    return [Row(number, level, state, by) for number, level, _, state, by in found]


def required() -> Iterator[tuple[str, str]]:
    """Yield number and level of every requirement of levels 1 and 2."""
    for section, levels in LEVELS.items():
        yield from ((f"{section}.{place}", level) for place, level in enumerate(levels, 1) if level != "3")


@cache
def names_in(file: str) -> frozenset[str]:
    if not (ROOT / file).is_file():
        return frozenset()
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = ast.FunctionDef, ast.AsyncFunctionDef
    return frozenset(node.name for node in module.body if isinstance(node, functions) and node.name.startswith("test_"))


def test_every_requirement_of_the_first_two_levels_stands_in_the_table_once_under_its_level() -> None:
    assert [(row.number, row.level) for row in rows()] == list(required())
    assert len(rows()) == 112
    assert len(rows()) == TABLE.read_text(encoding="utf-8").count("| v5.0.0-")


def test_every_test_that_the_table_names_exists() -> None:
    named = [(row.number, file, test) for row in rows() for file, test in _TEST.findall(row.by)]
    assert len(named) > 100
    assert [each for each in named if each[2] not in names_in(each[1])] == []


def test_whatever_is_called_shown_names_what_shows_it() -> None:
    for row in rows():
        documents = _DOCUMENT.findall(row.by)
        assert [each for each in documents if not (ROOT / each).is_file()] == []
        if row.state == "shown":
            assert documents or _TEST.findall(row.by), row.number


def test_the_page_claims_no_compliance() -> None:
    assert "evidence, offered\nfor review: no claim of compliance" in TABLE.read_text(encoding="utf-8")
