-- What came in number without coming to anything: how often, by whom or from where, on one day. Rows are kept for some days. Owned by
-- lhcr.office, as are cases, which lose their words when their time is over: `forgotten` says when.
CREATE TABLE IF NOT EXISTS counted_attempt (
    organisation text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    day date NOT NULL,
    first timestamptz NOT NULL,
    last timestamptz NOT NULL,
    times integer NOT NULL,
    PRIMARY KEY (organisation, kind, subject, day)
);
CREATE INDEX IF NOT EXISTS counted_attempt_day_population ON counted_attempt (day);
ALTER TABLE privacy_case ADD COLUMN IF NOT EXISTS forgotten timestamptz;
CREATE INDEX IF NOT EXISTS privacy_case_closed_population ON privacy_case (closed) WHERE state = 'closed' AND forgotten IS NULL;
