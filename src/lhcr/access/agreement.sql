-- name: all_agreements
SELECT agreement_id, sources, recipients, categories, state, testers, low, high, in_emergency FROM agreement ORDER BY agreement_id

-- name: lock
-- One change of the list at a time. The number spells lhcragre.
SELECT pg_advisory_xact_lock(7811602896585716325)

-- name: clear
DELETE FROM agreement

-- name: put
INSERT INTO agreement (agreement_id, sources, recipients, categories, state, testers, low, high, in_emergency)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: raise_epoch
-- Every ruling of every worker ends, and the list is read again.
UPDATE policy SET epoch = epoch + 1
