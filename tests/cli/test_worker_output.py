"""The output of a worker: one JSON object a line, with nothing in it that an error says of itself."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest

_WRITES: str = """
import asyncio, logging, sys, warnings
import structlog
from lhcr.cli.serving.output import write_output

class Terminal:
    def isatty(self): return True
    def write(self, text): return sys.stderr.write(text)
    def flush(self): sys.stderr.flush()

write_output(Terminal() if "terminal" in sys.argv else sys.stderr)
structlog.get_logger("lhcr.fhir_api").info("request", method="GET", status=200)
logging.getLogger("lhcr.office").warning("stopped: %s", "TimeoutError")
logging.getLogger("uvicorn.access").info("GET /fhir/Patient?identifier=9990000018")
try:
    raise ValueError("9990000018 is the number of Zzcanary")
except ValueError:
    logging.getLogger("lhcr.audit").warning("will try\\nagain", exc_info=True)
    structlog.get_logger("lhcr.portal").error("failed", exc_info=True)
warnings.warn("old")
async def defect():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.01)
    del task
async def fail():
    raise KeyError("9990000018")
asyncio.run(defect())
import gc; gc.collect()
raise RuntimeError("9990000018 ends it")
"""


def written(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", _WRITES, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in io.StringIO(written())]


def test_every_line_is_one_object_with_its_time_level_and_logger(lines: list[dict[str, Any]]) -> None:
    assert len(lines) == 7
    for line in lines:
        assert {"time", "level", "logger", "event"} <= line.keys()
        assert line["time"].endswith("Z")


def test_both_ways_of_logging_meet_in_one_form(lines: list[dict[str, Any]]) -> None:
    request, stopped = lines[0], lines[1]
    assert (request["event"], request["method"], request["status"]) == ("request", "GET", 200)
    assert (stopped["event"], stopped["logger"]) == ("stopped: TimeoutError", "lhcr.office")


def test_hazard_what_an_error_says_of_itself_is_not_told_and_where_it_was_is(lines: list[dict[str, Any]]) -> None:
    assert "9990000018" not in str(lines)
    assert "Zzcanary" not in str(lines)
    for line in (lines[2], lines[3]):
        assert line["error"] == "ValueError"
        assert line["frames"] == ["<string>:16"]
    assert lines[2]["event"] == "will try\nagain"
    assert {line.get("error") for line in lines[4:]} == {None, "KeyError", "RuntimeError"}


def test_on_a_terminal_lines_are_for_a_person() -> None:
    told = written("terminal")
    assert "request" in told
    assert "9990000018" not in told
    with pytest.raises(ValueError, match=r"Expecting|Extra"):
        json.loads(told.splitlines()[0])
