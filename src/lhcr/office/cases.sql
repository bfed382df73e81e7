-- What one member of an office sees ($1: its organisation, $2: they are a guardian, who sees only what was escalated, $3: their user):
-- never a case about themself, and what another member did themself is for a guardian alone. But nobody would look into what the only
-- guardian did ($4: a guardian's role in words), which is for the other members.

-- name: queue
-- The cases that are not closed, what is due first before the rest.
SELECT * FROM privacy_case
WHERE organisation = $1 AND state <> 'closed' AND (escalated OR NOT $2::boolean) AND user_id <> $3
  AND (agent_kind <> 'office' OR $2 OR role_name = $4)
ORDER BY due NULLS LAST, noted, case_id LIMIT $5

-- name: settled
-- The newest closed cases.
SELECT * FROM privacy_case
WHERE organisation = $1 AND state = 'closed' AND (escalated OR NOT $2::boolean) AND user_id <> $3
  AND (agent_kind <> 'office' OR $2 OR role_name = $4)
ORDER BY closed DESC, case_id LIMIT $5

-- name: one
SELECT * FROM privacy_case
WHERE case_id = $5 AND organisation = $1 AND (escalated OR NOT $2::boolean) AND user_id <> $3
  AND (agent_kind <> 'office' OR $2 OR role_name = $4)

-- name: own_open
-- What is open about a member of the office themself, and not with the guardian yet.
SELECT * FROM privacy_case
WHERE organisation = $1 AND user_id = $2 AND state = 'open' AND NOT escalated
ORDER BY noted, case_id LIMIT $3

-- name: steps
SELECT * FROM privacy_case_step WHERE person_id = $1 AND case_id = $2 ORDER BY number

-- name: asked_of_user
-- What one user of an organisation is asked, the oldest first.
SELECT * FROM privacy_case WHERE state = 'asked' AND organisation = $1 AND user_id = $2 ORDER BY due, case_id LIMIT $3

-- name: of_person
-- What was asked about accesses to one person's record. $2: by this user alone, where not empty.
SELECT * FROM privacy_case WHERE person_id = $1 AND kind = 'person' AND ($2 = '' OR asked_by = $2)
ORDER BY noted DESC, case_id LIMIT $3

-- name: hold_person
-- One at a time asks about one person's record.
SELECT person_id FROM person WHERE person_id = $1 FOR UPDATE

-- name: asked_lately
SELECT count(*) FROM privacy_case WHERE person_id = $1 AND kind = 'person' AND asked_by = $2 AND noted > $3

-- name: open_case
INSERT INTO privacy_case (person_id, case_id, kind, source_key, organisation, organisation_name, user_id, user_name, role_name, began,
                          ended, words, asked_by, by_proxy, noted, opened, due, state, escalated,
                          agent_kind)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18, $19)
ON CONFLICT (person_id, kind, source_key) DO NOTHING
RETURNING case_id

-- name: step_taken
-- A step from one of some states, where nobody took one meanwhile. No row: somebody did.
UPDATE privacy_case
SET version = version + 1, state = $5, escalated = escalated OR $5 = 'escalated',
    opened = coalesce(opened, CASE WHEN $5 <> 'closed' THEN $6::timestamptz END), due = coalesce(due, $7::timestamptz),
    outcome = $8, outcome_words = $9, told = $10, closed = CASE WHEN $5 = 'closed' THEN $6::timestamptz END
WHERE person_id = $1 AND case_id = $2 AND version = $3 AND state = ANY ($4::text[])
RETURNING version

-- name: add_step
INSERT INTO privacy_case_step (person_id, case_id, number, at, what, actor_id, actor_name, actor_role, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: take_up_alerts
-- Alerts that no case is about yet.
INSERT INTO privacy_case (person_id, case_id, kind, source_key, organisation, organisation_name, user_id, user_name, role_name, began,
                          ended, words, noted, state)
SELECT person_id, translate(alert_id, '0123456789abcdef', 'bcdfghjklmnpqrst'), CASE type WHEN 1 THEN 'claim' ELSE 'emergency' END, alert_id,
       organisation, organisation_name, user_id, user_name, role_name, recorded, until, words, recorded, 'watched'
FROM alert
WHERE NOT EXISTS (SELECT FROM privacy_case AS c
                  WHERE c.person_id = alert.person_id AND c.kind IN ('claim', 'emergency') AND c.source_key = alert.alert_id)
ON CONFLICT (person_id, kind, source_key) DO NOTHING

-- name: end_of_alerts
-- An alert that was ended before its time ends its case's span too.
UPDATE privacy_case AS c SET ended = alert.ended
FROM alert
WHERE alert.person_id = c.person_id AND alert.alert_id = c.source_key AND c.kind IN ('claim', 'emergency')
  AND c.state <> 'closed' AND alert.ended IS NOT NULL AND c.ended > alert.ended

-- name: unsettled
-- Cases with which nobody is busy, from one on. $2: behind which, as instant and id.
SELECT * FROM privacy_case
WHERE state IN ('watched', 'open') AND kind <> 'person' AND (noted, case_id) > ($1, $2)
ORDER BY noted, case_id LIMIT $3
