-- Documents, docs/envelope.md section 11: chunks come in one by one, each a transaction of its own, before the event that files them.
-- Nobody but these functions sees a chunk.

-- Keep a sealed chunk of a document on its way in; the first one begins it. The nämnd is the application's word.
CREATE FUNCTION ledger.add_chunk(p_lane ledger.lane, p_namnd uuid, p_stream uuid, p_document uuid, p_chunk bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off  -- as in ledger.append
AS $$
DECLARE
    c_nil constant uuid := '00000000-0000-0000-0000-000000000000';
    c_first constant bytea := int4send(1);
    c_most_chunks constant bytea := int4send(100);
    v_number constant bytea := substr(p_chunk, 52, 4);
    v_count constant bytea := substr(p_chunk, 56, 4);
    v_blocks constant integer := (octet_length(p_chunk) - 105) / 16384;
    v_holder uuid;
BEGIN
    IF pg_has_role(ledger.caller(), 'liggaren_writer_' || p_lane, 'MEMBER') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('this role may not file in %s', p_lane);
    END IF;
    -- Shared with other uploads and with appends, not with ledger.destroy: what it deletes cannot come after it.
    SELECT holder INTO v_holder FROM ledger.stream_head WHERE lane = p_lane AND stream = p_stream FOR KEY SHARE;
    IF (p_stream <> c_nil AND v_holder IN (p_namnd, c_nil)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG032', MESSAGE = 'the nämnd holds no such stream to file a document in';
    END IF;
    -- Of this ledger, lane, stream and document; of a number there can be; whole blocks, all sixteen but in the last chunk; joint, need.
    IF (substr(p_chunk, 1, 51) = decode('0201', 'hex') || uuid_send((SELECT ledger FROM ledger.founding)) || ledger.lane_code(p_lane)
                                 || uuid_send(p_stream) || uuid_send(p_document)
        AND v_number >= c_first AND v_number <= v_count AND v_count <= c_most_chunks
        AND octet_length(p_chunk) = 105 + 16384 * v_blocks AND v_blocks BETWEEN 1 AND 16 AND (v_blocks = 16 OR v_number = v_count)
        AND substr(p_chunk, 60, 2) = decode('ff03', 'hex')) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the chunk belongs elsewhere or is not well formed';
    END IF;
    IF EXISTS (SELECT FROM ledger.destroyed_key WHERE key_id = substr(p_chunk, 62, 16)) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG014', MESSAGE = 'the key of this document has been destroyed under a gallring decision',
            HINT = 'File the document again; a new key generation is made.';
    END IF;
    IF v_number = c_first THEN
        INSERT INTO ledger.document (lane, document, stream) VALUES (p_lane, p_document, p_stream);
    ELSE
        -- Locked: what is being discarded gets no further chunk. What is filed has them all.
        PERFORM FROM ledger.document
        WHERE lane = p_lane AND document = p_document AND stream = p_stream AND version IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = 'the document is not on its way in';
        END IF;
    END IF;
    INSERT INTO ledger.document_chunk (lane, document, number, chunk)
    VALUES (p_lane, p_document, get_byte(v_number, 3), p_chunk);
END
$$;

-- File a document under the event of this append that names it. Called by ledger.carry_out alone, under the lane's lock. All chunks must be
-- there, sealed with the very key of the event's own part: so they are lawfully gone exactly when that part is.
CREATE FUNCTION ledger.file_document(p_lane ledger.lane, p_stream uuid, p_document uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
DECLARE
    v_version bigint;
    v_key bytea;
BEGIN
    SELECT e.version, substr(p.part, 46, 16) INTO v_version, v_key
    FROM ledger.event e JOIN ledger.sealed_part p ON p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx AND p.slot = 255 AND p.class = 3
    WHERE e.lane = p_lane AND e.stream = p_stream AND strpos(e.clear, E'\n32 "' || p_document || E'"\n') > 0
      AND starts_with(split_part(e.envelope, E'\n', 9), 'DocumentFiled/')
    ORDER BY e.version DESC LIMIT 1;
    UPDATE ledger.document SET version = v_version
    WHERE lane = p_lane AND document = p_document AND stream = p_stream AND version IS NULL AND v_version IS NOT NULL
      AND (SELECT bool_and(substr(c.chunk, 56, 4) = int4send(c.n::integer) AND substr(c.chunk, 62, 16) = v_key)
           FROM (SELECT chunk, count(*) OVER () AS n FROM ledger.document_chunk WHERE lane = p_lane AND document = p_document) c);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LG012',
            MESSAGE = 'the document is not there whole, or the persons of the stream are others than when it came in',
            HINT = 'Read the stream again and file the document anew.';
    END IF;
END
$$;

-- Throw away uploads that have not got their event: one, or all of the lane that are older than a day. Returns how many.
CREATE FUNCTION ledger.discard_documents(p_lane ledger.lane, p_document uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone bigint;
BEGIN
    IF pg_has_role(ledger.caller(), 'liggaren_writer_' || p_lane, 'MEMBER') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('this role may not file in %s', p_lane);
    END IF;
    WITH gone AS (
        DELETE FROM ledger.document
        WHERE lane = p_lane AND version IS NULL
          AND (document = p_document OR p_document IS NULL AND begun_at < clock_timestamp() - interval '1 day')
        RETURNING document),
    chunks AS (
        DELETE FROM ledger.document_chunk c USING gone WHERE c.lane = p_lane AND c.document = gone.document)
    SELECT count(*) INTO v_gone FROM gone;
    RETURN v_gone;
END
$$;

-- A chunk of the document that a read was opened for, as long as the nämnd of the read holds the stream; NULL: there is none. The read's row
-- must have been committed, by another transaction, at most a quarter of an hour ago: so nothing of a document leaves unlogged, and a slow
-- reader holds neither a transaction nor a connection open.
CREATE FUNCTION ledger.read_chunk(p_read bigint, p_number integer) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
AS $$
BEGIN
    RETURN (
        SELECT c.chunk FROM ledger.read_log r
        JOIN ledger.document d ON d.lane = r.lane AND d.document = r.document AND d.version IS NOT NULL
        JOIN ledger.stream_head h ON h.lane = d.lane AND h.stream = d.stream
                                 AND h.holder IN (r.namnd, '00000000-0000-0000-0000-000000000000')
        JOIN ledger.document_chunk c ON c.lane = d.lane AND c.document = d.document AND c.number = p_number
        WHERE r.id = p_read AND r.role = ledger.caller() AND r.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()
          AND r.at > clock_timestamp() - interval '15 minutes');
END
$$;

REVOKE ALL ON FUNCTION ledger.add_chunk, ledger.file_document, ledger.discard_documents, ledger.read_chunk FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.add_chunk, ledger.discard_documents TO
    liggaren_writer_bistand, liggaren_writer_hyra, liggaren_writer_koppling, liggaren_writer_tillsyn, liggaren_writer_system;
GRANT EXECUTE ON FUNCTION ledger.read_chunk TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;
