-- Who may do what. Nobody but the owner holds INSERT, UPDATE or DELETE, and nobody logs in as the owner.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO
    liggaren_writer_bistand, liggaren_writer_hyra, liggaren_writer_koppling, liggaren_writer_tillsyn, liggaren_writer_system,
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system,
    liggaren_migrator, liggaren_projector, liggaren_notary, liggaren_destroyer;

GRANT EXECUTE ON FUNCTION ledger.append, ledger.receipts TO
    liggaren_writer_bistand, liggaren_writer_hyra, liggaren_writer_koppling, liggaren_writer_tillsyn, liggaren_writer_system,
    liggaren_migrator;
GRANT EXECUTE ON FUNCTION ledger.open_read, ledger.acting_namnd, ledger.log_subjects TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system,
    liggaren_migrator;
GRANT EXECUTE ON FUNCTION ledger.holds_on TO liggaren_reader_tillsyn;
GRANT EXECUTE ON FUNCTION ledger.begin_destroy, ledger.destroy, ledger.replay, ledger.rewrite_files TO liggaren_destroyer;
GRANT EXECUTE ON FUNCTION ledger.not_replayed TO liggaren_projector;

GRANT SELECT ON ledger.founding TO
    liggaren_writer_bistand, liggaren_writer_hyra, liggaren_writer_koppling, liggaren_writer_tillsyn, liggaren_writer_system,
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system,
    liggaren_projector, liggaren_notary, liggaren_destroyer;
GRANT SELECT ON ledger.event, ledger.sealed_part, ledger.document, ledger.leaf, ledger.stream_head TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;
GRANT SELECT ON ledger.event, ledger.leaf, ledger.lane_head, ledger.moving TO liggaren_projector;
GRANT EXECUTE ON FUNCTION ledger.settled TO liggaren_projector;
GRANT SELECT ON ledger.leaf, ledger.lane_head TO liggaren_notary;

-- Row security, also for the owner: a policy must say so for every row anybody sees.
DO $$
DECLARE
    v_table text;
    v_lane text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['migration', 'founding', 'lane_head', 'stream_head', 'destroyed_stream', 'event', 'sealed_part',
                                   'document', 'document_chunk', 'leaf', 'command', 'hold', 'moving', 'destruction', 'destroyed_key', 'destroyed_part', 'destroyed_event',
                                   'read_log', 'read_subject'] LOOP
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', v_table);
        -- The owner's functions see heads and rows of all nämnder; otherwise the second nämnd's first append would collide.
        EXECUTE format('CREATE POLICY owner ON ledger.%I TO liggaren_owner USING (true) WITH CHECK (true)', v_table);
    END LOOP;
    CREATE POLICY everyone ON ledger.founding FOR SELECT USING (true);
    FOREACH v_table IN ARRAY ARRAY['event', 'leaf', 'lane_head', 'moving'] LOOP
        EXECUTE format('CREATE POLICY projector ON ledger.%I FOR SELECT TO liggaren_projector USING (true)', v_table);
    END LOOP;
    FOREACH v_table IN ARRAY ARRAY['leaf', 'lane_head'] LOOP
        EXECUTE format('CREATE POLICY notary ON ledger.%I FOR SELECT TO liggaren_notary USING (true)', v_table);
    END LOOP;
    FOREACH v_lane IN ARRAY enum_range(NULL::ledger.lane)::text[] LOOP
        -- In (SELECT ...) acting_namnd() is asked once in a query, at the first row that the query comes upon; where no read is open it
        -- raises. That it is asked also where there is no row is for the views of 0015. Events and parts go by the stream's own policy;
        -- a scalar subquery is looked up by key, where EXISTS may be turned into a scan of all streams.
        EXECUTE format($policy$
            CREATE POLICY reader_%1$s ON ledger.stream_head FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND holder IN ((SELECT ledger.acting_namnd()), '00000000-0000-0000-0000-000000000000'));
            CREATE POLICY reader_%1$s ON ledger.event FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND (SELECT h.holder FROM ledger.stream_head h
                                    WHERE h.lane = event.lane AND h.stream = event.stream) IS NOT NULL);
            CREATE POLICY reader_%1$s ON ledger.sealed_part FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND (SELECT h.holder FROM ledger.stream_head h
                                    WHERE h.lane = sealed_part.lane
                                      AND h.stream = encode(substr(part, 20, 16), 'hex')::uuid) IS NOT NULL);
            CREATE POLICY reader_%1$s ON ledger.document FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND version IS NOT NULL
                   AND (SELECT h.holder FROM ledger.stream_head h
                        WHERE h.lane = document.lane AND h.stream = document.stream) IS NOT NULL);
            CREATE POLICY reader_%1$s ON ledger.leaf FOR SELECT TO liggaren_reader_%1$s
            USING ((SELECT ledger.acting_namnd()) IS NOT NULL AND lane = %1$L)
        $policy$, v_lane);
    END LOOP;
END
$$;
