-- Heads that the area signs, and the keys that it signs them with. Heads from before stay as they are, unsigned; they are below the
-- first signed one, which covers them. Several signed heads may have one size: one is due each minute, also when nothing happened.

-- What each key of the log says of itself, as a signed note; its private half is a setting of the area.
CREATE TABLE IF NOT EXISTS audit_key (
    key_number bigint PRIMARY KEY,
    statement text NOT NULL
);

-- The note says size, root, number and time; the number is repeated here for order alone.
CREATE TABLE IF NOT EXISTS audit_signed_head (
    head_number bigint PRIMARY KEY,
    note text NOT NULL
);
