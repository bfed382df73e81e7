"""The embedded server's settings: durable, without a way in from the network, and silent about people."""

import re

import pytest

from lhcr.store.embedded.settings import ACCESS_RULES, DURABLE, FORGETFUL, configuration


def read_back(text: str) -> dict[str, str]:
    """Read postgresql.conf as PostgreSQL does: a name, an equals sign, a text in quotes that doubles its own."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    matches = [re.fullmatch(r"(\w+) = '((?:[^'\\]|'')*)'", line) for line in lines]
    return {match[1]: match[2].replace("''", "'") for match in matches if match} if all(matches) else {}


@pytest.mark.parametrize("settings", [DURABLE, FORGETFUL, {"a": "it's", "b": "", "c": "''"}])
def test_what_is_written_is_what_the_server_reads(settings: dict[str, str]) -> None:
    assert read_back(configuration(settings)) == dict(settings)


def test_what_is_acknowledged_survives_a_crash() -> None:
    """Hazard: an entry that was answered with 201 and is gone after a power cut."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert DURABLE[name] == "on"


def test_only_tests_may_forget_and_they_forget_nothing_but_durability() -> None:
    assert {name for name in DURABLE if DURABLE[name] != FORGETFUL[name]} == {"fsync", "full_page_writes"}


def test_the_only_way_in_is_a_socket_in_a_closed_folder() -> None:
    """Whoever can connect is trusted, so nobody may who cannot enter the folder."""
    for settings in (DURABLE, FORGETFUL):
        assert settings["listen_addresses"] == ""
        assert settings["unix_socket_permissions"] == "0700"
        assert not settings["unix_socket_directories"].startswith("/")
    assert {line.split()[0] for line in ACCESS_RULES.splitlines()} == {"local"}


def test_hazard_person_data_in_logs_no_statement_value_or_detail_reaches_the_servers_log() -> None:
    for settings in (DURABLE, FORGETFUL):
        assert settings["log_statement"] == "none"
        assert settings["log_min_error_statement"] == "panic"
        assert settings["log_error_verbosity"] == "terse"
        assert settings["log_min_duration_statement"] == "-1"
        assert settings["log_parameter_max_length"] == settings["log_parameter_max_length_on_error"] == "0"
        assert settings["log_file_mode"] == "0600"
