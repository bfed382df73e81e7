-- Input that could not be placed in the record, kept as it came with the reason, until somebody repairs or discards it.
CREATE TABLE quarantine (
    quarantine_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    source_id integer NOT NULL,
    received timestamptz NOT NULL DEFAULT clock_timestamp(),
    origin text NOT NULL,
    error text NOT NULL,
    reason text NOT NULL,
    digest bytea NOT NULL,
    content bytea NOT NULL,
    UNIQUE (source_id, digest, error)
);
ALTER TABLE quarantine ALTER COLUMN content SET STORAGE EXTERNAL;
