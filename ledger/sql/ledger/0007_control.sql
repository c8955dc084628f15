-- Control tables: they change in the same append as the event that says so, or in ledger.destroy.

-- Streams that may not be destroyed (gallringsspärr). Whose spärr it is, the head of its own stream says.
CREATE TABLE ledger.hold (
    ref uuid PRIMARY KEY,         -- the tillsyn stream that tells of it
    lane ledger.lane NOT NULL,
    stream uuid NOT NULL
);
CREATE INDEX hold_stream ON ledger.hold (lane, stream);

-- Streams whose holder has changed, at which version, and whose keys are not yet known to be wrapped for the new one alone.
CREATE TABLE ledger.moving (
    lane ledger.lane NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (lane, stream)
);

-- Destructions decided and not yet completed or withdrawn. Which stream a decision is about stands here alone, and goes when it is done.
-- Which nämnd has decided, or has succeeded the one that did, the head of the decision's own stream says.
CREATE TABLE ledger.destruction (
    decision uuid PRIMARY KEY,    -- the tillsyn stream that tells of it
    lane ledger.lane NOT NULL,
    stream uuid NOT NULL,
    subject uuid,                 -- a person: level 1. NULL: level 2, the whole stream
    begun_at timestamptz,         -- from here on: no hold, no withdrawal, no other holder
    done_at timestamptz,
    destroyer_xact xid8           -- the transaction that may delete history right now
);
CREATE INDEX destruction_stream ON ledger.destruction (lane, stream);

-- Keys that must never be used again.
CREATE TABLE ledger.destroyed_key (
    key_id bytea PRIMARY KEY CHECK (octet_length(key_id) = 16)
);

-- What has gone under which decision, by position: so that a missing part is known to be lawfully gone or not.
-- Says nothing of whose it was.
CREATE TABLE ledger.destroyed_part (
    lane ledger.lane NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    slot smallint NOT NULL,
    class smallint NOT NULL,
    decision uuid NOT NULL,
    PRIMARY KEY (lane, epoch, idx, slot, class)
);
CREATE TABLE ledger.destroyed_event (
    lane ledger.lane NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    decision uuid NOT NULL,
    PRIMARY KEY (lane, epoch, idx)
);

ALTER TABLE ledger.hold ALTER COLUMN stream SET STATISTICS 0;  -- as in 0004
ALTER TABLE ledger.moving ALTER COLUMN stream SET STATISTICS 0;
ALTER TABLE ledger.destruction ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN subject SET STATISTICS 0;
