-- Value sets of what is sensitive: an entry in which one of their codes stands carries their label. Owned by lhcr.access.

-- label: a security label as `system|code`. in_force: since when every stored entry carries what the set says, null until then.
-- leaving: the set is being taken away, and goes when nothing carries its label for its sake any more.
CREATE TABLE IF NOT EXISTS value_set (
    name text COLLATE "C" PRIMARY KEY,
    version text NOT NULL,
    label text COLLATE "C" NOT NULL,
    loaded timestamptz NOT NULL,
    in_force timestamptz,
    leaving boolean NOT NULL DEFAULT false
);

-- system: in the one spelling by which codes are compared. leaving: the set does not name the code any more, which goes on
-- counting until whatever the set names anew is labelled.
CREATE TABLE IF NOT EXISTS value_set_code (
    name text COLLATE "C" NOT NULL,
    label text COLLATE "C" NOT NULL,
    system text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    leaving boolean NOT NULL DEFAULT false,
    PRIMARY KEY (name, label, system, code)
);

-- How often the codes have changed: every write says by which of them it was labelled.
CREATE TABLE IF NOT EXISTS sensitivity (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL DEFAULT 1
);
INSERT INTO sensitivity DEFAULT VALUES ON CONFLICT DO NOTHING;

-- How far relabelling has come: `phase` adding, removing or done, `step` within it, and the last row that was looked at.
-- changed: a row was relabelled in this round of the step.
CREATE TABLE IF NOT EXISTS relabelling (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL DEFAULT 1,
    phase text NOT NULL DEFAULT 'done',
    step smallint NOT NULL DEFAULT 0,
    changed boolean NOT NULL DEFAULT false,
    person_id bigint NOT NULL DEFAULT -9223372036854775808,
    rid bigint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 0
);
INSERT INTO relabelling DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Whether labels that a write has found by the codes of an epoch (null: by none) are those of now. Hazard: an entry that is written
-- without a label that it should have, behind the back of a relabelling. It is asked once the write holds the lock that says that it
-- is open (store/search/horizon.sql), and being volatile it looks at a snapshot of its own.
CREATE OR REPLACE FUNCTION labels_stand(labelled bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF labelled IS NOT NULL AND labelled <> (SELECT epoch FROM sensitivity) THEN
        RAISE EXCEPTION 'what is sensitive has changed since entries were labelled, which is done again'
            USING ERRCODE = 'LH002';
    END IF;
    RETURN true;
END
$$;
