"""One door: only the record's and the store's statements name the tables of clinical resources, only the log's the log's.

Import contracts hold the direction between modules; this holds it for the SQL, which imports nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lhcr"
MIGRATIONS = SOURCE / "store" / "migrations"
_CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TRUNCATE|TABLE|COPY)\s+(?:ONLY\s+)?\"?(\w+)", re.IGNORECASE)


def tables_of(migration: str) -> set[str]:
    (file,) = MIGRATIONS.glob(f"*_{migration}.sql")
    return {name.lower() for name in _CREATED.findall(file.read_text(encoding="utf-8"))}


def tables_named_in(text: str) -> set[str]:
    return {name.lower().removeprefix("directory_") for name in _NAMED.findall(text)}


def statements() -> Iterator[tuple[str, str]]:
    """Yield (package, SQL text) of every .sql file and of every text in the code that names a table."""
    for file in SOURCE.rglob("*.sql"):
        yield file.relative_to(SOURCE).parts[0], file.read_text(encoding="utf-8")
    for file in SOURCE.rglob("*.py"):
        for text in texts_of(ast.parse(file.read_text(encoding="utf-8"))):
            yield file.relative_to(SOURCE).parts[0], text


def texts_of(module: ast.Module) -> Iterator[str]:
    """Yield the texts in a module that are used for something; a text that stands alone documents."""
    documents = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents:
            yield node.value


@pytest.mark.parametrize(
    ("migration", "table", "owners"),
    [("record", "resource", {"store", "record"}), ("log", "audit_entry", {"store", "audit"})],
)
def test_a_table_is_named_only_by_the_packages_that_answer_for_it(migration: str, table: str, owners: set[str]) -> None:
    """Hazard: a reader that goes round the gate, so that nobody decides and nothing is logged."""
    guarded = tables_of(migration) - {"person"}
    assert table in guarded
    trespassers = {(package, name) for package, text in statements() for name in tables_named_in(text) & guarded}
    assert {(package, name) for package, name in trespassers if package not in owners} == set()
    assert {package for package, _ in trespassers}, "no statement was found at all"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT body FROM resource WHERE id = $1", {"resource"}),
        ('insert into "search_token" values', {"search_token"}),
        ("UPDATE ONLY resource SET", {"resource"}),
        ("select 1 from directory_resource r join resource_history h", {"resource", "resource_history"}),
        ("a resource that comes from a source", {"a"}),
    ],
)
def test_the_tables_that_a_statement_names_are_found(text: str, named: set[str]) -> None:
    assert tables_named_in(text) == named
