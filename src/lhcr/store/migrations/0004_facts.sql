-- Facts that the rules of access need, projected by the record as it writes. By person. Owned by lhcr.access.

-- What ties a person to an organisation: registration, encounter, referral, appointment, dispensing, caseload.
CREATE TABLE fact_relationship (
    person_id bigint NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    rid bigint NOT NULL,
    low timestamptz NOT NULL,
    high timestamptz NOT NULL,
    PRIMARY KEY (person_id, organisation, kind, rid)
);

-- A notice of each change, one row a person and transaction, for whoever delivers changes.
CREATE TABLE outbox (
    person_id bigint NOT NULL,
    position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rids bigint[] NOT NULL,
    PRIMARY KEY (person_id, position)
);
