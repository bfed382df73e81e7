"""`lhcr audit` and `lhcr explain`: the log is verified, taken out and explained, and whoever asks is in it."""

import asyncio
import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.cli.processes import lhcr, value_of
from tests.conftest import MakeDatabase

from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction, Request
from lhcr.audit.audit_event import audit_event
from lhcr.audit.entry import Entry
from lhcr.audit.sequencer import Sequencer
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.parts import running_parts


@pytest.fixture
def refused(migrated_database: MakeDatabase) -> tuple[str, str]:
    """A database in whose log one refusal stands, and the refusal's reference."""
    dsn = migrated_database()

    async def refuse() -> str:
        clock = SystemClock()
        async with running_parts(Settings(), dsn, clock=clock) as parts:
            principal = persona_claims(BY_NAME["receptionist"]).principal(
                token_id="t", expires=clock.now() + timedelta(hours=1)
            )
            with pytest.raises(Refused) as raised:
                await parts.gate.decide(
                    principal,
                    Request(interaction=Interaction.READ, type="Observation", person=None, asked="Observation/1"),
                )
            await Sequencer(parts.side_pool, clock=clock).sequence_now()
            return raised.value.reference

    return dsn, asyncio.run(refuse())


def test_a_decision_is_explained_rule_by_rule_and_the_question_is_logged(refused: tuple[str, str]) -> None:
    dsn, reference = refused
    done = lhcr("explain", reference, "--database-url", dsn)
    assert done.returncode == 0, done.stderr
    for expected in (reference, "refused by the rule role", "* role", "Callum Reyes", "Observation/1"):
        assert expected in done.stdout
    told = json.loads(lhcr("explain", reference.lower(), "--database-url", dsn, "--json").stdout)
    assert told["outcome"] == "refused"
    assert {verdict["rule"] for verdict in told["trace"]["verdicts"]} >= {"role", "purpose"}
    asked = value_of(dsn, "SELECT count(*) FROM audit_entry WHERE convert_from(text, 'UTF8') LIKE '%lhcr-command:%'")
    assert asked == 2


def test_a_reference_that_the_log_does_not_hold_is_told_so(refused: tuple[str, str]) -> None:
    done = lhcr("explain", "D-0000000000000", "--database-url", refused[0])
    assert (done.returncode, "holds nothing under this reference" in done.stderr) == (1, True)


def test_the_log_is_verified_here_and_from_its_export_and_against_a_head_that_was_kept(
    refused: tuple[str, str], tmp_path: Path
) -> None:
    dsn, _ = refused
    head = str(tmp_path / "kept.head")
    Path(head).write_text(lhcr("audit", "head", "--database-url", dsn).stdout)
    told = json.loads(lhcr("audit", "head", "--database-url", dsn, "--json").stdout)
    assert (told["size"], told["signed"], told["number"], told["note"]) == (1, True, 1, Path(head).read_text())
    here = lhcr("audit", "verify", "--database-url", dsn, "--witness", head)
    assert (here.returncode, "The log is intact" in here.stdout) == (0, True)
    assert "agrees with a head that somebody else kept" in here.stdout
    export = tmp_path / "log.ndjson"
    assert lhcr("audit", "export", str(export), "--database-url", dsn).returncode == 0
    assert "Callum" not in export.read_text()
    again = lhcr("audit", "export", str(export), "--database-url", dsn)
    assert (again.returncode, "Nothing was exported" in again.stderr) == (2, True)
    assert lhcr("audit", "verify", str(export), "--witness", head).returncode == 0
    assert lhcr("audit", "verify", str(export), "--witness", f"1:{told['root']}").returncode == 0
    assert lhcr("audit", "verify", str(export), "--witness", f"1:{'0' * 64}").returncode == 1


@pytest.mark.parametrize(("option", "said"), [((), "without"), (("--with-texts",), "with")])
def test_an_export_is_in_the_log_as_one_before_its_first_line_with_who_and_what(
    refused: tuple[str, str], tmp_path: Path, option: tuple[str, ...], said: str
) -> None:
    """Hazard: everybody's accesses are carried away, and the log tells of somebody who searched in it."""
    dsn, _ = refused
    file = tmp_path / "log.ndjson"
    assert lhcr("audit", "export", str(file), *option, "--database-url", dsn).returncode == 0
    last = "SELECT convert_from(text, 'UTF8') FROM audit_entry ORDER BY recorded DESC LIMIT 1"
    text = value_of(dsn, last)
    event = audit_event(msgspec.json.decode(text, type=Entry), event_id="1-1")
    assert (event["type"]["code"], event["subtype"][0]["code"]) == ("110106", "log-exported")
    assert event["agent"][0]["who"]["identifier"]["value"].startswith("lhcr-command:")
    assert f"the whole log {said} its texts, to export it" in str(event["entity"])
    assert ("the whole log" in bytes_of_texts(file)) is (said == "with")


def bytes_of_texts(file: Path) -> str:
    """What the entries of an export say."""
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return " ".join(b64decode(line["text"]).decode() for line in lines if line.get("text"))


def test_a_log_that_was_changed_is_not_intact(refused: tuple[str, str]) -> None:
    dsn, _ = refused
    value_of(dsn, "UPDATE audit_entry SET text = text || ' '")
    done = lhcr("audit", "verify", "--database-url", dsn, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["intact"], told["defects"][0]["kind"]) == (False, "edited-entry")


def test_a_file_that_is_no_export_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing\n")
    done = lhcr("audit", "verify", str(tmp_path / "x"))
    assert (done.returncode, "not an export" in done.stderr) == (2, True)
