-- name: next_leaf
SELECT next_leaf FROM log_scan FOR UPDATE

-- name: advance
UPDATE log_scan SET next_leaf = $1

-- name: new_openings
-- Those of some openings that were not judged before, by their place in the arrays, counted from 1. The keys must be distinct.
WITH said AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::date[], $5::boolean[], $6::timestamptz[]) WITH ORDINALITY
        AS s (person_id, organisation, user_id, day, out_of_hours, began, place)
), added AS (
    INSERT INTO judged_opening (person_id, organisation, user_id, day, out_of_hours, began)
    SELECT person_id, organisation, user_id, day, out_of_hours, began FROM said
    ON CONFLICT (person_id, organisation, user_id, day, out_of_hours) DO NOTHING
    RETURNING person_id, organisation, user_id, day, out_of_hours
)
SELECT said.place FROM said JOIN added USING (person_id, organisation, user_id, day, out_of_hours) ORDER BY said.place

-- name: persons_within_the_hour
-- How many persons each user opened within the hour up to an opening, by the place of the opening.
SELECT asked.place, (
    SELECT count(DISTINCT o.person_id) FROM judged_opening AS o
    WHERE o.organisation = asked.organisation AND o.user_id = asked.user_id
      AND o.began > asked.began - interval '1 hour' AND o.began <= asked.began) AS persons
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) WITH ORDINALITY AS asked (organisation, user_id, began, place)
ORDER BY asked.place

-- name: alerted
-- Openings that an alert of the same user about the same person stands for, by their place.
SELECT DISTINCT asked.place
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) WITH ORDINALITY AS asked (person_id, organisation, user_id, began, place)
JOIN alert ON alert.person_id = asked.person_id AND alert.organisation = asked.organisation AND alert.user_id = asked.user_id
          AND alert.recorded <= asked.began AND coalesce(alert.ended, alert.until) > asked.began

-- name: add_findings
-- Findings that are not known yet. $12: those of which an organisation has one a user and day, whomever it is about.
INSERT INTO privacy_case (person_id, case_id, kind, source_key, organisation, organisation_name, user_id, user_name, role_name, began,
                          ended, words, noted, state)
SELECT person_id, case_id, kind, source_key, organisation, organisation_name, user_id, user_name, role_name, began, began, words, $13, 'watched'
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::timestamptz[], $11::text[])
    AS f (person_id, case_id, kind, source_key, organisation, organisation_name, user_id, user_name, role_name, began, words)
WHERE NOT (kind = ANY ($12::text[]) AND EXISTS (
    SELECT FROM privacy_case AS c WHERE c.organisation = f.organisation AND c.kind = f.kind AND c.source_key = f.source_key))
ON CONFLICT (person_id, kind, source_key) DO NOTHING
RETURNING case_id

-- name: forget_openings
DELETE FROM judged_opening WHERE day < $1

-- name: forget_attempts
DELETE FROM counted_attempt WHERE day < $1
