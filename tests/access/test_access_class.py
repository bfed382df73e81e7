"""Access classes: whose rows they are."""

from types import MappingProxyType

from lhcr.access.access_class import AccessClass, ClassTable

CLASSES = tuple(
    AccessClass(class_id=number, source_id=source, category="problem", labels=())
    for number, source in ((1, 10), (2, 20), (3, 30))
)
TABLE = ClassTable(
    epoch=1,
    classes=CLASSES,
    source_by_ods=MappingProxyType({"A81001": 10, "RRE": 20}),
    id_by_key=MappingProxyType({}),
)


def test_a_class_leads_to_the_organisation_that_contributed_its_rows() -> None:
    assert [TABLE.ods_of(number) for number in (1, 2)] == ["A81001", "RRE"]


def test_a_class_or_source_that_a_table_does_not_know_leads_to_nobody() -> None:
    """Hazard: rows shown as another organisation's, because the table is older than their class."""
    assert [TABLE.ods_of(number) for number in (3, 4, 0, -1)] == ["", "", "", ""]
