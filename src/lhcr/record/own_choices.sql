-- name: patient_of
-- The id of a Patient of the person, the first that stands.
SELECT id FROM resource WHERE person_id = $1 AND type = $2 AND body IS NOT NULL ORDER BY rid LIMIT 1

-- name: choices
-- The Consents of one source, $3, about a person.
SELECT r.id, r.rid, r.version, r.class, r.body
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND c.source_id = $3 AND r.body IS NOT NULL

-- name: names_of_consents
SELECT rid, id FROM resource WHERE person_id = $1 AND rid = ANY ($2::bigint[])

-- name: written_lately
-- How many versions of such Consents were written within a day.
SELECT count(*)
FROM (
    SELECT class, last_updated FROM resource WHERE person_id = $1 AND type = $2
    UNION ALL
    SELECT class, last_updated FROM resource_history WHERE person_id = $1 AND type = $2
) AS r JOIN access_class AS c ON c.class_id = r.class
WHERE c.source_id = $3 AND r.last_updated > clock_timestamp() - interval '1 day'

-- name: organisations
-- Who contributes to this area's record, and whom its directory names by an ODS code: $1 the type of organisations, $2 and $3 the
-- parameters of their identifiers and names, $4 the systems, $5 the most.
SELECT ods, min(name) AS name FROM (
    SELECT ods, name FROM source
    UNION ALL
    SELECT t.code, coalesce((
        SELECT min(s.exact) FROM directory_search_string AS s
        WHERE s.person_id = r.person_id AND s.rid = r.rid AND s.param = ANY ($3::smallint[])), t.code)
    FROM directory_resource AS r JOIN directory_search_token AS t ON t.person_id = r.person_id AND t.rid = r.rid
    WHERE r.person_id = 0 AND r.type = $1 AND r.body IS NOT NULL AND t.param = ANY ($2::smallint[]) AND t.system = ANY ($4::integer[])
) AS known
GROUP BY ods
ORDER BY name, ods
LIMIT $5
