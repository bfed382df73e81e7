-- The audit log. Its own kind of table: only lhcr.audit touches it.

CREATE SEQUENCE audit_writer_id_sequence;

-- Writers, each with how far the sequencer has come with it. last_seq is null while a writer may still write; a writer that
-- ended says what its last entry was, so that entries cut from its end are missed.
CREATE TABLE audit_writer (
    writer_id bigint PRIMARY KEY,
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    sequenced bigint NOT NULL DEFAULT 0,
    last_seq bigint
);
CREATE INDEX audit_writer_open ON audit_writer (writer_id) WHERE last_seq IS NULL OR sequenced < last_seq;

-- Each writer numbers and chains its own entries: seq has no gap within a writer.
-- text is canonical JSON; digest is SHA-256 over salt and text; chain is SHA-256 over the previous chain and digest.
-- decision is the number behind a decision's reference, by which the decision is explained; it grows with time.
CREATE TABLE audit_entry (
    writer_id bigint NOT NULL,
    seq bigint NOT NULL,
    recorded timestamptz NOT NULL,
    person_id bigint,
    decision bigint,
    salt bytea NOT NULL,
    digest bytea NOT NULL,
    chain bytea NOT NULL,
    text bytea,
    PRIMARY KEY (writer_id, seq)
);
CREATE INDEX audit_entry_person ON audit_entry (person_id, recorded) WHERE person_id IS NOT NULL;
CREATE INDEX audit_entry_decision ON audit_entry (decision) WHERE decision IS NOT NULL;

-- A decision's trace, stored once and named by its digest from every entry that was decided by it.
CREATE TABLE audit_trace (
    digest bytea PRIMARY KEY,
    text bytea NOT NULL
);

-- Leaves of the tree, in the order that the one sequencer gave them.
CREATE TABLE audit_leaf (
    leaf_index bigint PRIMARY KEY,
    writer_id bigint NOT NULL,
    seq bigint NOT NULL,
    leaf_hash bytea NOT NULL,
    UNIQUE (writer_id, seq)
);

-- Tree heads (RFC 6962): size, root and when. frontier is the right edge, from which the next head is computed.
CREATE TABLE audit_head (
    tree_size bigint PRIMARY KEY,
    root_hash bytea NOT NULL,
    recorded timestamptz NOT NULL,
    frontier bytea NOT NULL,
    fence bigint NOT NULL
);

-- The one sequencer: whoever holds the advisory lock raises fence first and writes only while it still stands.
CREATE TABLE audit_sequencer (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    fence bigint NOT NULL DEFAULT 0
);
INSERT INTO audit_sequencer DEFAULT VALUES;
