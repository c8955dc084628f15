-- Append events to one lane: the only way in. One call is one transaction: all its events or none.
--
-- The caller has sealed the payload; this function orders it. Under the lane's lock it checks idempotency, holder and expected version,
-- takes the recorded time, writes the envelope (docs/envelope.md section 2), the leaf, the event and its parts, and carries out
-- the control effects.
--
-- p_namnd         the acting nämnd; the application's word
-- p_new_holder    who holds the streams this call creates: p_namnd, or the nil UUID for streams that belong to none
-- p_clock         the caller's clock, so that a bad one is noticed before anything is stored
-- p_mac_keys      ids of all live command keys; p_macs the command's HMAC under each
-- p_streams .. p_clears   one element for each event, in log order
-- p_part_events   for each sealed part the number of its event, from 1, ascending; then by slot and class
-- p_effects       JSON array of {event, kind, ref, lane, stream, subject}, or NULL
-- p_new_epoch     open the log's next epoch with this call's first event (operators only)
-- p_found_…       what streams of this call are found by (ledger.lookup): stream, version of the event that says it, HMAC
--
-- A comparison with NULL is neither true nor false, so every check asks for what must be true. No plain literal here holds a backslash:
-- a session may change what one means (standard_conforming_strings).
--
-- Errors (SQLSTATE): LG010 clocks apart, LG011 log ahead of the clock, LG012 wrong version, LG013 stream destroyed,
-- LG014 key destroyed, LG015 form, LG020 command key gone, LG021 command id used for something else, LG030 hold,
-- LG031 destruction under way, LG032 unknown hold or destruction, LG033 unknown nämnd, 42501 not allowed.
CREATE FUNCTION ledger.append(
    p_lane ledger.lane, p_namnd uuid, p_new_holder uuid, p_actor uuid, p_command uuid,
    p_mac_keys uuid[], p_macs bytea[], p_clock timestamptz,
    p_streams uuid[], p_versions bigint[], p_types text[], p_occurred text[], p_roots bytea[], p_clears text[],
    p_part_events integer[], p_part_groups bytea[], p_parts bytea[],
    p_effects jsonb DEFAULT NULL, p_new_epoch boolean DEFAULT false,
    p_found_streams uuid[] DEFAULT NULL, p_found_versions bigint[] DEFAULT NULL, p_found_macs bytea[] DEFAULT NULL
) RETURNS TABLE (epoch integer, idx bigint, recorded text, leaf bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- Each look-up is by key. A plan cached while a table was small would scan it for as long as the connection lives.
    SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    c_zero constant bytea := decode('00', 'hex');
    c_after_last_class constant bytea := decode('07', 'hex');
    c_format_and_algorithm constant bytea := decode('0101', 'hex');
    v_count constant integer := cardinality(p_streams);
    v_part_total constant integer := coalesce(cardinality(p_parts), 0);
    v_of_the_log constant boolean := coalesce(c_nil = ANY (p_streams) OR p_new_epoch, false);
    v_founding ledger.founding;
    v_lane ledger.lane_head;
    v_head ledger.stream_head;
    v_now timestamptz;
    v_today date;
    v_header bytea;
    v_part bytea;
    v_place bytea;
    v_digest bytea;
    v_seal bytea;
    v_seal_digests bytea;
    v_first_part integer;
    v_next_part integer := 1;
    v_envelope text;
    v_envelopes text[] := '{}';
    v_seals bytea[] := '{}';
    v_leaves bytea[] := '{}';
    v_recorded text[] := '{}';
BEGIN
    -- The acting role must be this lane's writer; the log's own stream belongs to operators.
    IF pg_has_role(ledger.caller(), CASE WHEN v_of_the_log THEN 'liggaren_migrator' ELSE 'liggaren_writer_' || p_lane END, 'MEMBER')
       IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('this role may not append to %s', p_lane);
    END IF;
    IF (v_count > 0 AND v_count = ALL (ARRAY[cardinality(p_versions), cardinality(p_types), cardinality(p_occurred),
                                             cardinality(p_roots), cardinality(p_clears)])
        AND v_part_total = ALL (ARRAY[coalesce(cardinality(p_part_events), 0), coalesce(cardinality(p_part_groups), 0)])
        AND cardinality(p_mac_keys) > 0 AND cardinality(p_macs) = cardinality(p_mac_keys)
        AND p_actor IS NOT NULL AND p_command IS NOT NULL AND p_mac_keys[1] IS NOT NULL AND p_macs[1] IS NOT NULL
        AND p_new_holder IN (p_namnd, c_nil) AND p_namnd IS NOT NULL
        AND coalesce(cardinality(p_found_streams), 0) = ALL (ARRAY[coalesce(cardinality(p_found_versions), 0),
                                                                   coalesce(cardinality(p_found_macs), 0)])
        AND coalesce(p_found_streams <@ p_streams, true)
        AND (c_nil = ALL (p_streams) OR NOT v_of_the_log)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the append is not well formed',
            HINT = 'Lists of equal length, at least one event and one command key, a new holder that is the acting nämnd or none,'
                   ' and the log''s own events by themselves.';
    END IF;
    -- An acknowledged event must survive a crash, whatever the session was set to. Stronger settings stay.
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    -- Before waiting for the lock, or the wait would count.
    IF (p_clock BETWEEN clock_timestamp() - interval '5 s' AND clock_timestamp() + interval '5 s') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG010', MESSAGE = 'the caller''s clock and the database''s are more than 5 s apart',
            HINT = 'Synchronise both clocks (NTP).';
    END IF;

    SELECT * INTO v_lane FROM ledger.lane_head WHERE lane = p_lane FOR UPDATE;

    RETURN QUERY
        SELECT r.epoch, r.idx, r.recorded, r.leaf FROM ledger.receipts(p_lane, p_namnd, p_actor, p_command, p_mac_keys, p_macs) r;
    IF FOUND THEN
        RETURN;
    END IF;

    v_now := clock_timestamp();
    IF (starts_with(p_types[1], 'EpochOpened/') = (p_new_epoch OR v_lane.next_index = 0)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'an epoch begins with EpochOpened, and nothing else does',
            HINT = 'The first event of a log is EpochOpened, in the log''s own stream.';
    END IF;
    IF p_new_epoch THEN
        v_lane.epoch := v_lane.epoch + 1;
    ELSIF v_lane.last_recorded > v_now + interval '5 s' THEN
        RAISE EXCEPTION USING ERRCODE = 'LG011', MESSAGE = format('the log %s is ahead of the database''s clock', p_lane),
            HINT = 'Correct the clock, or open a new epoch and say why.';
    ELSE
        v_now := greatest(v_now, v_lane.last_recorded + interval '1 us');
    END IF;
    v_today := (v_now AT TIME ZONE 'Europe/Stockholm')::date;

    IF EXISTS (SELECT FROM ledger.destroyed_key
               WHERE key_id = ANY (ARRAY(SELECT substr(part, 46, 16) FROM unnest(p_parts) AS part))) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG014', MESSAGE = 'a key of these events has been destroyed under a gallring decision',
            HINT = 'Seal the events again; a new key generation is made.';
    END IF;

    SELECT * INTO v_founding FROM ledger.founding;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the ledger has not been founded', HINT = 'Run liggare init.';
    END IF;

    FOR i IN 1 .. v_count LOOP
        IF v_head.stream IS DISTINCT FROM p_streams[i] THEN
            IF i > 1 THEN
                PERFORM ledger.keep_stream_head(v_head);
            END IF;
            SELECT * INTO v_head FROM ledger.stream_head WHERE lane = p_lane AND stream = p_streams[i];
            v_header := c_format_and_algorithm || uuid_send(v_founding.ledger) || ledger.lane_code(p_lane) || uuid_send(p_streams[i]);
            IF NOT FOUND THEN
                IF EXISTS (SELECT FROM ledger.destroyed_stream
                           WHERE hash = ledger.destroyed_hash(v_founding.ledger, p_lane, p_streams[i])) THEN
                    RAISE EXCEPTION USING ERRCODE = 'LG013', MESSAGE = 'the stream has been destroyed under a gallring decision',
                        HINT = 'Open a new case.';
                END IF;
                v_head := ROW(p_lane, p_streams[i], CASE WHEN p_streams[i] = c_nil THEN c_nil ELSE p_new_holder END, 0, 0, 0, '');
            ELSIF (v_head.holder IN (p_namnd, c_nil)) IS NOT TRUE THEN
                RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'another nämnd holds the stream';
            END IF;
        END IF;
        IF (p_versions[i] = v_head.version + 1) IS NOT TRUE THEN
            RAISE EXCEPTION USING ERRCODE = 'LG012',
                MESSAGE = format('version %s was expected, the stream is at %s', p_versions[i] - 1, v_head.version),
                DETAIL = v_head.version,
                HINT = 'Read the stream again and decide anew.';
        END IF;
        -- Composed Latin letters only, so that the name is in NFC. Lengths are asked for apart: a bounded repetition in the pattern
        -- costs more than all other checks together.
        IF (p_types[i] ~ '^[0-9A-Za-zÀ-ÖØ-öø-ž]+/[1-9][0-9]*$'
            AND length(split_part(p_types[i], '/', 1)) <= 80 AND length(split_part(p_types[i], '/', 2)) <= 4
            AND octet_length(p_roots[i]) = 32 AND p_clears[i] IS NOT NULL) IS NOT TRUE THEN
            RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = format('event %s of the append is not well formed', i);
        END IF;
        -- Its form is what is left when every digit is made a zero. A date that does not exist fails in the cast.
        IF (CASE translate(p_occurred[i], '123456789', '000000000')
                WHEN 'day 0000-00-00' THEN substr(p_occurred[i], 5)::date <= v_today
                WHEN 'instant 0000-00-00T00:00:00.000000Z' THEN
                    substr(p_occurred[i], 20, 2) < '24' AND substr(p_occurred[i], 23, 1) < '6' AND substr(p_occurred[i], 26, 1) < '6'
                    AND substr(p_occurred[i], 9, 26)::timestamp AT TIME ZONE 'UTC' <= greatest(v_now, p_clock)
                WHEN 'period 0000-00-00/0000-00-00' THEN
                    substr(p_occurred[i], 8, 10)::date <= substr(p_occurred[i], 19)::date AND substr(p_occurred[i], 19)::date <= v_today
                ELSE p_occurred[i] IN ('unknown', 'sealed') END) IS NOT TRUE THEN
            RAISE EXCEPTION USING ERRCODE = 'LG015',
                MESSAGE = format('occurred of event %s of the append is not well formed, lies in the future, or ends before it begins', i);
        END IF;

        v_seal := '';
        v_seal_digests := '';
        v_place := '';
        v_first_part := v_next_part;
        v_header := substr(v_header, 1, 35) || int8send(p_versions[i]);
        WHILE p_part_events[v_next_part] = i LOOP
            v_part := p_parts[v_next_part];
            -- Of this ledger, lane, stream and version; after the one before by slot and class, of a class that there is (an unknown one
            -- would make the event unreadable); whole blocks behind a whole header.
            IF (substr(v_part, 1, 43) = v_header AND substr(v_part, 44, 2) > v_place
                AND substr(v_part, 45, 1) > c_zero AND substr(v_part, 45, 1) < c_after_last_class
                AND octet_length(v_part) > 89 AND octet_length(v_part) % 64 = 89 % 64
                AND octet_length(p_part_groups[v_next_part]) = 32) IS NOT TRUE THEN
                RAISE EXCEPTION USING ERRCODE = 'LG015',
                    MESSAGE = format('a sealed part of event %s belongs elsewhere or is not well formed', i);
            END IF;
            v_place := substr(v_part, 44, 2);
            v_digest := sha256(v_part);
            v_seal := v_seal || v_place || p_part_groups[v_next_part] || v_digest;
            v_seal_digests := v_seal_digests || v_place || v_digest;
            v_next_part := v_next_part + 1;
        END LOOP;

        v_recorded[i] := to_char((v_now + (i - 1) * interval '1 us') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
        v_envelope := concat_ws(E'\n', 'liggaren/envelope/v1', v_founding.ledger, p_lane, v_lane.epoch, v_lane.next_index + i - 1,
            CASE v_head.holder WHEN c_nil THEN '-' ELSE v_head.holder::text END,
            CASE v_head.stream WHEN c_nil THEN '-' ELSE v_head.stream::text END,
            p_versions[i], p_types[i], p_occurred[i], v_recorded[i],
            CASE v_head.version WHEN 0 THEN '-' ELSE concat_ws('/', v_head.epoch, v_head.idx, encode(v_head.leaf, 'hex')) END,
            encode(p_roots[i], 'hex'),
            encode(sha256('liggaren/sealed/v1'::bytea || c_zero || int2send((v_next_part - v_first_part)::smallint) || v_seal_digests), 'hex')) || E'\n';
        v_envelopes[i] := v_envelope;
        v_seals[i] := v_seal;
        v_leaves[i] := sha256(c_zero || convert_to(v_envelope, 'UTF8'));
        v_head.version := p_versions[i];
        v_head.epoch := v_lane.epoch;
        v_head.idx := v_lane.next_index + i - 1;
        v_head.leaf := v_leaves[i];
    END LOOP;
    IF v_next_part <= v_part_total THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'a sealed part belongs to no event of the append';
    END IF;
    PERFORM ledger.keep_stream_head(v_head);

    INSERT INTO ledger.event (lane, epoch, idx, stream, version, envelope, clear, seals)
    SELECT p_lane, v_lane.epoch, v_lane.next_index + n - 1, stream, version, envelope, clear, seals
    FROM unnest(p_streams, p_versions, v_envelopes, p_clears, v_seals) WITH ORDINALITY AS t (stream, version, envelope, clear, seals, n);
    INSERT INTO ledger.leaf (lane, epoch, idx, hash)
    SELECT p_lane, v_lane.epoch, v_lane.next_index + n - 1, hash FROM unnest(v_leaves) WITH ORDINALITY AS t (hash, n);
    INSERT INTO ledger.sealed_part (lane, epoch, idx, slot, class, part)
    SELECT p_lane, v_lane.epoch, v_lane.next_index + event - 1, get_byte(part, 43), get_byte(part, 44), part
    FROM unnest(p_part_events, p_parts) AS t (event, part);
    INSERT INTO ledger.command (lane, namnd, actor, command, mac_key, mac, epoch, first_index, events)
    VALUES (p_lane, p_namnd, p_actor, p_command, p_mac_keys[1], p_macs[1], v_lane.epoch, v_lane.next_index, v_count);
    UPDATE ledger.lane_head
    SET epoch = v_lane.epoch, next_index = v_lane.next_index + v_count, last_recorded = v_now + (v_count - 1) * interval '1 us'
    WHERE lane = p_lane;
    IF p_effects IS NOT NULL THEN
        PERFORM ledger.carry_out(p_lane, p_namnd, p_streams, p_effects);
    END IF;
    IF cardinality(p_found_streams) > 0 THEN  -- after a move, which forgets what the giving nämnd found the stream by
        INSERT INTO ledger.lookup (lane, mac, stream, version)
        SELECT p_lane, mac, stream, version FROM unnest(p_found_macs, p_found_streams, p_found_versions) AS t (mac, stream, version)
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM pg_notify('liggaren_' || p_lane, '');
    RETURN QUERY
        SELECT v_lane.epoch, v_lane.next_index + n - 1, t.recorded, t.leaf
        FROM unnest(v_recorded, v_leaves) WITH ORDINALITY AS t (recorded, leaf, n);
END
$$;
