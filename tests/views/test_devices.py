"""A thing to live with stands in one place, whoever speaks of it."""

from collections.abc import Callable

from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]


def frame(entry: MakeEntry) -> Entry:
    return entry("Device", status="active", type={"text": "Walking frame with wheels"}, note=[{"text": "Delivered."}])


def test_a_device_and_its_use_are_one_row_of_equipment(view: View, entry: MakeEntry) -> None:
    """Hazard: one walking frame read as two, or looked for where it is not."""
    device = frame(entry)
    use = entry(
        "DeviceUseStatement",
        status="active",
        device={"reference": device.reference},
        timingPeriod={"start": "2026-01-02"},
    )
    record = view(device, use)
    equipment, medicines = record.section("equipment"), record.section("medicines")
    assert equipment is not None
    assert medicines is not None
    (row,) = equipment.rows
    assert row.title == "Walking frame with wheels"
    assert [origin.reference for origin in row.origins] == [use.reference, device.reference]
    assert row.detail == ("Delivered.",)
    assert row.date is not None
    assert medicines.rows == ()
    assert not any("Walking frame" in line for cell in row.cells for line in cell.lines)


def test_a_device_that_nobody_says_is_used_stands_by_itself(view: View, entry: MakeEntry) -> None:
    equipment = view(frame(entry), frame(entry)).section("equipment")
    assert equipment is not None
    assert equipment.entries == 2


def test_an_implant_is_a_medical_device(view: View, entry: MakeEntry) -> None:
    pacemaker = entry("Device", status="active", type={"text": "Cardiac pacemaker"})
    use = entry("DeviceUseStatement", status="active", device={"reference": pacemaker.reference})
    medicines = view(pacemaker, use).section("medicines")
    assert medicines is not None
    assert [row.title for row in medicines.rows] == ["Cardiac pacemaker"]
