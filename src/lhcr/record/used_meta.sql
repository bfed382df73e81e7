-- The labels that visible resources carry (FHIR R4 resource-operation-meta): first a row with the policy's epoch, then for each
-- profile, security label and tag that is used one resource that carries it. $1: the parameters of tags and labels, $2: those of
-- profiles; $3 and $4: the permitted classes as a mask and its length in bits; $5: whether rows about people may be
-- read at all; $6: how many are too many. Search rows of what was deleted do not exist.

-- name: used_meta
SELECT policy.epoch AS policy_epoch, NULL::bigint AS person_epoch, used.body
FROM policy
     LEFT JOIN LATERAL (
         (
             SELECT r.body
             FROM (
                 SELECT DISTINCT ON (s.system, s.code) s.person_id, s.rid
                 FROM search_token AS s
                 WHERE $5::boolean AND s.param = ANY ($1::smallint[])
                       AND CASE WHEN s.class < $4::integer THEN get_bit($3::bytea, s.class) = 1 ELSE false END
                 ORDER BY s.system, s.code
             ) AS one
             JOIN resource AS r ON r.person_id = one.person_id AND r.rid = one.rid
             LIMIT $6::bigint
         )
         UNION ALL
         (
             SELECT r.body
             FROM (
                 SELECT DISTINCT ON (s.value) s.person_id, s.rid
                 FROM search_uri AS s
                 WHERE $5::boolean AND s.param = ANY ($2::smallint[])
                       AND CASE WHEN s.class < $4::integer THEN get_bit($3::bytea, s.class) = 1 ELSE false END
                 ORDER BY s.value
             ) AS one
             JOIN resource AS r ON r.person_id = one.person_id AND r.rid = one.rid
             LIMIT $6::bigint
         )
         UNION ALL
         (
             SELECT r.body
             FROM (
                 SELECT DISTINCT ON (s.system, s.code) s.rid
                 FROM directory_search_token AS s
                 WHERE s.param = ANY ($1::smallint[])
                       AND CASE WHEN s.class < $4::integer THEN get_bit($3::bytea, s.class) = 1 ELSE false END
                 ORDER BY s.system, s.code
             ) AS one
             JOIN directory_resource AS r ON r.person_id = 0 AND r.rid = one.rid
             LIMIT $6::bigint
         )
         UNION ALL
         (
             SELECT r.body
             FROM (
                 SELECT DISTINCT ON (s.value) s.rid
                 FROM directory_search_uri AS s
                 WHERE s.param = ANY ($2::smallint[])
                       AND CASE WHEN s.class < $4::integer THEN get_bit($3::bytea, s.class) = 1 ELSE false END
                 ORDER BY s.value
             ) AS one
             JOIN directory_resource AS r ON r.person_id = 0 AND r.rid = one.rid
             LIMIT $6::bigint
         )
     ) AS used ON true
