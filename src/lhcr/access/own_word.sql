-- name: lock
-- The person's next epoch, by which every worker decides anew, under the lock that writes take. No row: nobody is here.
UPDATE person SET epoch = epoch + 1 WHERE person_id = $1 AND survivor_id IS NULL RETURNING epoch

-- name: grant
-- One claim or session of a user about a person stands at a time; a later one takes the place of an earlier.
INSERT INTO fact_relationship (person_id, party, kind, rid, low, high) VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (person_id, party, kind, rid) DO UPDATE SET low = excluded.low, high = excluded.high

-- name: revoke
UPDATE fact_relationship SET high = $4
WHERE person_id = $1 AND party = $2 AND kind = $3 AND rid = 0 AND low <= $4 AND high > $4
RETURNING low

-- name: in_force
SELECT kind, high FROM fact_relationship
WHERE person_id = $1 AND party = $2 AND kind IN ('claimed', 'emergency') AND rid = 0 AND low <= $3 AND high > $3

-- name: raise_alert
INSERT INTO alert (person_id, alert_id, recorded, type, reason, words, user_id, user_name, role_code, role_name,
                   organisation, organisation_name, until, decision)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: end_alerts
-- What was begun before and has not ended by itself: a later one takes an earlier one's place.
UPDATE alert SET ended = $5
WHERE person_id = $1 AND organisation = $2 AND user_id = $3 AND type = $4 AND until > $5 AND ended IS NULL

-- name: persons_with_session
SELECT DISTINCT person_id FROM alert
WHERE organisation = $1 AND user_id = $2 AND type = 2 AND until > $3 AND ended IS NULL
ORDER BY person_id
