"""What a load tells: every number adds up, nothing of a person is repeated, long lists end."""

import json
from collections import Counter

import pytest

from lhcr.cli.load_report import report, report_json, report_lines
from lhcr.ingest.load import Summary
from lhcr.ingest.tally import MOST_LISTED, RejectedEntry, Tally
from lhcr.nhs.ods import OdsCode

_RRE = OdsCode("RRE")


def summary(*, rejected: int = 0, missing: set[str] | None = None) -> Summary:
    tally = Tally(accepted=1_200, unchanged=30, folded=2, quarantined=Counter({"json-invalid": rejected}))
    listed = min(rejected, MOST_LISTED)
    tally.rejected = [RejectedEntry(f"f{n}.json", "entry[1]", "json-invalid", "It is broken.") for n in range(listed)]
    return Summary(files=3, bytes=10, seconds=2.0, tally=tally, missing=missing or set())


def test_people_read_what_was_accepted_folded_and_kept_aside_and_how_fast() -> None:
    told = "\n".join(report_lines(summary(rejected=25), source=_RRE))
    for expected in ("RRE", "3 files in 2.0 s, 628 entries/s", "1,200  accepted, of which 2 joined", "30  unchanged"):
        assert expected in told
    assert "f19.json entry[1]: It is broken." in told
    assert "f20.json" not in told
    assert "5 more" in told


def test_numbers_that_somebody_else_holds_are_told_so_that_they_are_looked_at() -> None:
    """Hazard: wrong person. A number set apart stands for two records of which one is mistaken, or for one in two parts."""
    told = summary()
    assert "set apart" not in "\n".join(report_lines(told, source=_RRE))
    told.tally.apart = 2
    assert "2 NHS numbers are set apart" in "\n".join(report_lines(told, source=_RRE))
    assert report_json(told, source=_RRE)["set_apart"] == 2


def test_a_load_without_trouble_tells_of_none() -> None:
    told = "\n".join(report_lines(summary(), source=_RRE))
    assert "Quarantined" not in told
    assert "lead to nothing" not in told


@pytest.mark.parametrize("as_json", [True, False])
def test_a_number_by_which_somebody_was_looked_for_is_not_repeated(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    """Hazard: person data in a report. A conditional reference may hold an NHS number."""
    missing = {"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018", "Practitioner/7"}
    report(summary(missing=missing), source=_RRE, as_json=as_json)
    told = capsys.readouterr().out
    assert "9990000018" not in told
    assert "Patient?..." in told
    assert "Practitioner/7" in told


def test_who_can_open_it_is_told_last_and_to_people_alone(capsys: pytest.CaptureFixture[str]) -> None:
    report(summary(), source=_RRE, as_json=False, readers="Sign in as somebody.")
    assert capsys.readouterr().out.endswith("\nSign in as somebody.\n")
    report(summary(), source=_RRE, as_json=True, readers="Sign in as somebody.")
    assert json.loads(capsys.readouterr().out)["source"] == "RRE"


def test_programs_read_the_same_numbers() -> None:
    told = report_json(summary(rejected=2), source=_RRE)
    assert json.loads(json.dumps(told)) == told
    assert (told["accepted"], told["unchanged"], told["folded"], told["quarantined"]) == (
        1200,
        30,
        2,
        {"json-invalid": 2},
    )
    assert told["quarantined_entries"][0] == {
        "file": "f0.json",
        "place": "entry[1]",
        "error": "json-invalid",
        "reason": "It is broken.",
    }


def test_of_very_many_rejections_and_missing_references_a_part_is_listed_and_all_are_counted() -> None:
    total = Tally()
    for _ in range(3):
        total.add(summary(rejected=900).tally)
    assert (total.quarantined.total(), len(total.rejected)) == (2_700, MOST_LISTED)
    crowded = summary()
    crowded.miss(f"Practitioner/{n}" for n in range(150_000))
    assert (len(crowded.missing), crowded.missing_more) == (100_000, True)
    assert any("At least 100,000 references" in line for line in report_lines(crowded, source=_RRE))


def test_hazard_person_data_in_logs_a_reference_whose_id_is_an_nhs_number_is_told_without_it() -> None:
    """Sources there are that make the ids of their Patients from NHS numbers."""
    missing = {"Patient/9990000018", "https://gp.example/fhir/Patient/nhs-9990000018", "Practitioner/12345678901"}
    told = [
        *report_lines(summary(missing=missing), source=_RRE),
        str(report_json(summary(missing=missing), source=_RRE)),
    ]
    assert not [line for line in told if "9990000018" in line]
    assert any("Practitioner/12345678901" in line for line in told)
    assert any("Patient/~" in line for line in told)
