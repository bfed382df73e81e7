-- For whose people a client may act: organisations by ODS code, scopes, and purposes by their codes of HL7 v3 ActReason. `version` is
-- raised by every change and never used again, because tokens are revoked by it; `acts` is false where it acts for nobody any more.
CREATE TABLE acting_registration (
    client_id text PRIMARY KEY,
    organisations text[] NOT NULL,
    scopes text[] NOT NULL,
    purposes text[] NOT NULL,
    version integer NOT NULL,
    acts boolean NOT NULL
);
