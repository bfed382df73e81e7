-- name: find
SELECT client_id, name, kind, organisation, organisation_name, public_keys, redirect_uris, scopes, emergency
FROM client WHERE client_id = $1 AND ended IS NULL

-- name: all
SELECT client_id, name, kind, organisation, organisation_name, public_keys, redirect_uris, scopes, emergency
FROM client WHERE ended IS NULL ORDER BY registered, client_id

-- name: redirect_uris
SELECT DISTINCT unnest(redirect_uris) AS uri FROM client WHERE kind = 'app' AND ended IS NULL

-- name: register
INSERT INTO client (client_id, name, kind, organisation, organisation_name, public_keys, redirect_uris, scopes, registered,
                    emergency)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: end
UPDATE client SET ended = $2 WHERE client_id = $1 AND ended IS NULL RETURNING true
