-- Where each stream stands and which nämnd holds it now (the nil UUID: none, readable in the lane).
CREATE TABLE ledger.stream_head (
    lane ledger.lane NOT NULL,
    stream uuid NOT NULL,
    holder uuid NOT NULL,
    version bigint NOT NULL,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    leaf bytea NOT NULL,
    PRIMARY KEY (lane, stream)
) WITH (fillfactor = 70);

-- What is left of a stream destroyed at level 2: the hash of docs/envelope.md section 8.
CREATE TABLE ledger.destroyed_stream (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32)
);

-- ANALYZE keeps samples of values in a catalogue, and shows them through row estimates: none of what may have to be forgotten.
ALTER TABLE ledger.stream_head ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN leaf SET STATISTICS 0;
