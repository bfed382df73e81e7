"""The record's named statements."""

from lhcr.store.statements import load_statements

STATEMENTS = load_statements("lhcr.record", "persons.sql")
READS = load_statements("lhcr.record", "read.sql")
USED_META = load_statements("lhcr.record", "used_meta.sql")
HISTORY = load_statements("lhcr.record", "history.sql")
