-- Reads return both counters of the same snapshot with the rows, so that no worker answers from a decision that no longer stands.
-- $visible and $persons are the decision's access classes and persons (null: every person). A row that names other persons than
-- its own is `masked` for whoever may not see all of them; on the shelf, where it is nobody's own, it is hidden from them.

-- name: read
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       r.version, r.last_updated, r.method, r.rid, r.body,
       NOT (r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[]) AS masked
FROM policy
     LEFT JOIN resource AS r
     ON r.person_id = $1 AND r.type = $2 AND r.id = $3 AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END
        AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])

-- name: read_directory
SELECT policy.epoch AS policy_epoch, NULL::bigint AS person_epoch, r.version, r.last_updated, r.method, r.rid, r.body
FROM policy
     LEFT JOIN directory_resource AS r
     ON r.person_id = $1 AND r.type = $2 AND r.id = $3 AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END

-- name: contributions
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       r.id, r.rid, r.version, r.last_updated, r.class, r.method, r.body,
       -- Why the contribution came with merges, if it did: it is about a number that is not the person's current one, or never was theirs.
       (SELECT array_agg(p.reason) FROM merged_row AS m JOIN person_merge AS p ON p.merge_id = m.merge_id WHERE m.person_id = $1 AND m.rid = r.rid) AS brought_by
FROM policy
     LEFT JOIN resource AS r
     ON r.person_id = $1 AND r.type = $2 AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END
ORDER BY r.rid

-- name: past_version
-- A past version is judged by the stricter of its own class and the class that the resource has now.
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       h.version, h.last_updated, h.method, h.rid, h.body,
       NOT (h.members IS NULL OR $5::bigint[] IS NULL OR h.members <@ $5::bigint[]) AS masked
FROM policy
     LEFT JOIN (
         resource AS r
         JOIN resource_history AS h ON h.person_id = r.person_id AND h.rid = r.rid AND h.version = $6
     )
     ON r.person_id = $1 AND r.type = $2 AND r.id = $3
        AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END AND CASE WHEN h.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, h.class) = 1 ELSE false END
        AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])
        AND (h.person_id > 0 OR h.members IS NULL OR $5::bigint[] IS NULL OR h.members <@ $5::bigint[])

-- name: past_directory_version
SELECT policy.epoch AS policy_epoch, NULL::bigint AS person_epoch, h.version, h.last_updated, h.method, h.rid, h.body
FROM policy
     LEFT JOIN (
         directory_resource AS r
         JOIN directory_resource_history AS h ON h.person_id = r.person_id AND h.rid = r.rid AND h.version = $5
     )
     ON r.person_id = $1 AND r.type = $2 AND r.id = $3
        AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END AND CASE WHEN h.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, h.class) = 1 ELSE false END

-- name: everything
-- The record of one person after (type, id) = ($4, $5): first a row with the counters alone (of policy and person, whether the
-- person uses the shelf, whether a range left anything out), on the first page the person's Patients, then the other resources in
-- order. The counters are one column, because each row would carry each of them as a null. `in_range` and `left_out` below are put
-- in where clinical dates are asked for. $10: the horizon, where changes since an instant are asked for.
SELECT NULL::smallint AS type, NULL::text AS id, NULL::integer AS version, NULL::bytea AS body, NULL::integer AS class,
       NULL::boolean AS masked,
       ARRAY[policy.epoch, person.epoch, person.uses_shelf::integer, ({left_out})::integer] AS counters
FROM policy LEFT JOIN person ON person.person_id = $1
UNION ALL
(
    SELECT type, id, version, body, class, false, NULL
    FROM resource
    WHERE $4::smallint = 0 AND person_id = $1 AND type = $6 AND CASE WHEN class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, class) = 1 ELSE false END
    ORDER BY rid
)
UNION ALL
(
    SELECT type, id, version, body, class, NOT (members IS NULL OR $3::bigint[] IS NULL OR members <@ $3::bigint[]), NULL
    FROM resource
    WHERE person_id = $1 AND CASE WHEN class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, class) = 1 ELSE false END
          AND (type, id) > ($4::smallint, $5::text) AND type <> $6 AND body IS NOT NULL
          AND ($7::timestamptz IS NULL OR last_updated >= $7)
          AND ($8::smallint[] IS NULL OR type = ANY ($8))
          AND ($10::timestamptz IS NULL OR last_updated < $10)
          AND {in_range}
    ORDER BY type, id
    LIMIT $9
)

-- name: in_range
-- A resource without a clinical date is never left out: an undated allergy still counts. Nor is one that began before the range
-- and is in force (record/in_force.py): one of $13 of which no status element, $14, has only codes that end it, $15, each with its
-- system.
(($11::bigint IS NULL OR clinical_low = -9223372036854775807 OR greatest(clinical_low, clinical_high) >= $11
  OR (type = ANY ($13::smallint[]) AND rid NOT IN (
          SELECT t.rid FROM search_token AS t
               LEFT JOIN code_system AS s ON s.system_id = t.system
          WHERE t.person_id = $1 AND t.param = ANY ($14::smallint[])
          GROUP BY t.rid, t.param HAVING bool_and(coalesce(s.uri, '') || '|' || t.code = ANY ($15::text[])))))
 AND ($12::bigint IS NULL OR clinical_low <= $12))

-- name: left_out
-- Whether a resource that may be seen, and is asked for but for its dates, is not in the range. What is hidden has no say.
EXISTS (
    SELECT FROM resource
    WHERE person_id = $1 AND CASE WHEN class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, class) = 1 ELSE false END
          AND type <> $6 AND body IS NOT NULL
          AND ($7::timestamptz IS NULL OR last_updated >= $7)
          AND ($8::smallint[] IS NULL OR type = ANY ($8))
          AND ($10::timestamptz IS NULL OR last_updated < $10)
          AND NOT {in_range})

-- name: shelf_targets
-- What a person's readable entries refer to on the shelf, such as the Medication of a prescription. $2: the parameters that may.
-- `changed`: whether an entry that refers to it changed since $6.
SELECT s.target_type, s.target_id, bool_or($6::timestamptz IS NULL OR r.last_updated >= $6) AS changed
FROM search_reference AS s
     JOIN resource AS r ON r.person_id = s.person_id AND r.rid = s.rid
WHERE s.person_id = $1 AND s.param = ANY ($2::smallint[]) AND CASE WHEN s.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, s.class) = 1 ELSE false END
      AND s.target_type = ANY ($4::smallint[])
      AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])
GROUP BY s.target_type, s.target_id

-- name: shelf_resources
-- $6: which of them are wanted whether or not they changed since $7 themselves.
SELECT r.type, r.id, r.version, r.body, r.class
FROM unnest($1::bigint[], $2::smallint[], $3::text[], $6::boolean[]) AS t (person_id, type, id, changed)
     JOIN resource AS r ON r.person_id = t.person_id AND r.type = t.type AND r.id = t.id
WHERE CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END AND r.body IS NOT NULL AND (t.changed OR r.last_updated >= $7::timestamptz)
      AND (r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])
ORDER BY r.type, r.id

-- name: quoted_in_sight
-- Which entries there are that may be seen, of those that others name: each at home with the person of the same place, or on the shelf.
SELECT r.person_id, r.type, r.id
FROM unnest($1::bigint[], $2::smallint[], $3::text[]) AS t (person_id, type, id)
     JOIN resource AS r ON r.person_id = t.person_id AND r.type = t.type AND r.id = t.id
WHERE CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END AND r.body IS NOT NULL
      AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])

-- name: patient_versions
-- Every version of every contribution to a person that may be seen, in the order in which they came about.
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       v.id, v.rid, v.version, v.last_updated, v.class, v.method, v.body,
       (SELECT array_agg(p.reason) FROM merged_row AS m JOIN person_merge AS p ON p.merge_id = m.merge_id WHERE m.person_id = $1 AND m.rid = v.rid) AS brought_by
FROM policy
     LEFT JOIN LATERAL (
         SELECT r.id, r.rid, r.version, r.last_updated, r.class, r.method, r.body
         FROM resource AS r
         WHERE r.person_id = $1 AND r.type = $2 AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END
         UNION ALL
         SELECT h.id, h.rid, h.version, h.last_updated, h.class, h.method, h.body
         FROM resource_history AS h
              JOIN resource AS r ON r.person_id = h.person_id AND r.rid = h.rid
         WHERE h.person_id = $1 AND h.type = $2 AND CASE WHEN h.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, h.class) = 1 ELSE false END AND CASE WHEN r.class < 8 * octet_length($3::bytea) THEN get_bit($3::bytea, r.class) = 1 ELSE false END
     ) AS v ON true
ORDER BY v.last_updated, v.rid, v.version
