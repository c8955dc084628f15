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

-- Rows of history go only inside ledger.destroy, in the one transaction it has named.
CREATE FUNCTION ledger.refuse_delete() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.destruction WHERE destroyer_xact = pg_current_xact_id_if_assigned()) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'LG001',
        MESSAGE = format('delete on %s is refused: history goes only by a gallring decision', TG_TABLE_NAME),
        HINT = 'Record GallringDecided and let the destroyer carry it out.';
END
$$;

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['event', 'sealed_part', 'leaf', 'founding',
                                   'destroyed_stream', 'destroyed_key', 'destroyed_part', 'destroyed_event', 'read_log'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.%I EXECUTE FUNCTION ledger.refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_truncate', v_table);
        CONTINUE WHEN v_table = 'read_log';
        EXECUTE format('CREATE TRIGGER refuse_update BEFORE UPDATE ON ledger.%I FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_update', v_table);
        EXECUTE format('CREATE TRIGGER refuse_delete BEFORE DELETE ON ledger.%I FOR EACH ROW EXECUTE FUNCTION ledger.%I()',
                       v_table, CASE WHEN v_table IN ('event', 'sealed_part') THEN 'refuse_delete' ELSE 'refuse_change' END);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_delete', v_table);
    END LOOP;
END
$$;
