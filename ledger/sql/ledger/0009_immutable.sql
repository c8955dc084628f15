-- History is not changed, not even by the owner or by a superuser in replica mode (ENABLE ALWAYS). What a superuser who alters
-- the tables can do is answered by checkpoints outside the database.
CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'LG001',
        MESSAGE = format('%s on %s is refused: history is append-only', lower(TG_OP), TG_TABLE_NAME),
        HINT = 'Record a correction instead.';
END
$$;

-- What destruction may touch goes only inside ledger.destroy, in the one transaction it has named.
CREATE FUNCTION ledger.refuse_unless_destroying() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.destruction WHERE destroyer_xact = pg_current_xact_id_if_assigned()) THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'LG001',
        MESSAGE = format('%s on %s is refused: history goes only by a gallring decision', lower(TG_OP), TG_TABLE_NAME),
        HINT = 'Record GallringDecided and let the destroyer carry it out.';
END
$$;

-- A filed document stays as it is, but for ledger.destroy. An upload that has not got its event yet is no history.
CREATE FUNCTION ledger.refuse_if_filed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.document WHERE lane = OLD.lane AND document = OLD.document AND version IS NOT NULL)
       OR (TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger.destruction WHERE destroyer_xact = pg_current_xact_id_if_assigned())) THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'LG001',
        MESSAGE = format('%s on %s is refused: the document is filed', lower(TG_OP), TG_TABLE_NAME),
        HINT = 'Record GallringDecided and let the destroyer carry it out.';
END
$$;

DO $$
DECLARE
    v_table text;
    v_operation text;
    v_function text;
BEGIN
    FOR v_table, v_operation, v_function IN
        -- Nothing is emptied at once, control tables included.
        SELECT tablename, 'TRUNCATE', 'refuse_change' FROM pg_tables WHERE schemaname = 'ledger'
        UNION ALL
        SELECT t, operation, CASE WHEN t IN ('event', 'sealed_part') AND operation = 'DELETE' THEN 'refuse_unless_destroying'
                                  ELSE 'refuse_change' END
        FROM unnest(ARRAY['event', 'sealed_part', 'leaf', 'founding', 'migration',
                          'destroyed_stream', 'destroyed_key', 'destroyed_part', 'destroyed_event']) AS t,
             unnest(ARRAY['UPDATE', 'DELETE']) AS operation
        UNION ALL
        VALUES ('lane_head', 'DELETE', 'refuse_change'), ('read_log', 'DELETE', 'refuse_change'),
               ('read_subject', 'UPDATE', 'refuse_change'), ('document_chunk', 'UPDATE', 'refuse_change'),
               ('document_chunk', 'DELETE', 'refuse_if_filed'), ('document', 'UPDATE', 'refuse_if_filed'),
               ('document', 'DELETE', 'refuse_if_filed'),
               ('stream_head', 'DELETE', 'refuse_unless_destroying'), ('command', 'DELETE', 'refuse_unless_destroying'),
               ('read_log', 'UPDATE', 'refuse_unless_destroying'), ('read_subject', 'DELETE', 'refuse_unless_destroying')
    LOOP
        EXECUTE format('CREATE TRIGGER refuse_%s BEFORE %s ON ledger.%I FOR EACH %s EXECUTE FUNCTION ledger.%I()',
                       lower(v_operation), v_operation, v_table,
                       CASE v_operation WHEN 'TRUNCATE' THEN 'STATEMENT' ELSE 'ROW' END, v_function);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_%s', v_table, lower(v_operation));
    END LOOP;
END
$$;
