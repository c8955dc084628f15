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

-- The filed documents, and those on their way in: stored first, filed by their event. The row is a control row; what counts is the event.
CREATE TABLE ledger.document (
    lane ledger.lane NOT NULL,
    document uuid NOT NULL,
    stream uuid NOT NULL,
    version bigint,               -- of the event that filed it. NULL: an upload without its event, which a day later is swept away
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (lane, document)
);
CREATE INDEX document_stream ON ledger.document (lane, stream);
CREATE TABLE ledger.document_chunk (
    lane ledger.lane NOT NULL,
    document uuid NOT NULL,
    number integer NOT NULL,
    chunk bytea NOT NULL,         -- docs/envelope.md section 11; the key id is bytes 61 to 76
    PRIMARY KEY (lane, document, number)
);
ALTER TABLE ledger.document_chunk ALTER COLUMN chunk SET STORAGE EXTERNAL;

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
ALTER TABLE ledger.document ALTER COLUMN document SET STATISTICS 0, ALTER COLUMN stream SET STATISTICS 0;
ALTER TABLE ledger.document_chunk ALTER COLUMN document SET STATISTICS 0, ALTER COLUMN chunk SET STATISTICS 0;
