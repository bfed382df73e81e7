-- The text of an entry is kept in its row as it is. To compress the ids of a page, which look like chance, takes longer than all
-- else of writing the entry, and saves a quarter; moved out of the row in slices, each would be a row with an index of its own.
ALTER TABLE audit_entry ALTER COLUMN text SET STORAGE EXTERNAL;
ALTER TABLE audit_entry SET (toast_tuple_target = 8160);
