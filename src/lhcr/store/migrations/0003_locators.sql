-- Tables by look-up key: who is behind an identifier or an identifier chosen by a client.

-- Ids that a client chose. Ids that this server assigned carry their own route and have no row here.
CREATE TABLE locator (
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    source_id integer NOT NULL,
    PRIMARY KEY (type, id)
);

-- Identifiers of persons: the NHS number with source 0, every other identifier with the source that uses it.
-- The row is the lock: of many writers with one identifier, one makes the person.
CREATE TABLE person_identifier (
    source_id integer NOT NULL,
    system text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    PRIMARY KEY (source_id, system, value)
);

-- What a bulk load called a resource, and what it is called here: loading the same file twice changes nothing.
CREATE TABLE loaded_id (
    source_id integer NOT NULL,
    type smallint NOT NULL,
    source_key text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    person_id bigint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (source_id, type, source_key)
);
