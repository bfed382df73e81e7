-- Whose a grant is, since when, and with which session it ends; '' where it goes on without one. Grants of before are on nobody's list.
ALTER TABLE token_grant
    ADD COLUMN user_id text NOT NULL DEFAULT '',
    ADD COLUMN begun timestamptz,
    ADD COLUMN session text NOT NULL DEFAULT '';
CREATE INDEX token_grant_user ON token_grant (user_id) WHERE user_id <> '';
CREATE INDEX token_grant_session ON token_grant (session) WHERE session <> '';
