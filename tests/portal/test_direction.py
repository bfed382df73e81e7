"""Direction of text: no invisible character turns the order of what a page shows."""

from collections.abc import Callable

import httpx
import pytest
from markupsafe import Markup
from tests.portal.conftest import Parts

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.direction import in_stored_order
from lhcr.views.entry import Entry, Source

CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


async def test_hazard_a_dose_that_reads_backwards_or_a_name_of_somebody_else_no_page_turns_letters_round(
    parts: Parts, sign_in: Callable[[str], httpx.AsyncClient]
) -> None:
    source = Source("A81001", "Sur\u202egery")
    patient = {"resourceType": "Patient", "id": "p", "name": [{"family": "Eil\u202esel", "given": ["Ann\u2067"]}]}
    medicine = {"text": "Met\u202dformin", "coding": [{"system": "urn:x", "code": "1", "display": "Met\u202eorp"}]}
    statement: JsonObject = {"resourceType": "MedicationStatement", "id": "m", "status": "active"}
    statement |= {"medicationCodeableConcept": medicine, "dosage": [{"text": "Take \u202e05\u202c mg"}]}
    parts.records.entries = {"rec1": [Entry(patient, source), Entry(statement, source)]}
    page = (await sign_in("gp").get("/record/rec1")).text
    assert "Take 05 mg" in page
    assert "EILSEL, Ann" in page
    assert not set(CONTROLS) & set(page)


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_of_the_bidirectional_algorithm_is_left_out(control: str) -> None:
    assert in_stored_order(f"a{control}b") == "ab"


def test_letters_of_every_script_stay_and_what_is_escaped_stays_escaped() -> None:
    assert in_stored_order("Zoë \u05d0\u05d1 5 µg") == "Zoë \u05d0\u05d1 5 µg"
    assert in_stored_order(Markup("<b>\u202e5</b>")) == Markup("<b>5</b>")
    assert isinstance(in_stored_order(Markup("<b>\u202e5</b>")), Markup)
    assert in_stored_order(None) is None
