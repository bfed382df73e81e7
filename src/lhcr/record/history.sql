-- History, newest first, before ($last_updated, $rid, $version) of the page's cursor; of several resources only up to the
-- horizon (store/search/horizon.sql). A resource that the decision hides now is hidden in all its versions;
-- each version is masked as read.sql says, by whom it names itself.

-- name: instance
-- `is_seen` is there whatever part is asked for: what is hidden has no history, of which a part could be empty.
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       $1::bigint AS person_id, v.type, v.id, v.rid, v.version, v.last_updated, v.method, v.body,
       NOT (v.members IS NULL OR $5::bigint[] IS NULL OR v.members <@ $5::bigint[]) AS masked,
       EXISTS (
           SELECT FROM {resource} AS r
           WHERE r.person_id = $1 AND r.type = $2 AND r.id = $3
                 AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END
                 AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])
       ) AS is_seen
FROM policy
     LEFT JOIN LATERAL (
         SELECT a.*
         FROM {resource} AS r
              CROSS JOIN LATERAL (
                  SELECT r.type, r.id, r.rid, r.version, r.last_updated, r.method, r.body, r.class, r.members
                  UNION ALL
                  SELECT h.type, h.id, h.rid, h.version, h.last_updated, h.method, h.body, h.class, h.members
                  FROM {resource_history} AS h
                  WHERE h.person_id = r.person_id AND h.rid = r.rid
              ) AS a
         WHERE r.person_id = $1 AND r.type = $2 AND r.id = $3 AND CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END
               AND (r.person_id > 0 OR r.members IS NULL OR $5::bigint[] IS NULL OR r.members <@ $5::bigint[])
               AND CASE WHEN a.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, a.class) = 1 ELSE false END
               AND (r.person_id > 0 OR a.members IS NULL OR $5::bigint[] IS NULL OR a.members <@ $5::bigint[])
               AND ($6::timestamptz IS NULL OR a.last_updated >= $6)
               AND ($7::timestamptz IS NULL OR (a.last_updated, a.rid, a.version) < ($7, $8::bigint, $9::integer))
         ORDER BY a.last_updated DESC, a.rid DESC, a.version DESC
         LIMIT $10
     ) AS v ON true

-- name: types
-- Type by type, so that each takes the first rows of its own index and no more.
SELECT policy.epoch AS policy_epoch, NULL::bigint AS person_epoch,
       v.person_id, v.type, v.id, v.rid, v.version, v.last_updated, v.method, v.body,
       NOT (v.members IS NULL OR $3::bigint[] IS NULL OR v.members <@ $3::bigint[]) AS masked
FROM policy
     LEFT JOIN LATERAL (
         SELECT a.*
         FROM unnest($1::smallint[]) AS t (number)
              CROSS JOIN LATERAL (
                  (SELECT r.person_id, r.type, r.id, r.rid, r.version, r.last_updated, r.method, r.body, r.members
                   FROM {resource} AS r
                   WHERE r.type = t.number AND CASE WHEN r.class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, r.class) = 1 ELSE false END
                         AND ($3::bigint[] IS NULL OR r.person_id = ANY ($3::bigint[]))
                         AND (r.person_id > 0 OR r.members IS NULL OR $3::bigint[] IS NULL OR r.members <@ $3::bigint[])
                         AND r.last_updated < $4::timestamptz AND ($5::timestamptz IS NULL OR r.last_updated >= $5)
                         AND ($6::timestamptz IS NULL OR (r.last_updated, r.rid, r.version) < ($6, $7::bigint, $8::integer))
                   ORDER BY r.last_updated DESC, r.rid DESC
                   LIMIT $9)
                  UNION ALL
                  (SELECT h.person_id, h.type, h.id, h.rid, h.version, h.last_updated, h.method, h.body, h.members
                   FROM {resource_history} AS h
                        JOIN {resource} AS r ON r.person_id = h.person_id AND r.rid = h.rid
                   WHERE h.type = t.number AND CASE WHEN h.class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, h.class) = 1 ELSE false END AND CASE WHEN r.class < 8 * octet_length($2::bytea) THEN get_bit($2::bytea, r.class) = 1 ELSE false END
                         AND ($3::bigint[] IS NULL OR h.person_id = ANY ($3::bigint[]))
                         AND (r.person_id > 0 OR r.members IS NULL OR $3::bigint[] IS NULL OR r.members <@ $3::bigint[])
                         AND (h.person_id > 0 OR h.members IS NULL OR $3::bigint[] IS NULL OR h.members <@ $3::bigint[])
                         AND h.last_updated < $4::timestamptz AND ($5::timestamptz IS NULL OR h.last_updated >= $5)
                         AND ($6::timestamptz IS NULL OR (h.last_updated, h.rid, h.version) < ($6, $7::bigint, $8::integer))
                   ORDER BY h.last_updated DESC, h.rid DESC, h.version DESC
                   LIMIT $9)
              ) AS a
         ORDER BY a.last_updated DESC, a.rid DESC, a.version DESC
         LIMIT $9
     ) AS v ON true
