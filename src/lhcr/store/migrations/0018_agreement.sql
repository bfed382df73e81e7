-- Sharing agreements between organisations: who shares which kinds of entry with whom, from when to when. Directory. '*' in sources and
-- recipients is every organisation, in categories every kind. A tester is 'organisation|user'. Owned by lhcr.access.
CREATE TABLE IF NOT EXISTS agreement (
    agreement_id text COLLATE "C" PRIMARY KEY,
    sources text[] NOT NULL,
    recipients text[] NOT NULL,
    categories text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('off', 'testers', 'open')),
    testers text[] NOT NULL,
    low timestamptz NOT NULL,
    high timestamptz NOT NULL,
    in_emergency boolean NOT NULL,
    CHECK (low < high)
);

-- The National Data Opt-out: NHS numbers whose person keeps their record from research and planning, whether or not the person is known
-- here, and when the list was loaded. Directory: it is asked beside the facts about any person. Owned by lhcr.access.
CREATE TABLE IF NOT EXISTS opt_out (
    nhs_number text COLLATE "C" PRIMARY KEY CHECK (nhs_number ~ '^[0-9]{10}$')
);
CREATE TABLE IF NOT EXISTS opt_out_list (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    loaded timestamptz NOT NULL,
    numbers bigint NOT NULL
);
