"""No person's data, and no user's name, outside records and pages. Hazard: data in logs, addresses and titles, which more people read,
longer, than the record; nobody who reads them is asked why, and no entry of the audit log says who did.
"""

from pathlib import Path

from tests.canary.addresses import all_interactions, all_pages
from tests.canary.commands import SERVES, all_commands
from tests.canary.conftest import Walked
from tests.canary.marks import marks_in

#: What tells by whom a decision was asked for says so, and a token says whom it is for.
_NAMES_USERS = {("explain",), ("audit", "prove")}


def test_every_page_that_the_program_declares_is_walked(walked: Walked) -> None:
    assert sorted(all_pages() - set(walked.noted.walked)) == []


def test_every_interaction_that_the_program_declares_is_walked(walked: Walked) -> None:
    assert sorted(all_interactions() - set(walked.noted.walked)) == []


def test_every_command_that_the_program_declares_is_given(walked: Walked) -> None:
    given = [told.command for told in walked.told]
    assert (
        sorted(name for name in all_commands() - {SERVES} if not any(each[: len(name)] == name for each in given)) == []
    )


def test_the_journeys_met_good_answers_refusals_defects_and_outages(walked: Walked) -> None:
    """Else nothing is shown: what is never reached leaks nothing."""
    statuses = walked.noted.statuses
    assert {200, 201, 303, 400, 401, 403, 404, 422, 500, 503} <= set(statuses), statuses
    assert walked.noted.records
    assert {0, 1, 2} <= {told.code for told in walked.told}


def test_no_output_of_a_process_names_anybody(walked: Walked) -> None:
    written = walked.area.written()
    assert '"route"' in written or "route=" in written
    assert [line for line in written.splitlines() if marks_in(line)] == []
    assert marks_in(written) == []


def test_no_command_names_anybody(walked: Walked) -> None:
    found = {}
    for told in walked.told:
        met = marks_in(_without_own_words(told.text, told.command))
        if any(told.command[: len(name)] == name for name in _NAMES_USERS):
            met = [each for each in met if not each.startswith("name of a user")]
        if met:
            found[told.command] = (met, told.text)
    assert found == {}, found


def _without_own_words(text: str, arguments: tuple[str, ...]) -> str:
    """What the operator typed is theirs, and may be told back to them alone."""
    for each in sorted(arguments, key=len, reverse=True):
        text = text.replace(each, "")
    return text


def test_no_title_names_anybody(walked: Walked) -> None:
    assert len(walked.noted.titles) > 10
    assert [title for title in walked.noted.titles if marks_in(title)] == []


def test_no_address_names_anybody(walked: Walked) -> None:
    """Addresses are kept by browsers and proxies, and sent on to other pages."""
    assert len(walked.noted.addresses) > 200
    assert {each: where for each, where in walked.noted.addresses.items() if marks_in(each)} == {}


def test_no_header_and_no_cookie_names_anybody(walked: Walked) -> None:
    assert any(each.startswith("set-cookie:") for each in walked.noted.headers)
    assert {each: where for each, where in walked.noted.headers.items() if marks_in(each)} == {}


def test_every_page_of_somebody_signed_in_offers_to_sign_out(walked: Walked) -> None:
    """Hazard: a screen that is left, and read by whoever comes next."""
    assert walked.noted.without_way_out == set()


def test_no_answer_is_a_stack_trace(walked: Walked) -> None:
    assert walked.noted.tracebacks == []


def test_the_database_writes_nobody_into_its_own_log(walked: Walked) -> None:
    (row,) = walked.area.rows("SELECT pg_read_binary_file(pg_current_logfile()) AS text")
    assert row["text"]
    assert marks_in(row["text"].decode("utf-8", "replace")) == []


def test_no_title_of_a_process_and_no_running_statement_names_anybody(walked: Walked) -> None:
    lines = [each.read_bytes().decode(errors="replace") for each in _command_lines(walked.area.served.pids)]
    assert len(lines) >= 3
    statements = [" ".join(row) for row in walked.area.rows("SELECT query, application_name FROM pg_stat_activity")]
    assert [each for each in (*lines, *statements) if marks_in(each)] == []


def _command_lines(pids: list[int]) -> list[Path]:
    """Of the workers, and of every process of PostgreSQL on this machine that can be read."""
    found = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [each] if each.read_bytes().startswith(b"postgres:") else []
        except OSError:
            continue
    return found


def test_no_file_is_left_behind_that_names_anybody(walked: Walked) -> None:
    left = [each for each in walked.files.rglob("*") if each.is_file()]
    assert [each for each in left if marks_in(f"{each.name} {each.read_bytes().decode(errors='replace')}")] == []
