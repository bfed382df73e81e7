"""No entry, however odd, keeps a record from being shown: every shape has a row, a page and a place in the timeline."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.entry import present_entry
from lhcr.portal.presenters.record import present_record
from lhcr.portal.presenters.section_page import present_medicines_page, present_results_page
from lhcr.portal.presenters.timeline import present_timeline
from lhcr.portal.rendering import Look, Renderer
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable, load_sections

WHERE = RecordAddresses("k", Handles(b"secret"))

TABLE: SectionTable = load_sections()
RENDERER = Renderer(Look(area="Area", demonstration=False))
TYPES = sorted(set(TABLE.types) | {"Patient", "Coverage", "Bundle", "Nothing"} - {""})
ELEMENTS = sorted(
    {
        path[0].replace("[x]", "DateTime")
        for section in TABLE.sections
        for column in section.columns
        for path in column.paths
    }
    | {path[0].replace("[x]", "Quantity") for reading in TABLE.types.values() for path in reading.titles}
    | {
        "code",
        "status",
        "clinicalStatus",
        "verificationStatus",
        "category",
        "component",
        "valueQuantity",
        "note",
        "text",
    }
    | {
        "extension",
        "modifierExtension",
        "meta",
        "contained",
        "dosage",
        "dosageInstruction",
        "name",
        "address",
        "telecom",
    }
    | {"identifier", "birthDate", "deceasedDateTime", "gender", "generalPractitioner", "communication", "reaction"}
    | {
        "item",
        "section",
        "activity",
        "content",
        "presentedForm",
        "referenceRange",
        "interpretation",
        "result",
        "period",
    }
    | {"emptyReason", "entry", "dispenseRequest", "protocolApplied", "doNotPerform", "criticality", "effectivePeriod"}
)
PARTS = ["coding", "code", "system", "display", "text", "value", "unit", "start", "end", "reference", "low", "high"]
PARTS += [
    "given",
    "family",
    "line",
    "time",
    "timing",
    "repeat",
    "div",
    "url",
    "valueString",
    "attachment",
    "data",
    "tag",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-10, 10**20)
    | st.sampled_from(
        ["", "2024", "2024-02-30", "2024-05-06T07:08:09Z", "9999-12-31T23:59:59-12:00", "#x", "Patient/p", "1e999"]
    )
    | st.text(max_size=6)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=4),
    max_leaves=8,
)
RESOURCES = st.builds(
    lambda kind, elements: {"resourceType": kind, **elements},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(ELEMENTS), VALUES, max_size=6),
)


@given(st.lists(RESOURCES, max_size=4))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_shape_of_entry_has_its_pages(resources: list[JsonObject]) -> None:
    entries = [Entry(one | {"id": f"e{index}"}, Source("X", "X")) for index, one in enumerate(resources)]
    view = assemble(entries, completeness=Completeness(), table=TABLE, now=datetime(2026, 3, 15, tzinfo=UTC))
    for template, page in (
        ("record.jinja", present_record(view, WHERE)),
        ("medicines.jinja", present_medicines_page(view, WHERE)),
        ("results.jinja", present_results_page(view, WHERE)),
        ("timeline.jinja", present_timeline(view, WHERE)),
    ):
        assert RENDERER.text(template, {"page": page})
    for entry in entries:
        shown = present_entry(view, entries, entry, WHERE)
        assert shown is None or RENDERER.text("entry.jinja", {"page": shown})


def test_depth_without_end_is_told_up_to_where_it_can_be_read() -> None:
    item: JsonObject = {"text": "deep"}
    section: JsonObject = {"title": "deep"}
    for _ in range(300):
        item, section = {"text": "q", "item": [item]}, {"title": "s", "section": [section]}
    resources = [
        {"resourceType": "QuestionnaireResponse", "id": "a", "item": [item]},
        {"resourceType": "Composition", "id": "b", "section": [section]},
    ]
    entries = [Entry(one, Source("X", "X")) for one in resources]
    view = assemble(entries, completeness=Completeness(), table=TABLE, now=datetime(2026, 3, 15, tzinfo=UTC))
    assert RENDERER.text("record.jinja", {"page": present_record(view, WHERE)})
    assert all(present_entry(view, entries, entry, WHERE) for entry in entries)
