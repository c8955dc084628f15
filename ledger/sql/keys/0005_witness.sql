-- What a ledger restored from an older copy is held against, since the key database is not restored together with it.

-- How far each log had come when this database last heard of it: a restored ledger finds here that it has lost events. Checkpoints
-- held by others take this place later.
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

-- Which destructions have been carried out. A ledger restored from before one finds here what it must carry out again. Nothing here says
-- which stream it was: the hash is that of docs/envelope.md section 8, of a stream destroyed at level 2.
CREATE TABLE keys.destruction (
    decision uuid PRIMARY KEY,
    lane text NOT NULL CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    level smallint NOT NULL CHECK (level IN (1, 2)),
    hash bytea CHECK (octet_length(hash) = 32),
    CHECK ((level = 2) = (hash IS NOT NULL))
);

-- The positions that level 2 has left bare.
CREATE TABLE keys.destroyed_event (
    decision uuid NOT NULL REFERENCES keys.destruction,
    epoch integer NOT NULL,
    idx bigint NOT NULL,
    PRIMARY KEY (decision, epoch, idx)
);

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.destruction EXECUTE FUNCTION keys.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.destroyed_event EXECUTE FUNCTION keys.refuse_change();
ALTER TABLE keys.destruction ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE keys.destroyed_event ENABLE ALWAYS TRIGGER refuse_change;

-- List a destruction, before its keys are destroyed. p_hash: NULL at level 1. Safe to repeat, with more positions too.
CREATE FUNCTION keys.list_destruction(p_decision uuid, p_lane text, p_hash bytea, p_epochs integer[], p_indexes bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO keys.destruction (decision, lane, level, hash)
    VALUES (p_decision, p_lane, CASE WHEN p_hash IS NULL THEN 1 ELSE 2 END, p_hash) ON CONFLICT DO NOTHING;
    INSERT INTO keys.destroyed_event (decision, epoch, idx)
    SELECT p_decision, * FROM unnest(p_epochs, p_indexes) WHERE p_hash IS NOT NULL ON CONFLICT DO NOTHING;
$$;

REVOKE ALL ON FUNCTION keys.list_destruction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.list_destruction TO liggaren_destroyer;
GRANT SELECT ON keys.destruction, keys.destroyed_event TO liggaren_destroyer;
GRANT SELECT ON keys.destruction TO liggaren_keys;
