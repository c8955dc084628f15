-- Destruction in three steps, each a transaction of its own, each safe to repeat after a crash:
-- begin_destroy (under the tillsyn lock: no hold from here on), destroy (under the lane's lock), and the event GallringExecuted,
-- whose effect forgets which stream it was. Between the last two the caller destroys the keys in the key database.

-- Refuses while a gallringsspärr holds the stream, and where the nämnd of the decision does not hold it any more. That nämnd is the
-- holder of the decision's own stream: the one that decided, or its successor. Returns what is to be destroyed.
CREATE FUNCTION ledger.begin_destroy(p_decision uuid) RETURNS TABLE (lane ledger.lane, stream uuid, subject uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_what ledger.destruction;
BEGIN
    -- Written, not just locked: an append whose snapshot is older (REPEATABLE READ) then fails instead of overlooking this.
    UPDATE ledger.lane_head SET next_index = next_index WHERE lane = 'tillsyn';
    SELECT * INTO v_what FROM ledger.destruction WHERE decision = p_decision;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LG032', MESSAGE = 'there is no such open gallring decision';
    END IF;
    IF NOT ledger.has_begun(p_decision) THEN
        IF EXISTS (SELECT FROM ledger.hold h WHERE h.lane = v_what.lane AND h.stream = v_what.stream) THEN
            RAISE EXCEPTION USING ERRCODE = 'LG030', MESSAGE = 'a gallringsspärr holds the stream',
                HINT = 'Lift the spärr first, if its ground is gone.';
        END IF;
        PERFORM ledger.refuse_stranding(v_what.lane, v_what.stream);
        -- Written, so that of this and a change of holder one comes first and the other sees it.
        UPDATE ledger.stream_head s SET holder = s.holder FROM ledger.stream_head d
        WHERE s.lane = v_what.lane AND s.stream = v_what.stream
          AND d.lane = 'tillsyn' AND d.stream = p_decision AND d.holder = s.holder;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'LG032', MESSAGE = 'the nämnd of the gallring decision does not hold the stream any more',
                HINT = 'Withdraw the decision. The nämnd that holds the stream decides about it.';
        END IF;
    END IF;
    UPDATE ledger.destruction SET begun_at = coalesce(begun_at, clock_timestamp()) WHERE decision = p_decision;
    RETURN QUERY SELECT v_what.lane, v_what.stream, v_what.subject;
END
$$;

-- Delete what a begun decision is about. p_key_ids are the ids of the subject's keys (level 1) or of all the stream's keys (level 2).
-- Returns the positions of the events concerned.
CREATE FUNCTION ledger.destroy(p_decision uuid, p_key_ids bytea[]) RETURNS TABLE (epoch integer, idx bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_what ledger.destruction;
BEGIN
    SELECT * INTO v_what FROM ledger.destruction WHERE decision = p_decision AND begun_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LG032', MESSAGE = 'that gallring has not been begun';
    END IF;
    UPDATE ledger.lane_head SET next_index = next_index WHERE lane = v_what.lane;  -- written, for the same reason
    -- Chunks of documents come without the lane's lock. ledger.add_chunk shares this one: it comes before us, or knows of the keys.
    PERFORM FROM ledger.stream_head WHERE lane = v_what.lane AND stream = v_what.stream FOR UPDATE;
    INSERT INTO ledger.destroyed_key (key_id) SELECT unnest(p_key_ids) ON CONFLICT DO NOTHING;
    UPDATE ledger.destruction SET destroyer_xact = pg_current_xact_id() WHERE decision = p_decision;

    WITH gone AS (
        DELETE FROM ledger.sealed_part p USING ledger.event e
        WHERE e.lane = v_what.lane AND e.stream = v_what.stream
          AND p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx
          AND (v_what.subject IS NULL OR substr(p.part, 46, 16) = ANY (p_key_ids))
        RETURNING p.lane, p.epoch, p.idx, p.slot, p.class)
    INSERT INTO ledger.destroyed_part (lane, epoch, idx, slot, class, decision)
    SELECT gone.*, p_decision FROM gone;

    DELETE FROM ledger.document_chunk c USING ledger.document d
    WHERE d.lane = v_what.lane AND d.stream = v_what.stream AND c.lane = d.lane AND c.document = d.document
      AND (v_what.subject IS NULL OR substr(c.chunk, 62, 16) = ANY (p_key_ids));

    IF v_what.subject IS NULL THEN
        DELETE FROM ledger.document WHERE lane = v_what.lane AND stream = v_what.stream;
        DELETE FROM ledger.command c USING ledger.event e
        WHERE e.lane = v_what.lane AND e.stream = v_what.stream AND c.lane = e.lane AND c.epoch = e.epoch
          AND e.idx BETWEEN c.first_index AND c.first_index + c.events - 1;
        WITH gone AS (
            DELETE FROM ledger.event e WHERE e.lane = v_what.lane AND e.stream = v_what.stream RETURNING e.lane, e.epoch, e.idx)
        INSERT INTO ledger.destroyed_event (lane, epoch, idx, decision) SELECT gone.*, p_decision FROM gone;
        DELETE FROM ledger.stream_head WHERE lane = v_what.lane AND stream = v_what.stream;
        PERFORM ledger.unlist(v_what.lane, v_what.stream);
        DELETE FROM ledger.moving WHERE lane = v_what.lane AND stream = v_what.stream;
        DELETE FROM ledger.lookup WHERE lane = v_what.lane AND stream = v_what.stream;
        INSERT INTO ledger.destroyed_stream (hash)
        SELECT ledger.destroyed_hash(f.ledger, v_what.lane, v_what.stream) FROM ledger.founding f ON CONFLICT DO NOTHING;
        DELETE FROM ledger.read_subject s USING ledger.read_log r
        WHERE s.read = r.id AND r.lane = v_what.lane AND r.stream = v_what.stream;
        UPDATE ledger.read_log SET stream = NULL, document = NULL WHERE lane = v_what.lane AND stream = v_what.stream;
    ELSE
        -- Their HMACs are over the plaintext that is gone.
        DELETE FROM ledger.command c USING ledger.destroyed_part d
        WHERE d.decision = p_decision AND c.lane = d.lane AND c.epoch = d.epoch
          AND d.idx BETWEEN c.first_index AND c.first_index + c.events - 1;
        DELETE FROM ledger.lookup l USING ledger.event e, ledger.destroyed_part d
        WHERE d.decision = p_decision AND d.class = 1 AND e.lane = d.lane AND e.epoch = d.epoch AND e.idx = d.idx
          AND l.lane = e.lane AND l.stream = e.stream AND l.version = e.version;
        DELETE FROM ledger.read_subject s USING ledger.read_log r
        WHERE s.person = v_what.subject AND s.read = r.id AND r.lane = v_what.lane AND r.stream = v_what.stream;
    END IF;
    UPDATE ledger.destruction SET done_at = coalesce(done_at, clock_timestamp()), destroyer_xact = NULL WHERE decision = p_decision;
    -- Also what an interrupted earlier try has deleted.
    RETURN QUERY
        SELECT d.epoch, d.idx FROM ledger.destroyed_part d WHERE d.decision = p_decision
        UNION SELECT d.epoch, d.idx FROM ledger.destroyed_event d WHERE d.decision = p_decision
        ORDER BY 1, 2;
END
$$;

-- Replay the key database's lists on a restored ledger, before it opens: what the restore has brought back is deleted again, under the
-- decision that deleted it, and those keys are never used again. Safe to repeat. Takes all lanes' locks in order, where everybody else
-- takes one.
--
-- p_key_ids, p_key_decisions: the destroyed keys. p_decisions, p_lanes, p_hashes: the streams destroyed at level 2, by the hash of
-- docs/envelope.md section 8. p_bare_…: the positions they left bare. Returns how many keys were not known here, how many parts and
-- streams had come back.
CREATE FUNCTION ledger.replay(p_key_ids bytea[], p_key_decisions uuid[], p_decisions uuid[], p_lanes ledger.lane[], p_hashes bytea[],
                              p_bare_decisions uuid[], p_bare_epochs integer[], p_bare_indexes bigint[])
    RETURNS TABLE (keys bigint, parts bigint, streams bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    v_founding ledger.founding;
    v_back record;
    v_keys bigint;
    v_parts bigint;
    v_streams bigint := 0;
BEGIN
    PERFORM FROM ledger.lane_head ORDER BY lane FOR UPDATE;
    UPDATE ledger.lane_head SET next_index = next_index;  -- written, as in begin_destroy
    SELECT * INTO v_founding FROM ledger.founding;
    -- The decisions themselves may be lost, so this names the one transaction that may delete.
    INSERT INTO ledger.destruction (decision, lane, stream, destroyer_xact) VALUES (c_nil, 'tillsyn', c_nil, pg_current_xact_id());

    FOR v_back IN
        SELECT d.decision, h.lane, h.stream
        FROM ledger.stream_head h JOIN unnest(p_decisions, p_lanes, p_hashes) AS d (decision, lane, hash)
          ON d.lane = h.lane AND d.hash = ledger.destroyed_hash(v_founding.ledger, h.lane, h.stream)
    LOOP
        v_streams := v_streams + 1;
        WITH gone AS (
            DELETE FROM ledger.sealed_part p USING ledger.event e
            WHERE e.lane = v_back.lane AND e.stream = v_back.stream AND p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx
            RETURNING p.lane, p.epoch, p.idx, p.slot, p.class)
        INSERT INTO ledger.destroyed_part (lane, epoch, idx, slot, class, decision)
        SELECT gone.*, v_back.decision FROM gone ON CONFLICT DO NOTHING;
        DELETE FROM ledger.document_chunk c USING ledger.document d
        WHERE d.lane = v_back.lane AND d.stream = v_back.stream AND c.lane = d.lane AND c.document = d.document;
        DELETE FROM ledger.document WHERE lane = v_back.lane AND stream = v_back.stream;
        DELETE FROM ledger.command c USING ledger.event e
        WHERE e.lane = v_back.lane AND e.stream = v_back.stream AND c.lane = e.lane AND c.epoch = e.epoch
          AND e.idx BETWEEN c.first_index AND c.first_index + c.events - 1;
        WITH gone AS (
            DELETE FROM ledger.event e WHERE e.lane = v_back.lane AND e.stream = v_back.stream RETURNING e.lane, e.epoch, e.idx)
        INSERT INTO ledger.destroyed_event (lane, epoch, idx, decision)
        SELECT gone.*, v_back.decision FROM gone ON CONFLICT DO NOTHING;
        DELETE FROM ledger.stream_head WHERE lane = v_back.lane AND stream = v_back.stream;
        PERFORM ledger.unlist(v_back.lane, v_back.stream);
        DELETE FROM ledger.lookup WHERE lane = v_back.lane AND stream = v_back.stream;
        DELETE FROM ledger.read_subject s USING ledger.read_log r
        WHERE s.read = r.id AND r.lane = v_back.lane AND r.stream = v_back.stream;
        UPDATE ledger.read_log SET stream = NULL, document = NULL WHERE lane = v_back.lane AND stream = v_back.stream;
    END LOOP;
    INSERT INTO ledger.destroyed_stream (hash) SELECT unnest(p_hashes) ON CONFLICT DO NOTHING;
    INSERT INTO ledger.destroyed_event (lane, epoch, idx, decision)
    SELECT l.lane, l.epoch, l.idx, d.decision
    FROM unnest(p_bare_decisions, p_bare_epochs, p_bare_indexes) AS b (decision, epoch, idx)
    JOIN unnest(p_decisions, p_lanes) AS d (decision, lane) ON d.decision = b.decision
    JOIN ledger.leaf l ON l.lane = d.lane AND l.epoch = b.epoch AND l.idx = b.idx
    WHERE NOT EXISTS (SELECT FROM ledger.event e WHERE e.lane = l.lane AND e.epoch = l.epoch AND e.idx = l.idx)
    ON CONFLICT DO NOTHING;

    INSERT INTO ledger.destroyed_key (key_id) SELECT unnest(p_key_ids) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_keys = ROW_COUNT;
    DELETE FROM ledger.document_chunk WHERE substr(chunk, 62, 16) = ANY (p_key_ids);
    WITH gone AS (
        DELETE FROM ledger.sealed_part p USING unnest(p_key_ids, p_key_decisions) AS k (key_id, decision)
        WHERE substr(p.part, 46, 16) = k.key_id
        RETURNING p.lane, p.epoch, p.idx, p.slot, p.class, k.decision),
    noted AS (
        INSERT INTO ledger.destroyed_part (lane, epoch, idx, slot, class, decision) SELECT * FROM gone ON CONFLICT DO NOTHING),
    forgotten AS (
        DELETE FROM ledger.command c USING gone d
        WHERE c.lane = d.lane AND c.epoch = d.epoch AND d.idx BETWEEN c.first_index AND c.first_index + c.events - 1),
    unfound AS (
        DELETE FROM ledger.lookup l USING gone d, ledger.event e
        WHERE d.class = 1 AND e.lane = d.lane AND e.epoch = d.epoch AND e.idx = d.idx
          AND l.lane = e.lane AND l.stream = e.stream AND l.version = e.version)
    SELECT count(*) INTO v_parts FROM gone;

    DELETE FROM ledger.destruction WHERE decision = c_nil;
    RETURN QUERY SELECT v_keys, v_parts, v_streams;
END
$$;

-- How many of these destroyed keys and streams this database does not know of: none, unless it has been restored from before.
CREATE FUNCTION ledger.not_replayed(p_key_ids bytea[], p_hashes bytea[]) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (SELECT count(*) FROM unnest(p_key_ids) AS k WHERE NOT EXISTS (SELECT FROM ledger.destroyed_key d WHERE d.key_id = k))
         + (SELECT count(*) FROM unnest(p_hashes) AS h WHERE NOT EXISTS (SELECT FROM ledger.destroyed_stream d WHERE d.hash = h));
$$;

-- The maintenance step after a destruction. Deleted rows stay in the table files until they are rewritten; CLUSTER rewrites a
-- table and its indexes and, unlike VACUUM FULL, may run inside a function, so the destroyer needs no right of the owner.
-- Refuses where it could not do it: rows that an open older transaction may still want to see would be copied along.
CREATE FUNCTION ledger.rewrite_files() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_deadline constant timestamptz := clock_timestamp() + interval '60 s';
BEGIN
    -- All locks or none: a reader who has one of these tables and waits for another would wait for us, and we for them.
    LOOP
        BEGIN
            LOCK TABLE ledger.sealed_part, ledger.document, ledger.document_chunk, ledger.event, ledger.stream_head, ledger.command, ledger.read_log, ledger.read_subject,
                       ledger.destruction, ledger.hold, ledger.moving, ledger.list_stream, ledger.lookup IN ACCESS EXCLUSIVE MODE NOWAIT;
            EXIT;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > v_deadline THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.005);
        END;
    END LOOP;
    CLUSTER ledger.sealed_part USING sealed_part_pkey;
    CLUSTER ledger.document USING document_pkey;
    CLUSTER ledger.document_chunk USING document_chunk_pkey;
    CLUSTER ledger.event USING event_pkey;
    CLUSTER ledger.stream_head USING stream_head_pkey;
    CLUSTER ledger.command USING command_pkey;
    CLUSTER ledger.read_log USING read_log_pkey;
    CLUSTER ledger.read_subject USING read_subject_pkey;
    CLUSTER ledger.destruction USING destruction_pkey;
    CLUSTER ledger.hold USING hold_pkey;
    CLUSTER ledger.moving USING moving_pkey;
    CLUSTER ledger.list_stream USING list_stream_pkey;
    CLUSTER ledger.lookup USING lookup_pkey;
    -- A table's count is of living rows, its index's of all rows that were copied.
    IF EXISTS (SELECT FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
               WHERE i.indisclustered AND t.relnamespace = 'ledger'::regnamespace
                 AND greatest(t.reltuples, 0) <> greatest(x.reltuples, 0)) THEN
        RAISE EXCEPTION USING ERRCODE = '55006', MESSAGE = 'destroyed rows are kept in the files for an older transaction that is still open',
            HINT = 'Run it again when that transaction (a check, a dump, a forgotten session) has ended.';
    END IF;
END
$$;
