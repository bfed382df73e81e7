-- Whether an app may ask inside an emergency that its user began; none may that was registered before.
ALTER TABLE client ADD COLUMN IF NOT EXISTS emergency boolean NOT NULL DEFAULT false;
