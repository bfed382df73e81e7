-- What people object to: facts about the person, one row for each organisation, source and category that a Consent names, '' where it
-- names none. By person. Owned by lhcr.access.
CREATE TABLE IF NOT EXISTS fact_consent (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    objection smallint NOT NULL,
    permits smallint NOT NULL,
    organisation text NOT NULL,
    source text NOT NULL,
    category text NOT NULL,
    low timestamptz NOT NULL,
    high timestamptz NOT NULL,
    PRIMARY KEY (person_id, rid, objection, permits, organisation, source, category)
);
