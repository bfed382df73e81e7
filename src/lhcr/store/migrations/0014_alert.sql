-- Alerts: what a privacy officer is told of whoever opened a record on their own word, one row for each claim and each emergency
-- session, written in its transaction. By person. Owned by lhcr.access. Type and reason are codes of SCR-AlertType and
-- SCR-AlertReason; pairs that these do not allow are refused here too.
CREATE TABLE IF NOT EXISTS alert (
    person_id bigint NOT NULL,
    alert_id text COLLATE "C" NOT NULL,
    recorded timestamptz NOT NULL,
    type smallint NOT NULL,
    reason smallint NOT NULL,
    words text NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    user_name text NOT NULL,
    role_code text COLLATE "C" NOT NULL,
    role_name text NOT NULL,
    organisation text COLLATE "C" NOT NULL,
    organisation_name text NOT NULL,
    until timestamptz NOT NULL,
    ended timestamptz,
    decision bigint NOT NULL,
    PRIMARY KEY (person_id, alert_id),
    CHECK (type IN (1, 2) AND reason BETWEEN 1 AND 6 AND (type, reason) NOT IN ((1, 5), (2, 4), (2, 6))),
    CHECK (length(words) BETWEEN 10 AND 500)
);
-- The queue of one organisation, and the sessions of one user, whomever they are about.
CREATE INDEX IF NOT EXISTS alert_organisation_population ON alert (organisation, recorded DESC, alert_id DESC);
CREATE INDEX IF NOT EXISTS alert_user_population ON alert (organisation, user_id, until);
