-- The history. `envelope` is the hashed text; lane, epoch, idx, stream and version repeat its lines for keys and policies,
-- and fsck compares them. Nobody updates a row; rows are deleted by ledger.destroy alone.
CREATE TABLE ledger.event (
    lane ledger.lane NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    envelope text NOT NULL,
    clear text NOT NULL,
    seals bytea NOT NULL,
    PRIMARY KEY (lane, epoch, idx),
    UNIQUE (lane, stream, version)
);

-- The sealed parts of an event, docs/envelope.md section 5. The key id is bytes 45 to 60 of the part.
CREATE TABLE ledger.sealed_part (
    lane ledger.lane NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    slot smallint NOT NULL,
    class smallint NOT NULL,
    part bytea NOT NULL,
    PRIMARY KEY (lane, epoch, idx, slot, class)
);
ALTER TABLE ledger.sealed_part ALTER COLUMN part SET STORAGE EXTERNAL;  -- ciphertext does not compress

-- The leaf hashes, kept for ever.
CREATE TABLE ledger.leaf (
    lane ledger.lane NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (lane, epoch, idx)
);

-- No samples of what may have to be forgotten, as in 0004.
ALTER TABLE ledger.event
    ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN envelope SET STATISTICS 0,
    ALTER COLUMN clear SET STATISTICS 0, ALTER COLUMN seals SET STATISTICS 0;
ALTER TABLE ledger.sealed_part ALTER COLUMN part SET STATISTICS 0;
