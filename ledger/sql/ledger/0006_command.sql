-- Which commands have been carried out, so that a retry finds its answer instead of doing it again.
-- `mac` is an HMAC of the plaintext command; its key is in the key database and is destroyed after 60 days.
CREATE TABLE ledger.command (
    lane ledger.lane NOT NULL,
    namnd uuid NOT NULL,
    actor uuid NOT NULL,
    command uuid NOT NULL,
    mac_key uuid NOT NULL,
    mac bytea NOT NULL,
    epoch integer NOT NULL,
    first_index bigint NOT NULL,
    events integer NOT NULL,
    retried_at timestamptz,
    PRIMARY KEY (lane, namnd, actor, command)
);

ALTER TABLE ledger.command ALTER COLUMN command SET STATISTICS 0, ALTER COLUMN mac SET STATISTICS 0;  -- as in 0004
