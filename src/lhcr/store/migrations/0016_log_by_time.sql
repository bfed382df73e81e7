-- The log in the order of time, by which an office reads what its users did with anybody's record, page by page.
CREATE INDEX IF NOT EXISTS audit_entry_recorded ON audit_entry (recorded);
