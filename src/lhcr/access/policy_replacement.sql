-- name: lock
-- One replacement at a time. The number spells lhcrpoli.
SELECT pg_advisory_xact_lock(7811602896837898345)

-- name: has_entries
SELECT EXISTS (SELECT FROM access_class)

-- name: raise_epoch
-- So that no decision of before is taken for one of now.
UPDATE policy SET epoch = epoch + 1
