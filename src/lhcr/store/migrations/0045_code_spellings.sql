-- Codes of value sets count in every spelling from now on (lhcr.access.sensitivity_spellings). Where sets are loaded, what is stored is
-- to be labelled by that too: `lhcr sensitivity relabel` does it, and tells until then that the sets are not in force.

UPDATE sensitivity SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM value_set);
UPDATE policy SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM value_set);
UPDATE value_set SET in_force = NULL;
UPDATE relabelling
SET epoch = (SELECT epoch FROM sensitivity), phase = 'adding', step = 0, changed = false,
    person_id = -9223372036854775808, rid = 0, version = 0
WHERE EXISTS (SELECT FROM value_set);
