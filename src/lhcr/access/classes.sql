-- name: policy_epoch
SELECT epoch FROM policy

-- name: all_sources
SELECT source_id, ods FROM source

-- name: all_classes
SELECT class_id, source_id, category, labels FROM access_class

-- name: merges
SELECT merged_id, survivor_id FROM person_merge WHERE undone IS NULL

-- name: returned
SELECT rid, person_id FROM returned_entry

-- name: lock
-- Numbers are the next free ones, so one transaction at a time takes them. The number spells lhcrclas.
SELECT pg_advisory_xact_lock(7811887407033736563)

-- name: intern_source
INSERT INTO source (source_id, ods, name)
SELECT coalesce(max(source_id), 0) + 1, $1, $2 FROM source
ON CONFLICT (ods) DO NOTHING

-- name: intern_plain_classes
INSERT INTO access_class (class_id, source_id, category)
SELECT (SELECT coalesce(max(class_id), 0) FROM access_class) + n, source.source_id, category
FROM source, unnest($2::text[]) WITH ORDINALITY AS known (category, n)
WHERE source.ods = $1
ON CONFLICT (source_id, category, labels) DO NOTHING

-- name: intern_class
INSERT INTO access_class (class_id, source_id, category, labels)
SELECT coalesce(max(class_id), 0) + 1, $1, $2, $3 FROM access_class
ON CONFLICT (source_id, category, labels) DO NOTHING

-- name: raise_epoch
UPDATE policy SET epoch = epoch + 1
