-- $1: what claims must say of whose they are, as JSON: the user, and an organisation where only what they are there is ended.

-- name: end_sessions
-- Also one in which somebody could change into a role that is meant.
DELETE FROM session
WHERE convert_from(claims, 'UTF8')::jsonb @> $1::jsonb
   OR convert_from(roles, 'UTF8')::jsonb @> jsonb_build_array($1::jsonb)
RETURNING id_digest

-- name: end_choices
DELETE FROM role_choice WHERE convert_from(roles, 'UTF8')::jsonb @> jsonb_build_array($1::jsonb)

-- name: end_grants
-- $2: names of sessions that have ended; $3: now.
WITH ended AS (
    UPDATE token_grant SET revoked = $3
    WHERE revoked IS NULL AND (session = ANY ($2::text[]) OR convert_from(claims, 'UTF8')::jsonb @> $1::jsonb)
    RETURNING grant_id, ends
), named AS (
    INSERT INTO revoked_token (name, until) SELECT grant_id, ends + interval '1 hour' FROM ended
    ON CONFLICT (name) DO UPDATE SET until = greatest(revoked_token.until, excluded.until)
), raised AS (
    UPDATE token_epoch SET epoch = epoch + 1
)
SELECT count(*) FROM ended
