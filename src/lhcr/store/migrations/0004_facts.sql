-- Facts that the rules of access need, projected by the record as it writes. By person. Owned by lhcr.access.

-- What ties a person to a party: to an organisation (registration, encounter, referral, appointment, dispensing, caseload,
-- contribution), named by its ODS code, or to somebody who may open the record as a citizen (themselves, a proxy), named as
-- `nhs-number|` and their number. rid is the resource that says so, 0 for what the record itself knows (contribution).
CREATE TABLE fact_relationship (
    person_id bigint NOT NULL,
    party text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    rid bigint NOT NULL,
    low timestamptz NOT NULL,
    high timestamptz NOT NULL,
    PRIMARY KEY (person_id, party, kind, rid)
);
CREATE INDEX fact_relationship_rid ON fact_relationship (person_id, rid);

-- A notice of each change, one row a person and transaction, for whoever delivers changes.
CREATE TABLE outbox (
    person_id bigint NOT NULL,
    position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rids bigint[] NOT NULL,
    PRIMARY KEY (person_id, position)
);
