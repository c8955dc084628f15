-- Keep where a stream stands. Called by ledger.append alone, under the lane's lock.
CREATE FUNCTION ledger.keep_stream_head(p_head ledger.stream_head) RETURNS void
    LANGUAGE plpgsql  -- whose plans are kept; those of an SQL function are made anew in each transaction before PostgreSQL 18
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE ledger.stream_head SET version = p_head.version, epoch = p_head.epoch, idx = p_head.idx, leaf = p_head.leaf
    WHERE lane = p_head.lane AND stream = p_head.stream;
    IF NOT FOUND THEN
        INSERT INTO ledger.stream_head SELECT p_head.*;
    END IF;
END
$$;

-- What a stream destroyed at level 2 leaves behind, docs/envelope.md section 8.
CREATE FUNCTION ledger.destroyed_hash(p_ledger uuid, p_lane ledger.lane, p_stream uuid) RETURNS bytea
    LANGUAGE sql IMMUTABLE
RETURN sha256('liggaren/destroyed/v1'::bytea || decode('00', 'hex') || uuid_send(p_ledger) || ledger.lane_code(p_lane) || uuid_send(p_stream));

-- Whether there is no way back from a decision: it has begun, or, where a restore has forgotten that, something is gone under it.
CREATE FUNCTION ledger.has_begun(p_decision uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM ledger.destruction WHERE decision = p_decision AND begun_at IS NOT NULL)
        OR EXISTS (SELECT FROM ledger.destroyed_event WHERE decision = p_decision)
        OR EXISTS (SELECT FROM ledger.destroyed_part WHERE decision = p_decision);
$$;

-- Refuse to destroy the stream of a spärr in force or of an open decision: without it neither could be ended.
CREATE FUNCTION ledger.refuse_stranding(p_lane ledger.lane, p_stream uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_lane = 'tillsyn' AND (EXISTS (SELECT FROM ledger.hold WHERE ref = p_stream)
                               OR EXISTS (SELECT FROM ledger.destruction WHERE decision = p_stream)) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG030', MESSAGE = 'the stream is that of a gallringsspärr in force, or of an open gallring decision',
            HINT = 'Lift the spärr first; carry the decision out, or withdraw it.';
    END IF;
END
$$;

-- What an earlier try of a command stored, whatever has happened to the stream since; nothing where there was none. Append asks it under
-- the lane's lock; a caller asks it where a try was refused on the way, since a command that went through is not refused afterwards.
CREATE FUNCTION ledger.receipts(p_lane ledger.lane, p_namnd uuid, p_actor uuid, p_command uuid, p_mac_keys uuid[], p_macs bytea[])
    RETURNS TABLE (epoch integer, idx bigint, recorded text, leaf bytea, stream uuid, version bigint, type text, clear text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off  -- as in ledger.append
AS $$
#variable_conflict use_column
DECLARE
    v_done ledger.command;
BEGIN
    IF (pg_has_role(ledger.caller(), 'liggaren_writer_' || p_lane, 'MEMBER') OR pg_has_role(ledger.caller(), 'liggaren_migrator', 'MEMBER'))
       IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('this role may not append to %s', p_lane);
    END IF;
    SELECT * INTO v_done FROM ledger.command
    WHERE lane = p_lane AND namnd = p_namnd AND actor = p_actor AND command = p_command;
    IF NOT FOUND THEN
        RETURN;
    ELSIF (v_done.mac_key = ANY (p_mac_keys)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG020', MESSAGE = 'this command id is too old to be compared',
            HINT = 'Look the stream up, and use a new command id.';
    ELSIF v_done.mac IS DISTINCT FROM p_macs[array_position(p_mac_keys, v_done.mac_key)] THEN
        RAISE EXCEPTION USING ERRCODE = 'LG021', MESSAGE = 'this command id has been used for another command',
            HINT = 'Use a new command id.';
    END IF;
    -- Written, not just read: the commit then waits for the standby again, as the lost acknowledgement did.
    UPDATE ledger.command SET retried_at = clock_timestamp()
    WHERE lane = p_lane AND namnd = p_namnd AND actor = p_actor AND command = p_command;
    RETURN QUERY
        SELECT l.epoch, l.idx, split_part(e.envelope, E'\n', 11), l.hash, e.stream, e.version, split_part(e.envelope, E'\n', 9), e.clear
        FROM ledger.leaf l LEFT JOIN ledger.event e USING (lane, epoch, idx)
        WHERE l.lane = p_lane AND l.epoch = v_done.epoch
          AND l.idx BETWEEN v_done.first_index AND v_done.first_index + v_done.events - 1
        ORDER BY l.idx;
END
$$;

-- The keys of a stream are wrapped for its holder alone: forget that this is still to be done after the change of holder at a version.
CREATE FUNCTION ledger.settled(p_lane ledger.lane, p_stream uuid, p_version bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM ledger.moving WHERE lane = p_lane AND stream = p_stream AND version = p_version;
$$;

-- Carry out the control effects of an append, in its transaction. Called by ledger.append alone, when the streams' heads are written.
-- A spärr or a destruction has the id of the stream that tells of it, so whoever holds that stream, and so may append to it, is the
-- nämnd that lifts or withdraws.
CREATE FUNCTION ledger.carry_out(p_lane ledger.lane, p_namnd uuid, p_streams uuid[], p_effects jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    v_effect record;
    v_found integer;
BEGIN
    FOR v_effect IN
        SELECT e.*, p_streams[e.event] AS own FROM jsonb_to_recordset(p_effects)
            AS e (event integer, kind text, ref uuid, lane ledger.lane, stream uuid, subject uuid)
    LOOP
        IF v_effect.kind = 'holder_to' THEN
            -- ledger.begin_destroy writes the stream's head too: one of the two comes first and the other sees it.
            IF EXISTS (SELECT FROM ledger.destruction WHERE lane = p_lane AND stream = v_effect.own AND begun_at IS NOT NULL) THEN
                RAISE EXCEPTION USING ERRCODE = 'LG031', MESSAGE = 'the destruction of that stream has begun',
                    HINT = 'Have it carried out to its end; what is left can then be handed over.';
            END IF;
            -- A nämnd's id is the id of the stream that its registration opened. What is no nämnd could neither read nor give back.
            IF NOT EXISTS (SELECT FROM ledger.event
                           WHERE lane = 'system' AND stream = v_effect.ref AND version = 1
                             AND starts_with(split_part(envelope, E'\n', 9), 'NämndRegistered/')) THEN
                RAISE EXCEPTION USING ERRCODE = 'LG033', MESSAGE = 'there is no such nämnd to hold the stream',
                    HINT = 'Register the nämnd first, or name one that is registered.';
            END IF;
            -- Who holds a stream is what its last event says, so nothing of it may follow in the same append.
            IF v_effect.own = ANY (p_streams[v_effect.event + 1 :]) THEN
                RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'a stream''s new holder is named by its last event of an append';
            END IF;
            DELETE FROM ledger.lookup WHERE lane = p_lane AND stream = v_effect.own;  -- what the giving nämnd found it by
            WITH moved AS (
                UPDATE ledger.stream_head SET holder = v_effect.ref
                WHERE lane = p_lane AND stream = v_effect.own AND holder = p_namnd
                RETURNING lane, stream, version)
            INSERT INTO ledger.moving (lane, stream, version) SELECT lane, stream, version FROM moved
            ON CONFLICT (lane, stream) DO UPDATE SET version = excluded.version;
        ELSIF v_effect.kind = 'document_filed' THEN
            PERFORM ledger.file_document(p_lane, v_effect.own, v_effect.ref);
        ELSIF p_lane <> 'tillsyn' THEN
            RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = format('the lane %s has no effect %s', p_lane, v_effect.kind);
        ELSIF (v_effect.ref = v_effect.own) IS NOT TRUE THEN
            RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = format('%s is told in another stream than the one with its id', v_effect.kind);
        ELSIF v_effect.kind = 'hold' THEN
            -- The tillsyn lock is held: ledger.begin_destroy takes it too, so one of the two comes first and the other sees it.
            IF EXISTS (SELECT FROM ledger.destruction
                       WHERE lane = v_effect.lane AND stream = v_effect.stream AND begun_at IS NOT NULL) THEN
                RAISE EXCEPTION USING ERRCODE = 'LG031', MESSAGE = 'the destruction of that stream has begun',
                    HINT = 'A gallringsspärr comes too late for it.';
            END IF;
            INSERT INTO ledger.hold (ref, lane, stream)
            SELECT v_effect.ref, h.lane, h.stream FROM ledger.stream_head h
            WHERE h.lane = v_effect.lane AND h.stream = v_effect.stream AND h.holder = p_namnd AND h.holder <> c_nil;
        ELSIF v_effect.kind = 'lift' THEN
            DELETE FROM ledger.hold WHERE ref = v_effect.ref;
        ELSIF v_effect.kind = 'destroy_decided' THEN
            INSERT INTO ledger.destruction (decision, lane, stream, subject)
            SELECT v_effect.ref, h.lane, h.stream, v_effect.subject FROM ledger.stream_head h
            WHERE h.lane = v_effect.lane AND h.stream = v_effect.stream AND h.holder = p_namnd
              AND h.holder <> c_nil;  -- what belongs to no nämnd, and the log's own events, stay
        ELSIF v_effect.kind = 'destroy_withdrawn' THEN
            IF EXISTS (SELECT FROM ledger.destruction WHERE decision = v_effect.ref AND ledger.has_begun(decision)) THEN
                RAISE EXCEPTION USING ERRCODE = 'LG031', MESSAGE = 'the destruction has begun and is not withdrawn any more',
                    HINT = 'Have it carried out to its end.';
            END IF;
            DELETE FROM ledger.destruction WHERE decision = v_effect.ref;
        ELSIF v_effect.kind = 'destroy_done' THEN
            DELETE FROM ledger.destruction WHERE decision = v_effect.ref AND done_at IS NOT NULL;
        ELSE
            RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = format('there is no effect %s', v_effect.kind);
        END IF;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        IF v_found <> 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'LG032',
                MESSAGE = format('%s names a stream, hold or destruction that this nämnd does not have', v_effect.kind),
                HINT = 'It does not exist, has been destroyed or ended, or another nämnd holds it.';
        END IF;
        IF v_effect.kind = 'destroy_decided' THEN  -- now that it is open itself: nor is it about its own stream
            PERFORM ledger.refuse_stranding(v_effect.lane, v_effect.stream);
        END IF;
    END LOOP;
END
$$;
