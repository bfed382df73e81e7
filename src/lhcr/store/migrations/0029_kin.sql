-- What would tie staff to a person in private life: digests under a key of the area, one row for each that a Patient says (1 the NHS
-- number, 2 a family name, 3 postcode and first line of an address). By person. Owned by lhcr.access.
CREATE TABLE IF NOT EXISTS fact_kin (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    kind smallint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (person_id, rid, kind, digest)
);

-- The same of staff, as their organisation tells it: nothing but digests, so that nobody can read what is known of them.
CREATE TABLE IF NOT EXISTS staff_person (
    organisation text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    kind smallint NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (organisation, user_id, kind, digest)
);
