-- The role that called, also from inside a SECURITY DEFINER function: the role set with SET ROLE, or the login.
CREATE FUNCTION ledger.caller() RETURNS name
    LANGUAGE sql STABLE
RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;

-- Open a read: write its row in the read log and make it this transaction's context. Everything a reader role sees goes through the
-- nämnd named here, and only until this transaction ends. The actor and the nämnd are the application's word. A filed document
-- (p_document) is read of its stream, which the row then names too.
CREATE FUNCTION ledger.open_read(p_actor uuid, p_namnd uuid, p_purpose text, p_view text, p_stream uuid, p_document uuid DEFAULT NULL)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_caller constant name := ledger.caller();
    v_lane constant ledger.lane := CASE WHEN starts_with(v_caller::text, 'liggaren_reader_') THEN substr(v_caller::text, 17)::ledger.lane END;
    v_stream uuid := p_stream;
    v_read bigint;
BEGIN
    IF p_document IS NOT NULL THEN
        SELECT d.stream INTO v_stream FROM ledger.document d WHERE d.lane = v_lane AND d.document = p_document AND d.version IS NOT NULL;
    END IF;
    INSERT INTO ledger.read_log (role, actor, namnd, purpose, view, lane, stream, document)
    VALUES (v_caller, p_actor, p_namnd, p_purpose, p_view, v_lane, v_stream, p_document)
    RETURNING id INTO v_read;
    PERFORM set_config('ledger.read', v_read::text, true);
    RETURN v_read;
END
$$;

-- The nämnd of the read that is open in this transaction. Raises where none is: an empty answer would pass for "there is nothing".
-- The row must be of this very transaction, so a setting left over in a pooled connection opens nothing. Its time is asked for too:
-- in a database restored into a new cluster, transaction numbers begin anew and would meet old rows.
CREATE FUNCTION ledger.acting_namnd() RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off  -- as in ledger.append
AS $$
DECLARE
    v_namnd uuid;
BEGIN
    SELECT namnd INTO v_namnd FROM ledger.read_log
    WHERE id = nullif(current_setting('ledger.read', true), '')::bigint AND xact = pg_current_xact_id_if_assigned()
      AND at > transaction_timestamp() - interval '1 minute';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LG002',
            MESSAGE = 'no read is open in this transaction',
            HINT = 'Call ledger.open_read first: every read is logged.';
    END IF;
    RETURN v_namnd;
END
$$;

-- Log which persons the open read shows.
CREATE FUNCTION ledger.log_subjects(p_persons uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ledger.acting_namnd();
    INSERT INTO ledger.read_subject (read, person)
    SELECT DISTINCT current_setting('ledger.read')::bigint, person FROM unnest(p_persons) AS person
    ON CONFLICT DO NOTHING;
END
$$;

-- The nämnder that have set a gallringsspärr on a stream, or their successors: those that can lift it. Told to whoever holds the stream
-- now, which need not be who held it then. Nothing is told of a stream that the open read's nämnd does not hold.
CREATE FUNCTION ledger.holds_on(p_lane ledger.lane, p_stream uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_namnd constant uuid := ledger.acting_namnd();
BEGIN
    RETURN QUERY
        SELECT own.holder FROM ledger.hold d
        JOIN ledger.stream_head held ON held.lane = d.lane AND held.stream = d.stream AND held.holder = v_namnd
        JOIN ledger.stream_head own ON own.lane = 'tillsyn' AND own.stream = d.ref
        WHERE d.lane = p_lane AND d.stream = p_stream
        ORDER BY own.holder;
END
$$;
