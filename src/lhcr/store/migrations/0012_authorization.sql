-- What the authorization server keeps. Of codes and refresh tokens only digests are kept, as of sessions: whoever reads these tables
-- can use none. The keys with which tokens are signed: at most one is current and one is next; retired ones still verify.
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('next', 'current', 'retired')),
    private_key bytea NOT NULL,
    made timestamptz NOT NULL,
    retired timestamptz
);
CREATE UNIQUE INDEX signing_key_one_of_each ON signing_key (state) WHERE state <> 'retired';

-- Raised by whatever changes which tokens are accepted: every worker asks for it twice a second.
CREATE TABLE token_epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL
);
INSERT INTO token_epoch (epoch) VALUES (1);

-- Names of what is revoked until it would have ended: the id of a token, of a grant, or of a client.
CREATE TABLE revoked_token (
    name text PRIMARY KEY,
    until timestamptz NOT NULL
);

CREATE TABLE client (
    client_id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('system', 'app')),
    organisation text NOT NULL,
    organisation_name text NOT NULL,
    public_keys bytea NOT NULL,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    registered timestamptz NOT NULL,
    ended timestamptz
);

-- Ids of client assertions that were used, kept as long as the assertion could be sent again.
CREATE TABLE used_assertion (
    id_digest bytea PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX used_assertion_until ON used_assertion (until);

-- What a person let an app do: the code and every refresh token that came of it name it.
CREATE TABLE token_grant (
    grant_id text PRIMARY KEY,
    client_id text NOT NULL,
    claims bytea NOT NULL,
    ends timestamptz NOT NULL,
    revoked timestamptz
);
CREATE INDEX token_grant_ends ON token_grant (ends);

CREATE TABLE authorization_code (
    code_digest bytea PRIMARY KEY,
    grant_id text NOT NULL,
    client_id text NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    ends timestamptz NOT NULL,
    used timestamptz
);
CREATE INDEX authorization_code_ends ON authorization_code (ends);

CREATE TABLE refresh_token (
    token_digest bytea PRIMARY KEY,
    grant_id text NOT NULL,
    client_id text NOT NULL,
    ends timestamptz NOT NULL,
    used timestamptz
);
CREATE INDEX refresh_token_ends ON refresh_token (ends);
