-- name: count
INSERT INTO counted_attempt AS c (organisation, kind, subject, day, first, last, times) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organisation, kind, subject, day) DO UPDATE
SET first = least(c.first, excluded.first), last = greatest(c.last, excluded.last), times = c.times + excluded.times
RETURNING first, last, times

-- name: tell_more
-- What is counted further stands with its case, while that is open; true where there is one.
UPDATE privacy_case
SET words = CASE WHEN state = 'closed' THEN words ELSE $4 END, ended = CASE WHEN state = 'closed' THEN ended ELSE $5 END
WHERE person_id = $1 AND kind = $2 AND source_key = $3
RETURNING true

-- name: of_the_day
SELECT count(*) FROM privacy_case WHERE person_id = 0 AND organisation = $1 AND kind = ANY ($2::text[]) AND began >= $3 AND began < $4

-- name: add
INSERT INTO privacy_case (person_id, kind, source_key, case_id, organisation, organisation_name, user_id, user_name, role_name, agent_kind,
                          began, ended, words, noted, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'watched')
ON CONFLICT (person_id, kind, source_key) DO NOTHING
