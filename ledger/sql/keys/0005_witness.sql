-- How far each log had come when this database last heard of it. The key database is not restored together with the ledger database, so
-- a ledger restored from an older copy finds here that it has lost events. Checkpoints held by others take this place later.
CREATE TABLE keys.witness (
    lane text PRIMARY KEY CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    leaf bytea NOT NULL CHECK (octet_length(leaf) = 32),
    witnessed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Remember a position in the place of the one that the caller has found in the log (NULL: it knows of none); any other stays, since
-- it may be all that tells of a loss. Never goes back. Returns what is remembered now.
CREATE FUNCTION keys.witness(p_lane text, p_epoch integer, p_idx bigint, p_leaf bytea,
                             p_found_epoch integer, p_found_idx bigint, p_found_leaf bytea)
    RETURNS TABLE (epoch integer, idx bigint, leaf bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO keys.witness (lane, epoch, idx, leaf) VALUES (p_lane, p_epoch, p_idx, p_leaf)
    ON CONFLICT (lane) DO UPDATE
    SET epoch = excluded.epoch, idx = excluded.idx, leaf = excluded.leaf, witnessed_at = clock_timestamp()
    WHERE (witness.epoch, witness.idx, witness.leaf) = (p_found_epoch, p_found_idx, p_found_leaf)
      AND (witness.epoch, witness.idx) < (excluded.epoch, excluded.idx);
    RETURN QUERY SELECT epoch, idx, leaf FROM keys.witness WHERE lane = p_lane;
END
$$;

REVOKE ALL ON FUNCTION keys.witness FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.witness TO liggaren_keys;
GRANT SELECT ON keys.witness TO liggaren_keys;
