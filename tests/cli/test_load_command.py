"""`lhcr load` with real processes: twice is once, a bad entry spoils no other, a killed load is completed by the next."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.cli.processes import children_of, kill, lhcr, lives, running, until, value_of
from tests.conftest import MakeDatabase

from lhcr.nhs.nhs_number import synthetic
from lhcr.store.embedded import EmbeddedPostgres


def load(dsn: str, *arguments: str) -> dict[str, Any]:
    done = lhcr("load", *arguments, "--source", "RRE", "--database-url", dsn, "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def lines(people: int, *, observations: int, first: int = 0) -> Iterator[str]:
    for number in range(first, first + people):
        identifier = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": synthetic(number).value}
        yield json.dumps({"resourceType": "Patient", "id": f"p{number}", "identifier": [identifier]})
        for place in range(observations):
            yield json.dumps(
                {
                    "resourceType": "Observation",
                    "id": f"o{number}-{place}",
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
                    "subject": {"reference": f"Patient/p{number}"},
                    "valueInteger": place,
                    "note": [{"text": "x" * 500}],
                }
            )


def write(path: Path, texts: Iterator[str]) -> Path:
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def loaded(dsn: str) -> int:
    """Count what is loaded, 0 before there is a database to ask."""
    try:
        return int(value_of(dsn, "SELECT count(*) FROM loaded_id"))
    except asyncpg.PostgresError:
        return 0


def test_loading_twice_changes_nothing_and_a_bad_line_is_kept_aside(
    migrated_database: MakeDatabase, tmp_path: Path
) -> None:
    dsn = migrated_database()
    good = list(lines(20, observations=5))
    write(tmp_path / "all.ndjson", iter([*good[:60], '{"resourceType": "Observation"}', *good[60:], "not json"]))
    first = load(dsn, str(tmp_path))
    assert (first["accepted"], first["quarantined"]) == (120, {"required-missing": 1, "json-invalid": 1})
    assert {each["place"] for each in first["quarantined_entries"]} == {"line 61", "line 122"}
    second = load(dsn, str(tmp_path))
    assert (second["accepted"], second["unchanged"]) == (0, 120)


def test_people_are_loaded_before_what_is_about_them(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    """Hazard: entries under a stand-in of somebody who is here."""
    dsn = migrated_database()
    text = list(lines(5, observations=3))
    write(tmp_path / "Observation.ndjson", (line for line in text if "Observation" in line))
    write(tmp_path / "Patient.ndjson", (line for line in text if "Observation" not in line))
    report = load(dsn, str(tmp_path))
    assert (report["accepted"], report["dangling_references"]) == (20, [])


def test_what_waits_for_another_file_is_loaded_after_it(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = migrated_database()
    reference = {"reference": "Practitioner?identifier=urn:staff|1"}
    patient = {"resourceType": "Patient", "id": "p", "generalPractitioner": [reference]}
    doctor = {"resourceType": "Practitioner", "id": "d", "identifier": [{"system": "urn:staff", "value": "1"}]}
    # Nothing at the beginning of the first file tells that it holds somebody whom the second refers to.
    document = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient}]}
    (tmp_path / "a.json").write_text(json.dumps(document))
    (tmp_path / "z.ndjson").write_text(json.dumps({"resourceType": "Basic", "code": {}}) + "\n" + json.dumps(doctor))
    report = load(dsn, str(tmp_path), "--processes", "1")
    assert report["dangling_references"] == []


def test_a_load_of_which_nothing_goes_in_fails(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = lhcr("load", str(tmp_path), "--source", "RRE", "--database-url", migrated_database())
    assert done.returncode == 1
    assert "no resourceType" in done.stdout


def test_a_load_that_is_killed_is_completed_by_the_next(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = migrated_database()
    for number in range(4):
        write(tmp_path / f"{number}.ndjson", lines(20, observations=60, first=20 * number))
    arguments = ["load", str(tmp_path), "--source", "RRE", "--database-url", dsn]
    with running(arguments, output=tmp_path.parent / "load.log") as process:
        workers = until(lambda: children_of(process.pid, named="spawn_main"))
        until(lambda: loaded(dsn) > 0)
        kill(process.pid)
    until(lambda: not any(map(lives, workers)))
    report = load(dsn, str(tmp_path))
    assert report["accepted"] + report["unchanged"] == 4 * 20 * 61
    assert report["accepted"] > 0, "the load was over before it was killed"
    assert report["unchanged"] > 0
    assert load(dsn, str(tmp_path))["accepted"] == 0
    assert value_of(dsn, "SELECT count(*) FROM person") == 4 * 20
    assert lhcr("audit", "verify", "--database-url", dsn).returncode == 0


def test_a_worker_that_is_killed_ends_the_load_with_a_sentence(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    write(tmp_path / "all.ndjson", lines(60, observations=100))
    output = tmp_path.parent / "killed.log"
    arguments = ["load", str(tmp_path), "--source", "RRE", "--database-url", migrated_database()]
    with running(arguments, output=output) as process:
        for worker in until(lambda: children_of(process.pid, named="spawn_main")):
            kill(worker)
        assert process.wait(timeout=60) == 1
    assert "Load the same files again" in output.read_text()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    """A file ten times as long takes at most a little more memory in the process that reads and writes it."""
    small, large = tmp_path / "small.ndjson", tmp_path / "large.ndjson"
    write(small, lines(15, observations=100))
    write(large, lines(150, observations=100))
    peaks = [_peak(path, migrated_database()) for path in (small, large)]
    assert peaks[1] - peaks[0] < 40_000, peaks


def _peak(path: Path, dsn: str) -> int:
    """Return the largest resident size, in kB, that a worker reached while it loaded a file."""
    program = (
        "import resource, sys\n"
        "from lhcr.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
    )
    arguments = ["load", str(path), "--source", "RRE", "--database-url", dsn, "--processes", "1"]
    script = path.parent / "measured.py"
    script.write_text("if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in program.splitlines()))
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=True)
    code, peak = done.stderr.split()[-2:]
    assert code == "0", done.stderr
    return int(peak)


def test_a_load_goes_on_when_its_database_is_killed(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="lhcr-test-")) / "area"
    server = EmbeddedPostgres(folder)
    write(tmp_path / "all.ndjson", lines(30, observations=60))
    try:
        server.start()
        arguments = ["load", str(tmp_path), "--source", "RRE", "--data-dir", str(folder)]
        with running(arguments, output=tmp_path.parent / "goes-on.log") as process:
            until(lambda: loaded(server.dsn("area")) > 0)
            postmaster = server.status().pid
            assert postmaster is not None
            kill(postmaster)
            assert process.wait(timeout=120) == 0, (tmp_path.parent / "goes-on.log").read_text()
        server.start()
        assert loaded(server.dsn("area")) == 30 * 61
    finally:
        server.stop()
        shutil.rmtree(folder.parent)
