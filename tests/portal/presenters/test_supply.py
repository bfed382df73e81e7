"""What was supplied stands beside the dose that it was of, and on its own where no dose in force is the one supplied.

Hazard: the wrong dose. A supply beside a dose that was never dispensed reads as if the pharmacy had handed that dose over.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.medicine import MedicineLine, present_medicines
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable

WHERE = RecordAddresses("k", Handles(b"secret"))
GP, HOSPITAL, PHARMACY = Source("A81001", "Surgery"), Source("RRE", "Hospital"), Source("FA123", "Pharmacy")
NAME, ONE, TWO = "Bisoprolol 2.5mg tablets", "One to be taken once a day", "Two to be taken once a day (5mg)"


def said(dose: str, *, source: Source, since: str = "2026-01-01", status: str = "active") -> Entry:
    return _entry("MedicationStatement", source, dose, status=status, effectivePeriod={"start": since})


def supplied(dose: str, *, on: str = "2026-03-01", name: str = NAME, status: str = "completed") -> Entry:
    return _entry("MedicationDispense", PHARMACY, dose, name=name, status=status, whenHandedOver=on)


def _entry(kind: str, source: Source, dose: str, *, name: str = NAME, **elements: object) -> Entry:
    dosages = [{"text": dose}] if dose else []
    holder = "dosage" if kind == "MedicationStatement" else "dosageInstruction"
    identity = f"{source.ods}-{dose}-{name}-{elements}"
    resource: JsonObject = {"resourceType": kind, "id": identity, "medicationCodeableConcept": {"text": name}}
    return Entry(resource | {holder: dosages} | elements, source)


def by_route(entry: Entry, route: str, *, identity: str) -> Entry:
    """The same entry, of its own identity, with a route into the body."""
    holder = "dosage" if "dosage" in entry.resource else "dosageInstruction"
    [dosage] = entry.resource[holder]
    routed = [dosage | ({"route": {"text": route}} if route else {})]
    return Entry(entry.resource | {"id": identity, holder: routed}, entry.source)


def lines(table: SectionTable, *entries: Entry) -> dict[str, MedicineLine]:
    """The lines by the dose of each."""
    return {"; ".join(line.dose): line for line in every_line(table, *entries)}


def every_line(table: SectionTable, *entries: Entry) -> list[MedicineLine]:
    now = datetime(2026, 3, 15, tzinfo=UTC)
    section = assemble(entries, completeness=Completeness(), table=table, now=now).section("medicines")
    assert section is not None
    groups = present_medicines(section.medicines, WHERE, whole=True)
    return [line for group in groups for line in group.lines]


def supplies(found: dict[str, MedicineLine]) -> dict[str, str]:
    return {dose: line.supplied for dose, line in found.items()}


LAST = "Last supplied with this dose: 1 March 2026 by Pharmacy"


@pytest.mark.parametrize("newest", [HOSPITAL, GP])
def test_hazard_wrong_dose_a_supply_stands_beside_the_dose_that_was_supplied(
    table: SectionTable, newest: Source
) -> None:
    """A ward pharmacist reads the doubled dose as dispensed, although the pharmacy has only ever supplied the old one."""
    since = {source: "2026-02-01" if source is newest else "2026-01-01" for source in (GP, HOSPITAL)}
    found = lines(
        table,
        said(TWO, source=HOSPITAL, since=since[HOSPITAL]),
        said(ONE, source=GP, since=since[GP]),
        supplied(ONE),
    )
    assert supplies(found) == {ONE: LAST, TWO: ""}
    assert [line.apart for line in found.values()] == [None, None]


def test_each_dose_says_when_it_was_last_supplied_itself(table: SectionTable) -> None:
    found = lines(
        table,
        said(TWO, source=HOSPITAL),
        said(ONE, source=GP),
        supplied(ONE),
        supplied(ONE, on="2026-01-01"),
        supplied(TWO, on="2026-02-01"),
    )
    assert supplies(found) == {ONE: LAST, TWO: "Last supplied with this dose: 1 February 2026 by Pharmacy"}


def test_hazard_wrong_dose_a_supply_of_another_dose_stands_on_its_own_and_says_its_dose(table: SectionTable) -> None:
    found = lines(table, said(TWO, source=HOSPITAL), said("Three a day", source=GP), supplied(ONE))
    assert set(supplies(found).values()) == {""}
    (first, last) = found.values()
    assert first.apart is None
    assert last.apart is not None
    assert last.apart.name == NAME
    assert last.apart.tag.words == "Last supplied"
    assert last.apart.dose == (f"Dose supplied: {ONE}",)
    assert last.apart.caution == "This differs from every line above: check which dose is taken."
    assert (last.apart.origin, last.apart.date) == ("Supplied by Pharmacy", "1 March 2026")


def test_hazard_wrong_dose_a_supply_that_says_no_dose_confirms_none(table: SectionTable) -> None:
    line = lines(table, said(ONE, source=GP), supplied(""))[ONE]
    assert line.supplied == ""
    assert line.apart is not None
    assert line.apart.dose == ("Dose supplied: not recorded",)
    assert line.apart.caution == "This does not confirm any dose above."


def test_hazard_wrong_dose_a_supply_without_a_dose_is_not_told_by_a_line_that_has_none_either(
    table: SectionTable,
) -> None:
    line = lines(table, said("", source=GP), supplied(""))["Dose not recorded"]
    assert line.supplied == ""
    assert line.apart is not None


def test_hazard_wrong_strength_a_supply_of_another_product_is_not_of_this_dose(table: SectionTable) -> None:
    """One tablet of 10 mg is not one of 2.5 mg, although both are told to be taken once a day."""
    line = lines(table, said(ONE, source=GP), supplied(ONE, name="Bisoprolol 10mg tablets"))[ONE]
    assert line.supplied == ""
    assert line.apart is not None
    assert line.apart.name == "Bisoprolol 10mg tablets"


def test_hazard_wrong_route_a_supply_by_another_route_is_not_of_this_dose(table: SectionTable) -> None:
    oral, injected = said(ONE, source=GP), supplied(ONE)
    oral.resource["dosage"][0]["route"] = {"text": "Oral"}
    injected.resource["dosageInstruction"][0]["route"] = {"text": "Subcutaneous"}
    line = lines(table, oral, injected)[ONE]
    assert (line.supplied, line.apart is None) == ("", False)


@pytest.mark.parametrize("first", ["Oral", "Rectal"])
def test_hazard_wrong_route_each_route_is_a_line_with_its_own_supply(table: SectionTable, first: str) -> None:
    """Hazard: the newest supply told nowhere, and one five months older read as the last."""
    routes = (first, "Rectal" if first == "Oral" else "Oral")
    prescribed = [
        by_route(said(ONE, source=source), route, identity=route)
        for source, route in zip((GP, HOSPITAL), routes, strict=True)
    ]
    dispensed = [
        by_route(supplied(ONE, on="2025-10-01"), "Oral", identity="older"),
        by_route(supplied(ONE, on="2026-03-01"), "Rectal", identity="newer"),
    ]
    found = {line.route: line for line in every_line(table, *prescribed, *dispensed)}
    assert {route: line.supplied for route, line in found.items()} == {
        ("Oral",): "Last supplied with this dose: 1 October 2025 by Pharmacy",
        ("Rectal",): LAST,
    }
    assert [line.apart for line in found.values()] == [None, None]


def test_hazard_wrong_route_a_source_that_leaves_the_route_out_lends_no_other_route_its_supply(
    table: SectionTable,
) -> None:
    prescribed = (
        by_route(said(ONE, source=GP), "", identity="a"),
        by_route(said(ONE, source=HOSPITAL), "Oral", identity="b"),
    )
    (line,) = every_line(table, *prescribed, by_route(supplied(ONE), "Rectal", identity="c"))
    assert (line.route, line.supplied, line.apart is None) == (("Oral",), "", False)


_DOSES, _ROUTES = st.sampled_from([ONE, ONE, TWO]), st.sampled_from(["", "Oral", "Rectal"])
_PRESCRIBED = st.lists(
    st.tuples(_DOSES, _ROUTES, st.sampled_from([GP, HOSPITAL]), st.sampled_from(["active", "on-hold"])),
    min_size=2,
    max_size=4,
)
_DISPENSED = st.lists(st.tuples(_DOSES, _ROUTES), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PRESCRIBED, _DISPENSED)
def test_hazard_wrong_dose_the_newest_supply_is_always_told_somewhere(
    table: SectionTable, prescribed: list[tuple[str, str, Source, str]], dispensed: list[tuple[str, str]]
) -> None:
    """Beside a dose, on its own, or as a line that is itself the supply; the oracle is its date, which no other entry has."""
    entries = [
        by_route(said(dose, source=source, status=status), route, identity=f"said-{index}")
        for index, (dose, route, source, status) in enumerate(prescribed)
    ]
    entries += [
        by_route(supplied(dose, on=f"2026-02-{day:02}"), route, identity=f"supplied-{day}")
        for day, (dose, route) in enumerate(dispensed, start=1)
    ]
    told = " | ".join(_supplies_told(line) for line in every_line(table, *entries))
    assert f" {len(dispensed)} February 2026" in f" {told}"


def _supplies_told(line: MedicineLine) -> str:
    return " | ".join([line.supplied, *(each.since for each in line.said_by), line.apart.date if line.apart else ""])


def test_the_newest_supply_is_told_on_its_own_beside_an_older_one_of_the_dose_in_force(table: SectionTable) -> None:
    """Hazard: a change that the pharmacy made last, hidden by an older supply that agrees."""
    line = lines(table, said(ONE, source=GP), supplied(ONE, on="2026-01-05"), supplied(TWO))[ONE]
    assert line.supplied == "Last supplied with this dose: 5 January 2026 by Pharmacy"
    assert line.apart is not None
    assert line.apart.dose == (f"Dose supplied: {TWO}",)


@pytest.mark.parametrize(
    ("prescribed", "labelled"),
    [(ONE, "one to be taken  ONCE a day"), ("Take 1 tablet daily", "Take ONE tablet a day"), (ONE, f"{ONE}.")],
)
def test_a_dose_in_the_same_words_agrees_however_they_are_spelt(
    table: SectionTable, prescribed: str, labelled: str
) -> None:
    (line,) = lines(table, said(prescribed, source=GP), supplied(labelled)).values()
    assert (line.supplied, line.apart) == (LAST, None)


def test_both_lines_of_one_dose_say_that_it_was_supplied(table: SectionTable) -> None:
    """Hazard: a supply told only by the source that holds the medicine back, as if nobody had taken it."""
    found = [said(ONE, source=GP), said(f"{ONE} ", source=HOSPITAL, status="on-hold"), supplied(ONE)]
    assert set(supplies(lines(table, *found)).values()) == {LAST}


def test_what_is_still_being_prepared_is_not_called_supplied(table: SectionTable) -> None:
    (line,) = lines(table, said(ONE, source=GP), supplied(ONE, status="preparation")).values()
    assert line.supplied == "Being prepared with this dose: 1 March 2026 by Pharmacy"


def test_a_supply_is_not_told_beside_itself(table: SectionTable) -> None:
    (line,) = lines(table, supplied(ONE)).values()
    assert (line.supplied, line.apart) == ("", None)


def test_a_dose_that_was_given_says_so(table: SectionTable) -> None:
    dose: JsonObject = {"dosage": {"dose": {"value": 5, "unit": "mg"}}, "effectiveDateTime": "2026-03-02T08:00:00Z"}
    given = _entry("MedicationAdministration", HOSPITAL, "", status="completed")
    given.resource.pop("dosageInstruction")
    given.resource.update(dose)
    (line,) = lines(table, said(ONE, source=GP), given).values()
    assert line.apart is not None
    assert (line.apart.tag.words, line.apart.dose) == ("Last given", ("Dose given: 5 mg",))
    assert line.apart.origin == "Given by Hospital"
