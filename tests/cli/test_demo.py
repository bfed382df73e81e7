"""`lhcr demo` with real processes: started, killed in every way, started again with everything still there."""

import json
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import children_of, kill, lhcr, lives, running, status_of, until

from lhcr.demo.readers import readers_by_source
from lhcr.store.embedded import EmbeddedPostgres


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration in a folder of its own, which several runs share."""

    folder: Path
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> Path:
        return self.folder.parent / "demo.out"

    @contextmanager
    def running(self, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        arguments = ["demo", "--people", "0", "--no-browser", "--port", str(self.port), "--data-dir", str(self.folder)]
        with running([*arguments, *more], output=self.output) as process:
            until(lambda: self.is_up(process))
            yield process

    def is_up(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.output.read_text()
        return "lhcr token" in self.output.read_text() and status_of(f"{self.base}/health/ready") == 200

    def workers(self, process: subprocess.Popen[bytes]) -> list[int]:
        return children_of(process.pid, named="web_worker")

    def found(self) -> Any:
        """Ask as the demonstration's general practitioner for somebody's record, and return the id of the answer's Patient."""
        token = lhcr("token", "--persona", "gp", "--data-dir", str(self.folder)).stdout.strip()
        address = f"{self.base}/fhir/Patient/a81001-patient-0000"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())["id"]

    def page(self, address: str, *, persona: str) -> str:
        """Return a page of the portal as a persona reads it."""
        visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        visitor.addheaders = [("Origin", self.base)]
        visitor.open(f"{self.base}/sign-in", data=f"persona={persona}".encode(), timeout=10)
        with visitor.open(f"{self.base}{address}", timeout=10) as answer:
            text: str = answer.read().decode()
        return text

    def stop(self, process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> None:
        """Stop a demonstration in good order, and see that nothing of it is left."""
        workers, postmaster = self.workers(process), self.postmaster
        process.send_signal(number)
        assert process.wait(timeout=60) == 0, self.output.read_text()
        assert not any(map(lives, [*workers, postmaster or 0]))

    @property
    def postmaster(self) -> int | None:
        return EmbeddedPostgres(self.folder).status().pid


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    top = Path(tempfile.mkdtemp(prefix="lhcr-test-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield Demo(top / "area", port)
    EmbeddedPostgres(top / "area").stop()
    shutil.rmtree(top)


def test_a_demonstration_shows_where_to_look_and_serves_its_people_to_this_machine_alone(demo: Demo) -> None:
    with demo.running() as process:
        told = demo.output.read_text()
        for expected in (
            demo.base,
            "pharmacist",
            "999 000 0018",
            "lhcr token --persona gp",
            "lhcr load PATH --source ODS",
        ):
            assert expected in told
        assert demo.found() == "a81001-patient-0000"
        assert "A person asked about an access" in demo.page("/cases", persona="privacy-officer")
        assert "Brought in unconscious." in demo.page("/alerts", persona="privacy-officer")
        assert "Your privacy officer asks you a question" in demo.page("/find", persona="ed-doctor")
        agreed = lhcr("agreement", "list", "--data-dir", str(demo.folder)).stdout
        assert agreed.startswith("council-with-neighbour")
        assert _addresses(demo.port) == {"127.0.0.1"}
        second = lhcr("demo", "--port", str(demo.port), "--data-dir", str(demo.folder), "--no-browser")
        assert (second.returncode, "Choose another with --port" in second.stderr) == (1, True)
        other = lhcr("demo", "--port", "1" + str(demo.port)[1:], "--data-dir", str(demo.folder), "--no-browser")
        assert (other.returncode, f"already at {demo.base}" in other.stderr) == (1, True)
        demo.stop(process)


def test_a_demonstration_outlives_the_death_of_a_worker_of_the_database_and_of_itself(demo: Demo) -> None:
    with demo.running() as process:
        assert "The area is filled" not in demo.output.read_text()
        first = demo.workers(process)
        kill(first[0])
        until(lambda: len(demo.workers(process)) == 2 and first[0] not in demo.workers(process))
        until(lambda: demo.is_up(process))

        postmaster = demo.postmaster
        assert postmaster is not None
        kill(postmaster)
        until(lambda: demo.postmaster not in {None, postmaster} and demo.is_up(process))
        assert demo.found() == "a81001-patient-0000"

        workers = demo.workers(process)
        kill(process.pid)
        until(lambda: not any(map(lives, workers)))
    with demo.running() as process:
        assert demo.found() == "a81001-patient-0000"
        demo.stop(process, signal.SIGINT)
    verified = lhcr("audit", "verify", "--data-dir", str(demo.folder), "--json")
    assert verified.returncode == 0, verified.stdout


def test_more_people_are_added_and_a_reset_begins_anew(demo: Demo) -> None:
    with demo.running("--people", "14") as process:
        assert "The area is filled" in demo.output.read_text()
        demo.stop(process, signal.SIGHUP)
    with demo.running("--reset") as process:
        assert "The area is filled" in demo.output.read_text()
        assert demo.found() == "a81001-patient-0000"
        demo.stop(process)


def _addresses(port: int) -> set[str]:
    """Return the local addresses on which a port listens, version 4; none may listen on version 6."""
    hexadecimal = f"{port:04X}"
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        if local.endswith(f":{hexadecimal}") and state == "0A":
            found.add(socket.inet_ntoa(bytes.fromhex(local.split(":")[0])[::-1]))
    assert f":{hexadecimal} 00000000000000000000000000000000" not in Path("/proc/net/tcp6").read_text()
    return found


def test_the_first_read_of_the_readme_needs_its_token_and_shows_what_it_says(demo: Demo) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    asked = re.search(r'lhcr token --persona (\S+?)\)" \\\n +"http://127\.0\.0\.1:8000(/fhir/[^"]+)"', readme)
    assert asked
    with demo.running() as process:
        token = lhcr("token", "--persona", asked[1], "--data-dir", str(demo.folder)).stdout.strip()
        address = demo.base + asked[2].replace("|", "%7C")
        assert status_of(address) == 401
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert "Allergy to penicillin" in answer.read().decode()
        demo.stop(process)


def test_the_readme_names_every_source_whose_people_a_persona_can_open() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    told = {
        row[1]: set(re.findall(r"`([a-z-]+)`", row[2])) for row in re.finditer(r"\| `([A-Z0-9]+)` \| (.+) \|", readme)
    }
    assert told == {ods: set(names) for ods, names in readers_by_source().items()}
