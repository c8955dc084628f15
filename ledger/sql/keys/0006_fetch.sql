-- The wraps that any of some nämnder can open, one for each key; destroyed keys and keys of another lane or nämnd are left out.
CREATE FUNCTION keys.fetch(p_lane text, p_namnds uuid[], p_key_ids uuid[]) RETURNS TABLE (key_id uuid, namnd uuid, wrapped bytea)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan  -- as in keys.obtain
    SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT a.key_id, w.namnd, w.wrapped
        FROM unnest(p_key_ids) AS a (key_id)
        CROSS JOIN LATERAL (  -- key by key, however many keys there are in all
            SELECT o.namnd, o.wrapped FROM keys.wrap o JOIN keys.data_key k ON k.key_id = o.key_id
            WHERE o.key_id = a.key_id AND k.key_id = a.key_id AND k.lane = p_lane AND o.namnd = ANY (p_namnds)
            LIMIT 1
        ) w;
END
$$;

REVOKE ALL ON FUNCTION keys.fetch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keys.fetch TO liggaren_keys;
