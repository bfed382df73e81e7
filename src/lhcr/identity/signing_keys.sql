-- name: lock
SELECT epoch FROM token_epoch FOR UPDATE

-- name: has_current
SELECT EXISTS (SELECT FROM signing_key WHERE state = 'current')

-- name: has_next
SELECT EXISTS (SELECT FROM signing_key WHERE state = 'next')

-- name: read
SELECT state, private_key FROM signing_key WHERE retired IS NULL OR retired > $1 ORDER BY made DESC, kid

-- name: add
INSERT INTO signing_key (kid, state, private_key, made) VALUES ($1, $2, $3, $4)

-- name: retire
UPDATE signing_key SET state = 'retired', retired = $1 WHERE state = 'current'

-- name: forget
DELETE FROM signing_key WHERE state <> 'next'

-- name: promote
UPDATE signing_key SET state = 'current' WHERE state = 'next'

-- name: raise_epoch
UPDATE token_epoch SET epoch = epoch + 1

-- name: sweep
DELETE FROM signing_key WHERE retired <= $1
