-- The keys a destruction is about. Level 1 (a person): that person's in the stream, and the joint ones if the person is the last one
-- bound there. Level 2 (NULL): all of the stream.
CREATE FUNCTION keys.key_ids(p_lane text, p_stream uuid, p_subject uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.key_id FROM keys.data_key k
    WHERE k.lane = p_lane AND k.stream = p_stream
      AND (p_subject IS NULL
           OR k.subject = p_subject
           OR k.subject = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
              AND p_subject = ALL (SELECT person FROM keys.stream_subject WHERE lane = p_lane AND stream = p_stream)
              AND EXISTS (SELECT FROM keys.stream_subject WHERE lane = p_lane AND stream = p_stream))
    ORDER BY k.key_id;
$$;

-- Destroy keys under a decision: first the list, then wraps, keys and what bound the person to the stream. Safe to repeat.
-- p_subject: a person (level 1), or NULL (level 2).
CREATE FUNCTION keys.destroy(p_decision uuid, p_lane text, p_stream uuid, p_subject uuid, p_key_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_subject IN ('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff') THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the subject of a destruction is a person';
    END IF;
    -- Locked, so that no wrap is added between the deletes.
    PERFORM FROM keys.data_key WHERE key_id = ANY (p_key_ids) ORDER BY key_id FOR UPDATE;
    IF EXISTS (SELECT FROM keys.data_key
               WHERE key_id = ANY (p_key_ids)
                 AND NOT (lane = p_lane AND stream = p_stream
                          AND (p_subject IS NULL OR subject IN (p_subject, 'ffffffff-ffff-ffff-ffff-ffffffffffff')))) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'a key belongs to another stream or subject',
            HINT = 'Destroy the keys that keys.key_ids names for this decision.';
    END IF;
    INSERT INTO keys.destroyed_key (key_id, decision) SELECT DISTINCT unnest(p_key_ids), p_decision ON CONFLICT DO NOTHING;
    DELETE FROM keys.wrap WHERE key_id = ANY (p_key_ids);
    DELETE FROM keys.data_key WHERE key_id = ANY (p_key_ids);
    DELETE FROM keys.stream_subject
    WHERE lane = p_lane AND stream = p_stream AND (p_subject IS NULL OR person = p_subject);
END
$$;

-- Replay a later list on a restored key database, before it is used. Unbinds a person all of whose keys in a stream are gone, and
-- everybody where no key of the stream is left. Returns how many keys the restore had brought back.
CREATE FUNCTION keys.replay(p_key_ids uuid[], p_decisions uuid[], p_destroyed_at timestamptz[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_back uuid[];
BEGIN
    INSERT INTO keys.destroyed_key (key_id, decision, destroyed_at)
    SELECT * FROM unnest(p_key_ids, p_decisions, p_destroyed_at) ON CONFLICT DO NOTHING;
    SELECT coalesce(array_agg(k.key_id), '{}') INTO v_back
    FROM keys.data_key k JOIN keys.destroyed_key d ON d.key_id = k.key_id;
    DELETE FROM keys.stream_subject b USING keys.data_key k
    WHERE k.key_id = ANY (v_back) AND b.lane = k.lane AND b.stream = k.stream
      AND NOT EXISTS (SELECT FROM keys.data_key l
                      WHERE l.lane = b.lane AND l.stream = b.stream AND l.key_id <> ALL (v_back)
                        AND (l.subject = b.person OR b.person <> k.subject));
    DELETE FROM keys.wrap WHERE key_id = ANY (v_back);
    DELETE FROM keys.data_key WHERE key_id = ANY (v_back);
    RETURN cardinality(v_back);
END
$$;

-- The maintenance step after a destruction: deleted rows stay in the files until these are rewritten.
CREATE FUNCTION keys.rewrite_files() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CLUSTER keys.wrap USING wrap_pkey;
    CLUSTER keys.data_key USING data_key_pkey;
    CLUSTER keys.stream_subject USING stream_subject_pkey;
    CLUSTER keys.command_key USING command_key_pkey;
    -- A table's count is of living rows, its index's of all rows that were copied.
    IF EXISTS (SELECT FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
               WHERE i.indisclustered AND t.relnamespace = 'keys'::regnamespace
                 AND greatest(t.reltuples, 0) <> greatest(x.reltuples, 0)) THEN
        RAISE EXCEPTION USING ERRCODE = '55006', MESSAGE = 'destroyed keys are kept in the files for an older transaction that is still open',
            HINT = 'Run it again when that transaction (a check, a dump, a forgotten session) has ended.';
    END IF;
END
$$;
