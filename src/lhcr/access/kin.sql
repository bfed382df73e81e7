-- name: flagged
-- Openings that are flagged, by their place in the arrays, counted from 1, each with the kinds of digest that are alike. $4: the digest
-- of each user's family name, null where none is known. Where somebody lives tells of nobody who must not be found.
WITH opening AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY
        AS o (person_id, organisation, user_id, family, place)
), known AS (
    SELECT place, person_id, 2::smallint AS kind, family AS digest FROM opening WHERE family IS NOT NULL
    UNION
    SELECT opening.place, opening.person_id, staff.kind, staff.digest
    FROM opening JOIN staff_person AS staff USING (organisation, user_id)
)
SELECT DISTINCT known.place, known.kind
FROM known JOIN fact_kin AS fact USING (person_id, kind, digest)
WHERE known.kind <> 3 OR NOT EXISTS (SELECT FROM fact_restriction AS r WHERE r.person_id = known.person_id)
ORDER BY known.place, known.kind

-- name: cleared_kin
-- What changed Patients said: persons, and the rids, each of one resource alone.
DELETE FROM fact_kin WHERE person_id = ANY ($1::bigint[]) AND rid = ANY ($2::bigint[])

-- name: projected_kin
-- What Patients say now. Where somebody lives who must not be found is not stored.
INSERT INTO fact_kin (person_id, rid, kind, digest)
SELECT said.person_id, said.rid, said.kind, said.digest
FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bytea[]) AS said (person_id, rid, kind, digest)
WHERE said.kind <> 3 OR NOT EXISTS (SELECT FROM fact_restriction AS r WHERE r.person_id = said.person_id)
ON CONFLICT (person_id, rid, kind, digest) DO NOTHING

-- name: hidden_kin
-- Where persons live who from now on must not be found.
DELETE FROM fact_kin WHERE person_id = ANY ($1::bigint[]) AND kind = 3

-- name: forget_staff
DELETE FROM staff_person WHERE organisation = ANY ($1::text[])

-- name: know_staff
INSERT INTO staff_person (organisation, user_id, kind, digest)
SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bytea[])
ON CONFLICT (organisation, user_id, kind, digest) DO NOTHING

-- name: kin_filled
-- Up to which person what was written before is projected.
INSERT INTO area_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
