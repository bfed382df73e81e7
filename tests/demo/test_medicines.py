"""Specification of medicines as each source writes them."""

from datetime import date

from lhcr.demo import formulary
from lhcr.demo.chart import Chart
from lhcr.demo.medicines import Change, Stop, write_discharge_medicine, write_prescription, write_sale, write_supply
from lhcr.demo.organisations import GP_PRACTICE, HOSPITAL, PHARMACY, Source
from lhcr.demo.people import BY_KEY
from lhcr.kernel.json_types import JsonObject

TODAY = date(2026, 3, 2)


def chart_of(source: Source) -> Chart:
    return Chart(source, person=BY_KEY["carer"].person, today=TODAY)


def only(chart: Chart) -> JsonObject:
    [entry] = chart.contribution().bundle["entry"]
    return dict(entry["resource"])


def test_a_repeat_prescription_is_active_and_says_why_it_is_taken() -> None:
    chart = chart_of(GP_PRACTICE)
    write_prescription(chart, formulary.METFORMIN, since=chart.ago(90), by="gp")
    written = only(chart)
    assert written["status"] == "active"
    assert written["reasonCode"][0]["text"] == "Type 2 diabetes mellitus"
    assert written["medicationCodeableConcept"]["text"] == "Metformin 500mg tablets"
    assert written["dispenseRequest"]["quantity"]["value"] == 56


def test_a_stopped_one_says_when_by_whom_and_why() -> None:
    chart = chart_of(GP_PRACTICE)
    stop = Stop(on=date(2026, 1, 9), by="Dr Owen Carrick", why="ankle swelling")
    write_prescription(chart, formulary.AMLODIPINE, since=chart.ago(900), by="gp", stop=stop)
    written = only(chart)
    assert written["status"] == "stopped"
    assert written["statusReason"]["text"] == "Stopped on 9 January 2026 by Dr Owen Carrick: ankle swelling"
    assert written["dispenseRequest"]["validityPeriod"]["end"] == "2026-01-09"


def test_what_was_issued_once_is_completed() -> None:
    chart = chart_of(GP_PRACTICE)
    write_prescription(chart, formulary.AMOXICILLIN, since=chart.ago(30), by="gp", repeats=None)
    assert only(chart)["status"] == "completed"


def test_a_medicine_taken_when_needed_says_so() -> None:
    chart = chart_of(PHARMACY)
    write_supply(chart, formulary.SALBUTAMOL, on=chart.ago(3))
    dosage = only(chart)["dosageInstruction"][0]
    assert dosage["asNeededBoolean"] is True
    assert "timing" not in dosage


def test_a_medicine_taken_by_the_clock_does_not_say_when_needed() -> None:
    chart = chart_of(PHARMACY)
    write_supply(chart, formulary.METFORMIN, on=chart.ago(3))
    dosage = only(chart)["dosageInstruction"][0]
    assert "asNeededBoolean" not in dosage
    assert dosage["timing"]["repeat"]["frequency"] == 2


def test_a_sale_of_last_month_is_over_and_one_of_yesterday_is_not() -> None:
    over, lasting = chart_of(PHARMACY), chart_of(PHARMACY)
    write_sale(over, formulary.IBUPROFEN_OTC, on=over.ago(30))
    write_sale(lasting, formulary.IBUPROFEN_OTC, on=lasting.ago(1))
    assert (only(over)["status"], only(lasting)["status"]) == ("completed", "active")


def test_a_change_at_discharge_travels_with_its_reason_and_detail() -> None:
    chart = chart_of(HOSPITAL)
    change = Change(status="amended", on=chart.ago(5), why="Heart rate", detail="Doubled.")
    write_discharge_medicine(chart, formulary.BISOPROLOL, on=chart.ago(5), change=change)
    written = only(chart)
    parts = {part["url"]: part for part in written["extension"][0]["extension"]}
    assert parts["status"]["valueCoding"]["code"] == "amended"
    assert parts["indicationForChange"]["valueCodeableConcept"]["text"] == "Heart rate"
    assert written["note"] == [{"text": "Doubled."}]


def test_a_medicine_stopped_in_hospital_is_not_listed_as_taken() -> None:
    # Hazard: what a hospital stopped goes on being taken.
    chart = chart_of(HOSPITAL)
    change = Change(status="stopped", on=chart.ago(5), why="Bleeding", detail="Aspirin stopped.")
    write_discharge_medicine(chart, formulary.ASPIRIN, on=chart.ago(5), change=change)
    written = only(chart)
    assert written["status"] == "stopped"
    assert written["statusReason"] == [{"text": "Bleeding"}]
    assert list(written["effectivePeriod"]) == ["end"]


def test_a_medicine_held_in_hospital_is_on_hold_and_says_why() -> None:
    # Hazard: what a hospital held goes on being taken.
    chart = chart_of(HOSPITAL)
    change = Change(status="on-hold", on=chart.ago(5), why="Kidney function fell", detail="Held.")
    write_discharge_medicine(chart, formulary.RAMIPRIL, on=chart.ago(5), change=change)
    written = only(chart)
    assert written["status"] == "on-hold"
    assert written["statusReason"] == [{"text": "Kidney function fell"}]


def test_a_medicine_carried_on_unchanged_says_nothing_of_change() -> None:
    chart = chart_of(HOSPITAL)
    write_discharge_medicine(chart, formulary.ASPIRIN, on=chart.ago(5))
    assert "extension" not in only(chart)
