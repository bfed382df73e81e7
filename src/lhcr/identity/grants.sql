-- name: lock_session
SELECT pg_advisory_xact_lock(19527, hashtext($1))

-- name: has_session
SELECT true FROM session
WHERE id_digest BETWEEN decode(substr($1, 9), 'hex') AND decode(substr($1, 9) || repeat('f', 48), 'hex')

-- name: add_grant
INSERT INTO token_grant (grant_id, client_id, claims, ends, patient, user_id, begun, session) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: add_code
INSERT INTO authorization_code (code_digest, grant_id, client_id, redirect_uri, challenge, ends) VALUES ($1, $2, $3, $4, $5, $6)

-- name: use_code
UPDATE authorization_code AS c SET used = $2 FROM token_grant AS g
WHERE c.code_digest = $1 AND c.used IS NULL AND c.ends > $2 AND g.grant_id = c.grant_id AND g.revoked IS NULL AND g.ends > $2
RETURNING c.grant_id, c.client_id, c.redirect_uri, c.challenge, g.claims, g.ends AS grant_ends, g.patient, g.session

-- name: used_code
SELECT g.grant_id, g.ends FROM authorization_code AS c JOIN token_grant AS g ON g.grant_id = c.grant_id
WHERE c.code_digest = $1 AND c.used IS NOT NULL

-- name: add_refresh
INSERT INTO refresh_token (token_digest, grant_id, client_id, ends) VALUES ($1, $2, $3, $4)

-- name: use_refresh
UPDATE refresh_token AS r SET used = $2 FROM token_grant AS g
WHERE r.token_digest = $1 AND r.client_id = $3 AND r.used IS NULL AND r.ends > $2
  AND g.grant_id = r.grant_id AND g.revoked IS NULL
RETURNING r.grant_id, r.client_id, g.claims, g.ends AS grant_ends, g.patient, g.session

-- name: used_refresh
SELECT g.grant_id, g.ends FROM refresh_token AS r JOIN token_grant AS g ON g.grant_id = r.grant_id
WHERE r.token_digest = $1 AND (r.used IS NOT NULL OR r.client_id <> $2)

-- name: find_refresh
SELECT r.grant_id, r.client_id, g.claims, g.ends AS grant_ends, g.patient, g.session
FROM refresh_token AS r JOIN token_grant AS g ON g.grant_id = r.grant_id
WHERE r.token_digest = $1 AND r.used IS NULL AND r.ends > $2 AND g.revoked IS NULL

-- name: of_user
SELECT g.grant_id, g.client_id, g.claims, g.ends AS grant_ends, g.patient, g.session, g.begun, c.name AS client_name
FROM token_grant AS g JOIN client AS c ON c.client_id = g.client_id
WHERE g.user_id = $1 AND g.revoked IS NULL AND g.ends > $2 AND g.begun IS NOT NULL AND c.ended IS NULL
ORDER BY g.begun DESC, g.grant_id
LIMIT 200

-- name: end_of_session
WITH ended AS (
    UPDATE token_grant SET revoked = $2 WHERE session = $1 AND revoked IS NULL RETURNING grant_id, ends
), named AS (
    INSERT INTO revoked_token (name, until) SELECT grant_id, ends + interval '1 hour' FROM ended
    ON CONFLICT (name) DO UPDATE SET until = greatest(revoked_token.until, excluded.until)
)
UPDATE token_epoch SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM ended)

-- name: revoke
UPDATE token_grant SET revoked = $2 WHERE grant_id = $1 AND revoked IS NULL
