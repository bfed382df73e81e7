-- Entries that were written about a merged person, under ids that lead to the survivor, and went back with an unmerge: where they are
-- now, by the row number that stands in their id. A directory table: few rows, known to every worker.
CREATE TABLE IF NOT EXISTS returned_entry (
    rid bigint PRIMARY KEY,
    person_id bigint NOT NULL
);
