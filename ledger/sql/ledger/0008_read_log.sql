-- Who has read what. Written in the same transaction as the read; without the row no policy lets a row through.
CREATE TABLE ledger.read_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    role text NOT NULL,
    actor uuid NOT NULL,
    namnd uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose <> '' AND length(purpose) <= 200),
    view text NOT NULL CHECK (view ~ '^[a-z][a-z_.]{0,60}$'),
    lane ledger.lane,
    stream uuid,
    document uuid
);

-- The persons shown in a read, one row each.
CREATE TABLE ledger.read_subject (
    read bigint NOT NULL,
    person uuid NOT NULL,
    PRIMARY KEY (read, person)
);
CREATE INDEX read_subject_person ON ledger.read_subject (person);

ALTER TABLE ledger.read_log ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN document SET STATISTICS 0;  -- as in 0004
ALTER TABLE ledger.read_subject ALTER COLUMN person SET STATISTICS 0;
