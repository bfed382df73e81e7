-- Orders of the privacy office over entries: removal, restriction of processing, holds, disposal. By person (negative: a bucket of the
-- shelf). `authority` says in words on what ground, and nothing of what the entries hold; `rids` are the rows that it is about, empty for
-- the whole person. An order that was released stays, with when.
CREATE TABLE IF NOT EXISTS entry_order (
    person_id bigint NOT NULL,
    order_id text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('removal', 'restriction', 'hold', 'disposal')),
    authority text NOT NULL CHECK (length(authority) BETWEEN 10 AND 500),
    given timestamptz NOT NULL,
    given_by text NOT NULL,
    rids bigint[] NOT NULL,
    released timestamptz,
    PRIMARY KEY (person_id, order_id)
);
CREATE INDEX IF NOT EXISTS entry_order_population ON entry_order (order_id);

-- Names under which removed entries are not taken again from their source: digests under a key of the area, no content. By look-up key.
CREATE TABLE IF NOT EXISTS removed_name (
    name_digest bytea PRIMARY KEY,
    person_id bigint NOT NULL,
    order_id text COLLATE "C" NOT NULL
);
CREATE INDEX IF NOT EXISTS removed_name_order ON removed_name (order_id);
