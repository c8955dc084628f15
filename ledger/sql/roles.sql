-- The roles of a cluster that holds ledgers. Run before every migration; creates what is missing, changes nothing else.
-- Needs CREATEROLE (or a superuser). Roles get no password here: the operator sets one for each, as docs/drift.md says.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY[
        'liggaren_owner', 'liggaren_migrator', 'liggaren_keys',
        'liggaren_writer_bistand', 'liggaren_reader_bistand',
        'liggaren_writer_hyra', 'liggaren_reader_hyra',
        'liggaren_writer_koppling', 'liggaren_reader_koppling',
        'liggaren_writer_tillsyn', 'liggaren_reader_tillsyn',
        'liggaren_writer_system', 'liggaren_reader_system',
        'liggaren_projector', 'liggaren_notary', 'liggaren_destroyer'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS',
                               v_role, CASE WHEN v_role = 'liggaren_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another ledger of the same cluster was a moment faster
            END;
        END IF;
    END LOOP;
    -- Only the migrator may act as the owner, and the role that runs this so that it can hand over what it creates.
    IF NOT pg_catalog.pg_has_role('liggaren_migrator', 'liggaren_owner', 'MEMBER') THEN
        GRANT liggaren_owner TO liggaren_migrator;
    END IF;
    -- Since PostgreSQL 16 who creates a role is its member, but may not yet act as it.
    IF NOT pg_catalog.pg_has_role(current_user, 'liggaren_owner',
                                  CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        GRANT liggaren_owner TO CURRENT_USER;
    END IF;
END
$$;
