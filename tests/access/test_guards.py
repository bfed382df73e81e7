"""Who may make decisions and releases: nobody but their own packages, whatever the code elsewhere tries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "lhcr"
GUARDED = {"AccessDecision": "access", "Released": "audit", "Committed": "audit"}
SEALS = {"lhcr.access.decision": "access", "lhcr.audit.released": "audit", "lhcr.audit.lane": "audit"}


def trespasses(text: str, package: str) -> Iterator[str]:
    """Yield what a module does that only another package may do."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = _last_name(node.func)
            if GUARDED.get(name, package) != package:
                yield f"makes a {name}"
            if ast.unparse(node.func) == "object.__new__" or (name == "replace" and _mentions_guarded(node)):
                yield "goes round a constructor"
        if isinstance(node, ast.ImportFrom) and SEALS.get(node.module or "", package) != package:
            yield from (f"imports {alias.name}" for alias in node.names if "SEAL" in alias.name)
        if isinstance(node, ast.Attribute) and "SEAL" in node.attr:
            yield f"reaches for {node.attr}"


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _mentions_guarded(call: ast.Call) -> bool:
    return any(isinstance(node, ast.Name) and node.id in {"decision", "released"} for node in call.args)


def test_only_access_makes_decisions_and_only_audit_releases() -> None:
    found = {
        f"{file.relative_to(SOURCE)}: {what}"
        for file in SOURCE.rglob("*.py")
        for what in trespasses(file.read_text(encoding="utf-8"), file.relative_to(SOURCE).parts[0])
    }
    assert found == set()


@pytest.mark.parametrize(
    "text",
    [
        "AccessDecision(seal=None)",
        "decision.AccessDecision(seal=None)",
        "Released(seal=None, answer=a)",
        "from lhcr.access.decision import SEAL",
        "from lhcr.audit.lane import _SEAL",
        "released.SEAL",
        "object.__new__(AccessDecision)",
        "dataclasses.replace(decision, restricted_to_own=False)",
    ],
)
def test_a_trespass_is_found(text: str) -> None:
    assert list(trespasses(text, "record"))


def test_its_own_package_may() -> None:
    assert not list(trespasses("AccessDecision(seal=SEAL)", "access"))
    assert not list(trespasses("from lhcr.audit.released import SEAL", "audit"))


def test_only_access_names_the_tables_of_facts_and_classes() -> None:
    """Hazard: a fact written past the rules of projection would open a record to whomever it names."""
    allowed = {"access", "store"}
    for pattern in ("*.py", "*.sql"):
        for file in SOURCE.rglob(pattern):
            if file.relative_to(SOURCE).parts[0] not in allowed:
                assert not re.search(
                    r"\bfact_(relationship|restriction|consent|birth|kin)\b", file.read_text(encoding="utf-8")
                ), file
