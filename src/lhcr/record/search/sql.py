"""The named statements of included resources and golden Patients."""

from typing import Final

from lhcr.store.statements import load_statements

STATEMENTS: Final = load_statements("lhcr.record.search", "includes.sql")
