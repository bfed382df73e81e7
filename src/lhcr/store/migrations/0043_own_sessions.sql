-- Whose a session is, which session of which provider it rests on and when they proved there who they are, and on what kind of device it
-- began. The choice of a role keeps what the session is to keep. '' and null where a provider was not asked, or did not say.
ALTER TABLE session
    ADD COLUMN IF NOT EXISTS user_id text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS service text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS provider_session text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS proved timestamptz,
    ADD COLUMN IF NOT EXISTS device text NOT NULL DEFAULT '';
UPDATE session SET user_id = convert_from(claims, 'UTF8')::jsonb ->> 'sub' WHERE user_id = '';
CREATE INDEX IF NOT EXISTS session_user_population ON session (user_id);
CREATE INDEX IF NOT EXISTS session_provider_population ON session (service, provider_session) WHERE service <> '';
ALTER TABLE role_choice
    ADD COLUMN IF NOT EXISTS service text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS provider_session text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS proved timestamptz,
    ADD COLUMN IF NOT EXISTS device text NOT NULL DEFAULT '';
