-- The keys a destruction is about. Level 1 (a person): that person's in the stream, and the joint ones that concern nobody else who is
-- left. Level 2 (NULL): all of the stream. Refuses a person who is not bound there, unless this decision has unbound the person before:
-- a decision about the wrong person must not look carried out.
CREATE FUNCTION keys.key_ids(p_decision uuid, p_lane text, p_stream uuid, p_subject uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (p_subject IS NULL OR p_subject = ANY (keys.persons(p_lane, p_stream))
        OR EXISTS (SELECT FROM keys.data_key WHERE lane = p_lane AND stream = p_stream AND subject = p_subject
                   AND subject NOT IN ('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        OR EXISTS (SELECT FROM keys.destruction WHERE decision = p_decision)
        OR EXISTS (SELECT FROM keys.destroyed_key WHERE decision = p_decision)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG034', MESSAGE = 'the person whom the destruction is about is not bound in the stream',
            HINT = 'Decide anew, about the right person and the right stream.';
    END IF;
    RETURN QUERY
        SELECT k.key_id FROM keys.data_key k
        WHERE k.lane = p_lane AND k.stream = p_stream
          AND (p_subject IS NULL OR k.subject = p_subject OR k.bound = ARRAY[p_subject])
        ORDER BY k.key_id;
END
$$;

-- Destroy keys under a decision: first the list, then wraps, keys and what bound the person to the stream. Safe to repeat.
-- p_subject: a person (level 1), or NULL (level 2). A joint key that only now concerns this person alone is not among p_key_ids and keeps
-- the person's name: it is there for whoever looks again.
CREATE FUNCTION keys.destroy(p_decision uuid, p_lane text, p_stream uuid, p_subject uuid, p_key_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_subject IN ('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff') THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the subject of a destruction is a person';
    END IF;
    PERFORM keys.lock_streams(p_lane, ARRAY[p_stream]);
    IF EXISTS (SELECT FROM keys.data_key
               WHERE key_id = ANY (p_key_ids)
                 AND (lane = p_lane AND stream = p_stream
                      AND (p_subject IS NULL OR subject = p_subject OR bound = ARRAY[p_subject])) IS NOT TRUE) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'a key belongs to another stream or subject',
            HINT = 'Destroy the keys that keys.key_ids names for this decision.';
    END IF;
    INSERT INTO keys.destroyed_key (key_id, decision) SELECT DISTINCT unnest(p_key_ids), p_decision ON CONFLICT DO NOTHING;
    DELETE FROM keys.wrap WHERE key_id = ANY (p_key_ids);
    DELETE FROM keys.data_key WHERE key_id = ANY (p_key_ids);
    UPDATE keys.data_key SET bound = array_remove(bound, p_subject)
    WHERE lane = p_lane AND stream = p_stream AND p_subject = ANY (bound) AND bound <> ARRAY[p_subject];
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
    UPDATE keys.data_key k
    SET bound = ARRAY(SELECT person FROM unnest(k.bound) AS person WHERE person = ANY (keys.persons(k.lane, k.stream)) ORDER BY person)
    FROM keys.data_key b
    WHERE b.key_id = ANY (v_back) AND k.lane = b.lane AND k.stream = b.stream AND k.bound IS NOT NULL AND k.key_id <> ALL (v_back);
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
DECLARE
    v_deadline constant timestamptz := clock_timestamp() + interval '60 s';
BEGIN
    -- All locks or none, as in ledger.rewrite_files: one who has some of these tables and waits for another would wait for us, and we for them.
    LOOP
        BEGIN
            LOCK TABLE keys.wrap, keys.data_key, keys.stream_subject, keys.command_key IN ACCESS EXCLUSIVE MODE NOWAIT;
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > v_deadline THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.005);
        END;
    END LOOP;
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
