-- How far each log had come when this database last heard of it. The key database is not restored together with the ledger database, so
-- a ledger restored from an older copy finds here that it has lost events. Checkpoints held by others take this place later.
CREATE TABLE keys.witness (
    lane text PRIMARY KEY CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    witnessed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Remember a position. It never goes back.
CREATE FUNCTION keys.witness(p_lane text, p_epoch integer, p_idx bigint, p_leaf bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO keys.witness (lane, epoch, idx, leaf) VALUES (p_lane, p_epoch, p_idx, p_leaf)
    ON CONFLICT (lane) DO UPDATE
    SET epoch = excluded.epoch, idx = excluded.idx, leaf = excluded.leaf, witnessed_at = clock_timestamp()
    WHERE (witness.epoch, witness.idx) < (excluded.epoch, excluded.idx);
$$;

REVOKE ALL ON FUNCTION keys.witness FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.witness TO liggaren_keys;
GRANT SELECT ON keys.witness TO liggaren_keys;
