-- Tables by person: person_id is in every key, so that a statement about one person goes to one partition or shard.
-- A positive person_id is a person; a negative one is a bucket of the shelf, for resources that name nobody.

CREATE SEQUENCE person_id_sequence;
-- Each worker takes numbers for rows in blocks, so that the rows of a bundle are known before they are written.
CREATE SEQUENCE rid_sequence INCREMENT 1024;

-- uses_shelf: some entry of theirs has referred to the shelf, such as to the Medication of a prescription.
CREATE TABLE person (
    person_id bigint PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 1,
    survivor_id bigint,
    uses_shelf boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Current versions. body is the exact JSON that is served; it is null where the resource is deleted.
CREATE TABLE resource (
    person_id bigint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    rid bigint NOT NULL,
    version integer NOT NULL,
    class integer NOT NULL,
    last_updated timestamptz NOT NULL,
    clinical_low bigint NOT NULL,
    clinical_high bigint NOT NULL,
    method smallint NOT NULL,
    members bigint[],
    body bytea,
    PRIMARY KEY (person_id, type, id)
);
ALTER TABLE resource ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX resource_rid ON resource (person_id, rid);
CREATE INDEX resource_last_updated ON resource (type, last_updated, rid);

-- Superseded versions, appended when they are superseded, never changed.
CREATE TABLE resource_history (
    person_id bigint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    rid bigint NOT NULL,
    version integer NOT NULL,
    class integer NOT NULL,
    last_updated timestamptz NOT NULL,
    method smallint NOT NULL,
    members bigint[],
    body bytea,
    PRIMARY KEY (person_id, rid, version)
);
ALTER TABLE resource_history ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX resource_history_last_updated ON resource_history (type, last_updated, rid);

-- The other persons that a resource names: one row for each, at that person, pointing at the resource's home.
CREATE TABLE resource_member (
    person_id bigint NOT NULL,
    home_person_id bigint NOT NULL,
    rid bigint NOT NULL,
    type smallint NOT NULL,
    class integer NOT NULL,
    PRIMARY KEY (person_id, home_person_id, rid)
);

-- Search rows. clinical is the low end of the resource's clinical date in microseconds, for the order of a page.
CREATE TABLE search_token (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    clinical bigint NOT NULL,
    class integer NOT NULL,
    system integer NOT NULL,
    param smallint NOT NULL,
    code text COLLATE "C" NOT NULL
);
CREATE INDEX search_token_person ON search_token (person_id, param, code, clinical DESC, rid) INCLUDE (system, class);
CREATE INDEX search_token_population ON search_token (param, code, clinical DESC, rid);

CREATE TABLE search_string (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL,
    folded text COLLATE "C" NOT NULL,
    exact text COLLATE "C" NOT NULL
);
CREATE INDEX search_string_person ON search_string (person_id, param, folded, rid);
CREATE INDEX search_string_population ON search_string (param, folded, rid);

CREATE TABLE search_reference (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL,
    target_type smallint NOT NULL,
    target_id text COLLATE "C" NOT NULL,
    target_version text COLLATE "C" NOT NULL
);
CREATE INDEX search_reference_person ON search_reference (person_id, param, target_id, target_type, rid);
CREATE INDEX search_reference_population ON search_reference (param, target_id, target_type, rid);

CREATE TABLE search_date (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    low bigint NOT NULL,
    high bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL
);
CREATE INDEX search_date_person ON search_date (person_id, param, low, high, rid);
CREATE INDEX search_date_population ON search_date (param, low, high, rid);

-- Numbers (system 0, code empty) and quantities. Doubles keep the order of the decimals that they come from.
CREATE TABLE search_quantity (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    class integer NOT NULL,
    system integer NOT NULL,
    param smallint NOT NULL,
    code text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL
);
CREATE INDEX search_quantity_person ON search_quantity (person_id, param, low, high, rid);
CREATE INDEX search_quantity_population ON search_quantity (param, low, high, rid);

CREATE TABLE search_uri (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL,
    value text COLLATE "C" NOT NULL
);
CREATE INDEX search_uri_person ON search_uri (person_id, param, value, rid);
CREATE INDEX search_uri_population ON search_uri (param, value, rid);

-- Composites: a token, then a token, quantity, date, number, string or reference (system2 its type's name), then a number.
CREATE TABLE search_composite (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL,
    system1 integer NOT NULL,
    code1 text COLLATE "C" NOT NULL,
    system2 integer,
    code2 text COLLATE "C",
    low2 double precision,
    high2 double precision,
    text2 text COLLATE "C",
    low3 double precision,
    high3 double precision
);
CREATE INDEX search_composite_person ON search_composite (person_id, param, code1, code2, low2, rid);
CREATE INDEX search_composite_population ON search_composite (param, code1, code2, low2, rid);

CREATE TABLE search_position (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    class integer NOT NULL,
    param smallint NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL
);
CREATE INDEX search_position_person ON search_position (person_id, rid);
CREATE INDEX search_position_population ON search_position (param, latitude, longitude);

-- The directory's own copies of the tables above, with person_id 0: the same statements serve both, and under Citus these
-- are reference tables, so that a hop from a person's row to an organisation joins on every node.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['resource', 'resource_history', 'search_token', 'search_string', 'search_reference',
                                'search_date', 'search_quantity', 'search_uri', 'search_composite', 'search_position']
    LOOP
        EXECUTE format('CREATE TABLE directory_%1$s (LIKE %1$s INCLUDING ALL)', name);
    END LOOP;
END
$$;
