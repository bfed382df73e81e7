-- name: of_organisation
-- The newest alerts of one organisation. $2, $3: the instant and id of the last one that was shown before, null for the first page.
SELECT person_id, alert_id, recorded, type, reason, words, user_id, user_name, role_name, organisation, until, ended,
       decision
FROM alert
WHERE organisation = $1 AND ($2::timestamptz IS NULL OR (recorded, alert_id) < ($2::timestamptz, $3::text))
ORDER BY recorded DESC, alert_id DESC
LIMIT $4
