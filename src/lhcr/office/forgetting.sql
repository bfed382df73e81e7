-- name: due
SELECT organisation, min(organisation_name) AS name, count(*) AS cases FROM privacy_case
WHERE state = 'closed' AND forgotten IS NULL AND closed < $1
GROUP BY organisation ORDER BY organisation

-- name: forget
WITH due AS (
    SELECT person_id, case_id FROM privacy_case
    WHERE organisation = $1 AND state = 'closed' AND forgotten IS NULL AND closed < $2
    ORDER BY closed, case_id LIMIT $4 FOR UPDATE SKIP LOCKED
), steps AS (
    UPDATE privacy_case_step AS s SET words = '' FROM due WHERE s.person_id = due.person_id AND s.case_id = due.case_id
)
UPDATE privacy_case AS c SET words = '', outcome_words = '', told = '', forgotten = $3
FROM due WHERE c.person_id = due.person_id AND c.case_id = due.case_id
RETURNING c.case_id
