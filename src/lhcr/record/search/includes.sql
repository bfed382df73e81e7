-- Rows that are included with the matches of a search. $persons null: every person's. Permitted classes come as a string of bits
-- (store/search/class_mask.py); a class beyond its end is not permitted. A limit is one more than may be included, so that a cut
-- is noticed. What names other persons is masked, or hidden on the shelf, as read.sql says; a Patient of whom it names others is hidden.

-- name: references_of_person
-- What rows of one person (or of the directory) refer to.
SELECT f.person_id, f.rid, f.param, f.target_type, f.target_id
FROM search_reference AS f
WHERE f.person_id = $1 AND f.param = ANY ($2::smallint[]) AND f.rid = ANY ($3::bigint[]) AND CASE WHEN f.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, f.class) = 1 ELSE false END

-- name: references_of_directory
SELECT f.person_id, f.rid, f.param, f.target_type, f.target_id
FROM directory_search_reference AS f
WHERE f.person_id = 0 AND f.param = ANY ($1::smallint[]) AND f.rid = ANY ($2::bigint[])
      AND CASE WHEN f.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, f.class) = 1 ELSE false END

-- name: references_of_persons
-- What rows of several persons refer to: (person_id, rid) in two arrays.
SELECT f.person_id, f.rid, f.param, f.target_type, f.target_id
FROM unnest($1::bigint[], $3::bigint[]) AS m (person_id, rid)
     JOIN search_reference AS f ON f.person_id = m.person_id AND f.rid = m.rid
WHERE f.param = ANY ($2::smallint[]) AND CASE WHEN f.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, f.class) = 1 ELSE false END

-- name: references_of_patients
-- What the permitted Patient contributions of persons refer to.
SELECT f.person_id, f.rid, f.param, f.target_type, f.target_id
FROM search_reference AS f
     JOIN resource AS r ON r.person_id = f.person_id AND r.rid = f.rid
WHERE f.person_id = ANY ($1::bigint[]) AND f.param = ANY ($2::smallint[]) AND CASE WHEN f.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, f.class) = 1 ELSE false END
      AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END AND r.body IS NOT NULL
      AND (r.members IS NULL OR $4::bigint[] IS NULL OR r.members <@ $4::bigint[])

-- name: targets
SELECT t.person_id, t.rid, t.type, t.id, t.version, t.body, NOT (t.members IS NULL OR $5::bigint[] IS NULL OR t.members <@ $5::bigint[]) AS masked
FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS e (person_id, type, id)
     JOIN resource AS t ON t.person_id = e.person_id AND t.type = e.type AND t.id = e.id
WHERE CASE WHEN t.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, t.class) = 1 ELSE false END AND t.body IS NOT NULL
      AND (t.person_id > 0 AND t.type <> $7::smallint OR t.members IS NULL OR $5::bigint[] IS NULL OR t.members <@ $5::bigint[])
ORDER BY t.type, t.rid
LIMIT $6

-- name: directory_targets
SELECT t.person_id, t.rid, t.type, t.id, t.version, t.body
FROM unnest($1::smallint[], $2::text[]) AS e (type, id)
     JOIN directory_resource AS t ON t.person_id = 0 AND t.type = e.type AND t.id = e.id
WHERE CASE WHEN t.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, t.class) = 1 ELSE false END AND t.body IS NOT NULL
ORDER BY t.type, t.rid
LIMIT $4

-- name: sources_of_person
-- What refers to rows of one person, in the same person's record.
SELECT DISTINCT ON (s.rid) s.person_id, s.rid, s.type, s.id, s.version, s.body, NOT (s.members IS NULL OR $6::bigint[] IS NULL OR s.members <@ $6::bigint[]) AS masked
FROM unnest($2::smallint[], $3::text[]) AS e (type, id)
     JOIN search_reference AS f ON f.person_id = $1 AND f.target_id = e.id AND f.target_type = e.type
     JOIN resource AS s ON s.person_id = $1 AND s.rid = f.rid
WHERE f.param = ANY ($4::smallint[]) AND CASE WHEN f.class < 8 * octet_length($5::bytea) THEN get_bit($5::bytea, f.class) = 1 ELSE false END AND CASE WHEN s.class < 8 * octet_length($5::bytea) THEN get_bit($5::bytea, s.class) = 1 ELSE false END
      AND s.body IS NOT NULL AND (s.person_id > 0 AND s.type <> $8::smallint OR s.members IS NULL OR $6::bigint[] IS NULL OR s.members <@ $6::bigint[])
ORDER BY s.rid
LIMIT $7

-- name: sources_anywhere
-- What refers to rows of the shelf or the directory, in the records of any ($6: of these) persons.
SELECT DISTINCT ON (s.rid) s.person_id, s.rid, s.type, s.id, s.version, s.body, NOT (s.members IS NULL OR $5::bigint[] IS NULL OR s.members <@ $5::bigint[]) AS masked
FROM unnest($1::smallint[], $2::text[]) AS e (type, id)
     JOIN search_reference AS f ON f.target_id = e.id AND f.target_type = e.type
     JOIN resource AS s ON s.person_id = f.person_id AND s.rid = f.rid
WHERE f.param = ANY ($3::smallint[]) AND CASE WHEN f.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, f.class) = 1 ELSE false END AND CASE WHEN s.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, s.class) = 1 ELSE false END
      AND s.body IS NOT NULL AND (s.person_id > 0 AND s.type <> $8::smallint OR s.members IS NULL OR $5::bigint[] IS NULL OR s.members <@ $5::bigint[])
      AND ($6::bigint[] IS NULL OR f.person_id = ANY ($6::bigint[]))
ORDER BY s.rid
LIMIT $7

-- name: directory_sources
SELECT DISTINCT ON (s.rid) s.person_id, s.rid, s.type, s.id, s.version, s.body
FROM unnest($1::smallint[], $2::text[]) AS e (type, id)
     JOIN directory_search_reference AS f ON f.person_id = 0 AND f.target_id = e.id AND f.target_type = e.type
     JOIN directory_resource AS s ON s.person_id = 0 AND s.rid = f.rid
WHERE f.param = ANY ($3::smallint[]) AND s.body IS NOT NULL
      AND CASE WHEN f.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, f.class) = 1 ELSE false END
      AND CASE WHEN s.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, s.class) = 1 ELSE false END
ORDER BY s.rid
LIMIT $5

-- name: entries_of_persons
-- What is about persons and at home with them. $3: their types' home parameters; a row under one of them for anything but a
-- Patient means that the resource is about that instead.
SELECT s.person_id, s.rid, s.type, s.id, s.version, s.body, NOT (s.members IS NULL OR $5::bigint[] IS NULL OR s.members <@ $5::bigint[]) AS masked
FROM resource AS s
WHERE s.person_id = ANY ($1::bigint[]) AND s.type = ANY ($2::smallint[]) AND CASE WHEN s.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, s.class) = 1 ELSE false END
      AND s.body IS NOT NULL AND (s.person_id > 0 OR s.members IS NULL OR $5::bigint[] IS NULL OR s.members <@ $5::bigint[])
      AND NOT EXISTS (
          SELECT FROM search_reference AS h
          WHERE h.person_id = s.person_id AND h.person_id = ANY ($1::bigint[]) AND h.rid = s.rid
                AND h.param = ANY ($3::smallint[]) AND h.target_type <> $6
      )
ORDER BY s.rid
LIMIT $7

-- name: patient_ids
-- The ids under which persons are known in permitted contributions.
SELECT r.person_id, r.id
FROM resource AS r
WHERE r.person_id = ANY ($1::bigint[]) AND r.type = $2 AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END AND r.body IS NOT NULL
      AND (r.members IS NULL OR $4::bigint[] IS NULL OR r.members <@ $4::bigint[])

-- name: contributions
-- Withdrawn ones too: they count in the version of the golden Patient.
SELECT r.person_id, r.id, r.rid, r.version, r.last_updated, r.class, r.method, r.body,
       (SELECT array_agg(p.reason) FROM merged_row AS m JOIN person_merge AS p ON p.merge_id = m.merge_id WHERE m.person_id = r.person_id AND m.rid = r.rid) AS brought_by
FROM resource AS r
WHERE r.person_id = ANY ($1::bigint[]) AND r.type = $2 AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END
      AND (r.members IS NULL OR $4::bigint[] IS NULL OR r.members <@ $4::bigint[])
ORDER BY r.rid

-- name: epochs
SELECT epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch FROM policy
