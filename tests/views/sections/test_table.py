"""The table holds the 38 sections of the standard in order, and says only what the program understands."""

from dataclasses import fields
from importlib.resources import files

import msgspec

from lhcr.views.readers import READERS
from lhcr.views.sections.table import CURRENT_VERSION, Column, Rule, Section, SectionTable

FULL = {
    *("demographics", "gp-practice", "alerts", "allergies", "medicines", "vaccinations", "problems", "procedures"),
    *("results", "contacts", "documents", "end-of-life", "about-me", "contingency-plans"),
}


def test_there_are_thirty_eight_sections_numbered_in_order(table: SectionTable) -> None:
    assert [section.number for section in table.sections] == list(range(1, 39))
    assert len({section.key for section in table.sections}) == 38


def test_the_file_says_nothing_that_nobody_reads() -> None:
    """Hazard: a list of who sees a section that contradicts what the gate decides."""
    text = files("lhcr.views.sections").joinpath(f"{CURRENT_VERSION}.json").read_bytes()
    sections = msgspec.json.decode(text)["sections"]
    parts = {
        Section: sections,
        Rule: [rule for section in sections for rule in section["rules"]],
        Column: [column for section in sections for column in section.get("columns", ())],
    }
    for kind, items in parts.items():
        assert {name for item in items for name in item} <= {field.name for field in fields(kind)}, kind


def test_the_sections_that_are_worked_out_in_full_are_said(table: SectionTable) -> None:
    assert {section.key for section in table.sections if section.full} == FULL


def test_every_column_has_a_path_or_a_reader_that_exists(table: SectionTable) -> None:
    for section in table.sections:
        for column in section.columns:
            assert column.paths or column.reader in READERS, (section.key, column.label)


def test_columns_that_are_compared_are_columns(table: SectionTable) -> None:
    for section in table.sections:
        assert set(section.compare) <= {column.label for column in section.columns}
        assert section.same or not section.compare


def test_no_heading_leads_to_two_sections(table: SectionTable) -> None:
    headings = [heading for section in table.sections for heading in section.headings]
    assert len(headings) == len(set(headings))
