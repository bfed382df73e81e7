"""The command answers at once, tells misuse from failure, and never shows a trace for a mistake."""

import subprocess
import sys
import time

import pytest
from tests.cli.processes import lhcr

from lhcr.cli import main


def test_help_answers_in_less_than_three_tenths_of_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        assert lhcr("--help").returncode == 0
        return time.perf_counter() - began

    # What is measured is the command: an interpreter that does nothing is taken off, and the best of several counts.
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    nothing = time.perf_counter() - began
    assert min(seconds() for _ in range(5)) - nothing < 0.3


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "load",
        "token",
        "explain",
        "audit verify",
        "audit export",
        "audit head",
        "audit prove",
        "audit check",
        "audit dispose",
        "audit new-key",
        "migrate",
        "settings",
    ],
)
def test_help_speaks_of_no_type_of_a_programming_language(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert "--help" in told
    assert not any(word in told for word in ("<list", "<str", "<int", "<file", "<dir", "Path", "<=", "{"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["load"],
        ["load", "/nonexistent", "--source", "RRE"],
        ["load", ".", "--source", "not an ODS code"],
        ["load", ".", "--source", "RRE", "--processes", "0"],
        ["token", "--persona", "nobody"],
        ["token", "--persona", "gp", "--purpose", "ETREAT"],
        ["explain", "not-a-reference"],
        ["audit", "verify", "/nonexistent"],
        ["audit", "verify", "--witness", "not-a-head"],
        ["demo", "--port", "0"],
    ],
)
def test_misuse_is_told_in_a_sentence_with_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(arguments) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert told.strip()


def test_a_database_that_cannot_be_reached_is_a_failure_that_does_not_repeat_its_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.run(["migrate", "--database-url", "postgresql://somebody:secret@127.0.0.1:1/x"]) == 1
    told = capsys.readouterr().err
    assert "cannot be reached" in told
    assert "secret" not in told


def test_an_error_that_nobody_foresaw_is_told_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LHCR_TRACE", raising=False)
    monkeypatch.setattr("lhcr.kernel.settings.Settings.__init__", lambda *_, **__: 1 / 0)
    assert main.run(["settings"]) == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "Traceback" not in told


def test_the_settings_are_listed_without_the_password_of_the_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LHCR_DATABASE_URL", "postgresql://somebody:secret@db.example/area")
    assert main.run(["settings"]) == 0
    told = capsys.readouterr().out
    assert "LHCR_BASE_URL=" in told
    assert "db.example" in told
    assert "secret" not in told
