-- name: epoch
SELECT epoch FROM token_epoch

-- name: revoked
SELECT name FROM revoked_token WHERE until > $1

-- name: revoke
WITH named AS (
    INSERT INTO revoked_token (name, until) SELECT DISTINCT unnest($1::text[]), $2::timestamptz
    ON CONFLICT (name) DO UPDATE SET until = greatest(revoked_token.until, excluded.until)
)
UPDATE token_epoch SET epoch = epoch + 1

-- name: sweep
WITH assertions AS (DELETE FROM used_assertion WHERE until < $1),
codes AS (DELETE FROM authorization_code WHERE ends < $1 - interval '1 day'),
refresh AS (DELETE FROM refresh_token WHERE ends < $1),
grants AS (DELETE FROM token_grant WHERE ends < $1)
DELETE FROM revoked_token WHERE until < $1
