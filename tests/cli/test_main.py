"""The command answers at once, tells misuse from failure, and never shows a trace for a mistake."""

import resource
import subprocess
import sys

import pytest

from lhcr.cli import main

HELP = "from lhcr.cli.main import main; main()"


def test_help_answers_in_hardly_more_than_the_time_of_the_library_that_reads_commands() -> None:
    """CPU time of whole processes beside each other, so that neither the machine nor what else it does is measured."""
    taken = [(_cpu(HELP, "--help"), _cpu("import typer, rich.console")) for _ in range(5)]
    assert min(helped for helped, _ in taken) < 2 * min(library for _, library in taken)


def _cpu(program: str, *arguments: str) -> float:
    """The CPU seconds of an interpreter that runs a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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


@pytest.mark.parametrize("group", ["", "audit", "entry", "person", "sensitivity", "client", "retention"])
def test_a_list_of_commands_says_each_in_a_whole_sentence(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([*group.split(), "--help"]) == 0
    assert "..." not in capsys.readouterr().out.replace("COMMAND [ARGS]...", "")


def test_an_order_is_asked_for_by_no_option_that_the_command_does_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("orders", "dispute"):
        assert main.run(["entry", command, "--help"]) == 0
        assert "--source" not in capsys.readouterr().out


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
