-- Cases of the privacy office, and what they are found by. Owned by lhcr.office.

-- One case of the office of one organisation, about what one user did with one person's record. By person. `source_key` is what makes it
-- the only one of its kind: an alert's id, a finding's user and day, an episode of the person's own page. While it is `watched` it is
-- no case yet: recorded facts may still explain it, and its clock has not begun.
CREATE TABLE IF NOT EXISTS privacy_case (
    person_id bigint NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    source_key text COLLATE "C" NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    organisation_name text NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    user_name text NOT NULL,
    role_name text NOT NULL,
    agent_kind text COLLATE "C" NOT NULL DEFAULT 'professional',
    began timestamptz NOT NULL,
    ended timestamptz NOT NULL,
    words text NOT NULL,
    asked_by text COLLATE "C" NOT NULL DEFAULT '',
    by_proxy boolean NOT NULL DEFAULT false,
    noted timestamptz NOT NULL,
    opened timestamptz,
    due timestamptz,
    state text COLLATE "C" NOT NULL,
    version integer NOT NULL DEFAULT 1,
    escalated boolean NOT NULL DEFAULT false,
    outcome text COLLATE "C" NOT NULL DEFAULT '',
    outcome_words text NOT NULL DEFAULT '',
    told text NOT NULL DEFAULT '',
    closed timestamptz,
    PRIMARY KEY (person_id, case_id),
    UNIQUE (person_id, kind, source_key),
    CHECK (state IN ('watched', 'open', 'asked', 'escalated', 'closed')),
    CHECK ((state = 'closed') = (closed IS NOT NULL) AND (state = 'closed') = (outcome <> '')),
    CHECK (state IN ('watched', 'closed') OR (opened IS NOT NULL AND due IS NOT NULL)),
    CHECK (length(words) <= 1000 AND length(outcome_words) <= 1000 AND length(told) <= 1000)
);
-- The queue of one organisation; one case by its name in an address; what a user is asked; what is still compared with facts.
CREATE INDEX IF NOT EXISTS privacy_case_queue_population ON privacy_case (organisation, state, due, case_id);
CREATE INDEX IF NOT EXISTS privacy_case_name_population ON privacy_case (case_id);
CREATE INDEX IF NOT EXISTS privacy_case_asked_population ON privacy_case (organisation, user_id) WHERE state = 'asked';
CREATE INDEX IF NOT EXISTS privacy_case_unsettled_population ON privacy_case (noted) WHERE state <> 'closed';

-- What was done in a case, in order; rows are added and never changed.
CREATE TABLE IF NOT EXISTS privacy_case_step (
    person_id bigint NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    what text COLLATE "C" NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    actor_role text NOT NULL,
    words text NOT NULL,
    PRIMARY KEY (person_id, case_id, number),
    CHECK (length(words) <= 2000)
);

-- Who opened whose record on which day, in or out of the hours of their organisation: each is judged once, when its row is written.
-- Rows are kept for some days, because only what happens within an hour is counted together.
CREATE TABLE IF NOT EXISTS judged_opening (
    person_id bigint NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    out_of_hours boolean NOT NULL,
    began timestamptz NOT NULL,
    PRIMARY KEY (person_id, organisation, user_id, day, out_of_hours)
);
CREATE INDEX IF NOT EXISTS judged_opening_user_population ON judged_opening (organisation, user_id, began);
CREATE INDEX IF NOT EXISTS judged_opening_day_population ON judged_opening (day);

-- How far the log has been read, as the index of the next leaf. What was logged before there were patterns is not judged by them.
CREATE TABLE IF NOT EXISTS log_scan (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    next_leaf bigint NOT NULL
);
INSERT INTO log_scan (next_leaf) SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf
ON CONFLICT (one) DO NOTHING;
