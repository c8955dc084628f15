-- Which ledger this is, for ever, and whether it is real. One row.
CREATE TABLE ledger.founding (
    ledger uuid NOT NULL,
    environment text NOT NULL CHECK (environment IN ('development', 'production')),
    founded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
