-- Signing in by a provider. A sign-in that has begun and is led to the provider; only digests are kept, of what the provider gives
-- back and of what the browser keeps: whoever reads this table can end no sign-in.
CREATE TABLE sign_in_attempt (
    state_digest bytea PRIMARY KEY,
    browser_digest bytea NOT NULL,
    service text NOT NULL,
    return_path text NOT NULL,
    ends timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_ends ON sign_in_attempt (ends);

-- Somebody who has proved who they are and has yet to choose in which of their roles they work.
CREATE TABLE role_choice (
    id_digest bytea PRIMARY KEY,
    roles bytea NOT NULL,
    return_path text NOT NULL,
    ends timestamptz NOT NULL
);
CREATE INDEX role_choice_ends ON role_choice (ends);

-- How often signing in has failed in a minute, by a keyed digest of an address or of a subject.
CREATE TABLE failed_sign_in (
    name_digest bytea NOT NULL,
    minute timestamptz NOT NULL,
    times integer NOT NULL,
    PRIMARY KEY (name_digest, minute)
);
CREATE INDEX failed_sign_in_minute ON failed_sign_in (minute);

-- A session's own limits, which follow from how somebody signed in, and the roles among which they can change.
ALTER TABLE session ADD COLUMN ends timestamptz NOT NULL DEFAULT clock_timestamp() + interval '12 hours';
ALTER TABLE session ADD COLUMN idle interval NOT NULL DEFAULT interval '15 minutes';
ALTER TABLE session ADD COLUMN roles bytea;
UPDATE session SET ends = began + interval '12 hours';
