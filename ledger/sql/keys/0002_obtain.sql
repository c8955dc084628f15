-- Who changes the keys, wraps or persons of a stream does it alone until its transaction ends: what it has looked at stays so.
CREATE FUNCTION keys.lock_streams(p_lane text, p_streams uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_lock bigint;
BEGIN
    FOR v_lock IN SELECT DISTINCT hashtextextended(p_lane || '/' || stream, 0) FROM unnest(p_streams) AS stream ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock(v_lock);
    END LOOP;
END
$$;

-- The persons bound in a stream, in order.
CREATE FUNCTION keys.persons(p_lane text, p_stream uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT DISTINCT b.person FROM keys.stream_subject b WHERE b.lane = p_lane AND b.stream = p_stream ORDER BY b.person);

-- Those of them who have not left, in order: whom a joint key made now concerns.
CREATE FUNCTION keys.present(p_lane text, p_stream uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT DISTINCT b.person FROM keys.stream_subject b
             WHERE b.lane = p_lane AND b.stream = p_stream AND NOT b.gone ORDER BY b.person);

-- Note which slots' persons have left, and no others. Where everybody has, joint keys still concern them all. Safe to repeat.
CREATE FUNCTION keys.leave(p_lane text, p_stream uuid, p_slots smallint[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM keys.lock_streams(p_lane, ARRAY[p_stream]);
    UPDATE keys.stream_subject b
    SET gone = b.slot = ANY (p_slots) AND EXISTS (
        SELECT FROM keys.stream_subject o WHERE o.lane = p_lane AND o.stream = p_stream AND o.slot <> ALL (p_slots))
    WHERE b.lane = p_lane AND b.stream = p_stream;
END
$$;

-- What a nämnd needs to seal events with, in one trip: for each wanted (stream, slot, class) its row, and the lane's command keys.
--
-- Wanted rows: subject NULL: no person is bound to the slot. key_id NULL: there is no key yet, or the joint one was made for other
-- persons than are bound now; holder then says for whom the stream's other keys are wrapped. wrapped NULL beside a key_id: the key is
-- wrapped for another nämnd. Class 0 asks for the subject alone. From slot 128 on the event names the person: p_persons, otherwise NULL.
-- Command keys: stream NULL; newest first; whether the key is younger than a month.
CREATE FUNCTION keys.obtain(p_lane text, p_namnd uuid, p_streams uuid[], p_slots smallint[], p_classes smallint[],
                            p_persons uuid[])
    RETURNS TABLE (stream uuid, slot smallint, class smallint, subject uuid, key_id uuid, namnd uuid, wrapped bytea,
                   holder uuid, fresh boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    -- Planned once for a connection, not anew for each call, which took longer than the rest; and by key, as in ledger.append.
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    c_joint constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
    RETURN QUERY
        SELECT s.stream, s.slot, s.class, s.subject, k.key_id, w.namnd, w.wrapped,
               CASE WHEN k.key_id IS NULL THEN (
                   SELECT o.namnd FROM keys.data_key d JOIN keys.wrap o ON o.key_id = d.key_id
                   WHERE d.lane = p_lane AND d.stream = s.stream LIMIT 1) END,
               NULL::boolean
        FROM (
            SELECT a.stream, a.slot, a.class,
                   CASE WHEN a.slot = 0 THEN c_nil WHEN a.slot = 255 THEN c_joint WHEN a.slot >= 128 THEN a.person ELSE (
                       SELECT b.person FROM keys.stream_subject b
                       WHERE b.lane = p_lane AND b.stream = a.stream AND b.slot = a.slot) END AS subject
            FROM unnest(p_streams, p_slots, p_classes, p_persons) AS a (stream, slot, class, person)
        ) s
        LEFT JOIN LATERAL (
            SELECT d.key_id, d.bound FROM keys.data_key d
            WHERE d.lane = p_lane AND d.stream = s.stream AND d.subject = s.subject AND d.class = s.class
            ORDER BY d.generation DESC LIMIT 1
        ) k ON s.slot <> 255 OR k.bound = ARRAY(  -- keys.present, which as a call would cost more than the rest
            SELECT DISTINCT b.person FROM keys.stream_subject b
            WHERE b.lane = p_lane AND b.stream = s.stream AND NOT b.gone ORDER BY b.person)
        LEFT JOIN LATERAL (
            SELECT o.namnd, o.wrapped FROM keys.wrap o
            WHERE o.key_id = k.key_id AND o.namnd IN (p_namnd, c_nil)
            LIMIT 1
        ) w ON true;
    RETURN QUERY
        SELECT NULL::uuid, NULL::smallint, NULL::smallint, NULL::uuid, c.key_id, c_nil, c.wrapped,
               NULL::uuid, c.created_at > clock_timestamp() - interval '1 month'
        FROM keys.command_key c
        WHERE c.lane = p_lane AND c.created_at > clock_timestamp() - interval '60 days'
        ORDER BY c.created_at DESC;
END
$$;

-- Bind slots to persons where no person is bound yet. Returns who is bound now, which the loser of two callers compares.
CREATE FUNCTION keys.bind(p_lane text, p_streams uuid[], p_slots smallint[], p_persons uuid[])
    RETURNS TABLE (stream uuid, slot smallint, person uuid)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM keys.lock_streams(p_lane, p_streams);
    INSERT INTO keys.stream_subject (lane, stream, slot, person)
    SELECT p_lane, a.stream, a.slot, a.person FROM unnest(p_streams, p_slots, p_persons) AS a (stream, slot, person)
    ON CONFLICT DO NOTHING;
    RETURN QUERY
        SELECT b.stream, b.slot, b.person
        FROM keys.stream_subject b JOIN unnest(p_streams, p_slots) AS a (stream, slot) ON b.stream = a.stream AND b.slot = a.slot
        WHERE b.lane = p_lane;
END
$$;

-- Keep new keys and their wraps, each as its subject's next generation. Left out is what no longer is as the caller saw it: a key that
-- somebody else has made meanwhile, of a person who is bound no more, or for a nämnd that no longer holds the stream. The caller looks again.
-- p_named: the event names the person, who need not be bound.
CREATE FUNCTION keys.add(p_lane text, p_key_ids uuid[], p_streams uuid[], p_subjects uuid[], p_named boolean[], p_classes smallint[],
                         p_holders uuid[], p_wraps bytea[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    c_joint constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
    PERFORM keys.lock_streams(p_lane, p_streams);
    WITH new AS (
        SELECT a.*, keys.persons(p_lane, a.stream) AS persons, keys.present(p_lane, a.stream) AS present
        FROM unnest(p_key_ids, p_streams, p_subjects, p_named, p_classes, p_holders, p_wraps)
            AS a (key_id, stream, subject, named, class, holder, wrapped)
    ), made AS (
        INSERT INTO keys.data_key (key_id, lane, stream, subject, class, generation, bound)
        SELECT n.key_id, p_lane, n.stream, n.subject, n.class, coalesce(k.generation, 0) + 1,
               CASE n.subject WHEN c_joint THEN n.present END
        FROM new n
        LEFT JOIN LATERAL (
            SELECT d.generation, d.bound FROM keys.data_key d
            WHERE d.lane = p_lane AND d.stream = n.stream AND d.subject = n.subject AND d.class = n.class
            ORDER BY d.generation DESC LIMIT 1
        ) k ON true
        WHERE (k.generation IS NULL OR k.bound <> n.present)
          AND (n.subject IN (c_nil, c_joint) OR n.named OR n.subject = ANY (n.persons))
          AND NOT EXISTS (SELECT FROM keys.data_key d JOIN keys.wrap w ON w.key_id = d.key_id
                          WHERE d.lane = p_lane AND d.stream = n.stream AND w.namnd <> n.holder)
        ON CONFLICT (lane, stream, subject, class, generation) DO NOTHING
        RETURNING key_id)
    INSERT INTO keys.wrap (key_id, namnd, wrapped)
    SELECT key_id, n.holder, n.wrapped FROM new n JOIN made USING (key_id);
END
$$;

-- Keep a new command key, unless the lane's newest is younger than a month.
CREATE FUNCTION keys.add_command_key(p_lane text, p_key_id uuid, p_wrapped bytea) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- One at a time in a lane: the second sees the first one's key and adds none.
    PERFORM pg_advisory_xact_lock(hashtext('keys.command_key'), hashtext(p_lane));
    INSERT INTO keys.command_key (key_id, lane, wrapped)
    SELECT p_key_id, p_lane, p_wrapped
    WHERE NOT EXISTS (SELECT FROM keys.command_key
                      WHERE lane = p_lane AND created_at > clock_timestamp() - interval '1 month');
END
$$;

-- Delete command keys older than 60 days: the HMACs made with them can then be compared with nothing. Returns how many.
CREATE FUNCTION keys.destroy_old_command_keys() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone bigint;
BEGIN
    DELETE FROM keys.command_key WHERE created_at <= clock_timestamp() - interval '60 days';
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END
$$;

-- Put wraps for the stream's new holder in the place of the old ones. Other keys of the stream, and keys of others, are left alone.
CREATE FUNCTION keys.rewrap(p_lane text, p_stream uuid, p_holder uuid, p_key_ids uuid[], p_wraps bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM keys.lock_streams(p_lane, ARRAY[p_stream]);
    UPDATE keys.wrap w SET namnd = p_holder, wrapped = a.wrapped
    FROM unnest(p_key_ids, p_wraps) AS a (key_id, wrapped) JOIN keys.data_key k ON k.key_id = a.key_id
    WHERE w.key_id = a.key_id AND k.lane = p_lane AND k.stream = p_stream;
END
$$;
