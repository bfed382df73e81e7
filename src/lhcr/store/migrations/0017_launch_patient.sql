-- In whose record an app is launched: the id of a Patient, '' where it is in none.
ALTER TABLE token_grant ADD COLUMN patient text NOT NULL DEFAULT '';
