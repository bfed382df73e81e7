-- Merges of persons, as the privacy office orders them, and what each needs to be undone.

-- Which person's record goes on in whose: a directory table, so that whoever looks where an id leads knows it without asking. Few rows;
-- every change raises the policy's epoch. A merge that was undone stays, with when, and leads nowhere.
CREATE TABLE IF NOT EXISTS person_merge (
    merge_id text COLLATE "C" PRIMARY KEY,
    merged_id bigint NOT NULL,
    survivor_id bigint NOT NULL,
    reason text NOT NULL CHECK (reason IN ('duplicate-registration', 'wrong-number', 'placeholder')),
    authority text NOT NULL CHECK (length(authority) BETWEEN 10 AND 500),
    given timestamptz NOT NULL,
    given_by text NOT NULL,
    undone timestamptz,
    CHECK (merged_id <> survivor_id)
);
-- Nobody goes on in two records at once.
CREATE UNIQUE INDEX IF NOT EXISTS person_merge_stands ON person_merge (merged_id) WHERE undone IS NULL;

-- The entries that a merge brought to a survivor. By person: the survivor.
CREATE TABLE IF NOT EXISTS merged_row (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    merge_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, rid, merge_id)
);

-- Whatever else it brought or took away, by its kind and key, so that unmerging gives it back. By person: the survivor.
CREATE TABLE IF NOT EXISTS merged_part (
    person_id bigint NOT NULL,
    merge_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    part text[] NOT NULL
);
CREATE INDEX IF NOT EXISTS merged_part_merge ON merged_part (person_id, merge_id);

-- What a write about a person whose record goes on in another's asks for in place of the next epoch: it fails the whole statement, and
-- whoever sent it looks again whose record it is. Hazard: an entry written where nobody reads any more.
CREATE OR REPLACE FUNCTION person_moved(epoch bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RAISE EXCEPTION 'the record of a person goes on in that of another, which is looked up again'
        USING ERRCODE = 'LH003';
END
$$;
