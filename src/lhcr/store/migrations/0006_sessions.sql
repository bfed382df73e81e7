-- Sessions of the portal, by look-up key. Only the digest of a session's id is kept: whoever reads this table can use none.
CREATE TABLE session (
    id_digest bytea PRIMARY KEY,
    claims bytea NOT NULL,
    began timestamptz NOT NULL,
    used timestamptz NOT NULL
);
CREATE INDEX session_began ON session (began);
