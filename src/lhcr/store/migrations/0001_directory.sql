-- Directory tables: few rows, read everywhere, the same on every node (reference tables under Citus).

-- The policy counter: bumped whenever a class, a source or a rule's data changes, so that no worker decides from an old list.
CREATE TABLE policy (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL DEFAULT 1
);
INSERT INTO policy DEFAULT VALUES;

-- Facts about this database itself: whether it is a demonstration, the key of its identifiers, ...
CREATE TABLE area_setting (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

-- Numbers of the three tables below are taken as the next free one under an advisory lock: they are few, and serials of four bytes
-- do not distribute.

-- Organisations that contribute.
CREATE TABLE source (
    source_id integer PRIMARY KEY,
    ods text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL
);

-- Code and identifier systems, interned: a search row holds four bytes for one.
CREATE TABLE code_system (
    system_id integer PRIMARY KEY,
    uri text COLLATE "C" NOT NULL UNIQUE
);

-- Access classes: what a decision needs to know of a row. Labels are sorted, as `system|code`.
CREATE TABLE access_class (
    class_id integer PRIMARY KEY,
    source_id integer NOT NULL,
    category text COLLATE "C" NOT NULL,
    labels text[] NOT NULL DEFAULT '{}',
    UNIQUE (source_id, category, labels)
);
