"""What a page calls the organisations that contributed: by name, or by kind where a name would tell where somebody lives."""

from lhcr.portal.contributors import Contributors
from lhcr.views.entry import Source

NAMES = {"A81001": "Aldermere Surgery", "B82002": "Wexcombe Practice", "ZCC": "Aldermere Borough Council"}


def test_an_organisation_is_called_by_its_name_and_by_its_code_where_it_has_none_here() -> None:
    named = Contributors(NAMES, by_kind=False)
    assert named.of("A81001") == Source("A81001", "Aldermere Surgery")
    assert named.of("RRE") == Source("RRE", "RRE")
    assert named.of("").shown == "Source not stated"


def test_hazard_whereabouts_exposed_by_kind_neither_name_nor_code_is_left() -> None:
    by_kind = Contributors(NAMES, by_kind=True)
    called = [by_kind.of(ods) for ods in ("A81001", "FA123", "RRE", "ZCC", "RRE01")]
    assert [source.ods for source in called] == [""] * 5
    assert [source.shown for source in called] == [
        "GP practice",
        "Community pharmacy",
        "NHS trust",
        "Care organisation",
        "NHS trust 2",
    ]


def test_hazard_contradicting_sources_read_as_one_two_of_a_kind_are_told_apart_and_each_keeps_its_name() -> None:
    by_kind = Contributors(NAMES, by_kind=True)
    assert [by_kind.of(ods).shown for ods in ("B82002", "A81001", "B82002")] == [
        "GP practice",
        "GP practice 2",
        "GP practice",
    ]
