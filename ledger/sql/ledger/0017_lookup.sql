-- What a stream is found by: a number, the stream of a person who is party to it, a stream joined to it. Never the thing itself but its HMAC
-- under a key of the nämnd that holds the stream (docs/envelope.md section 12), so without the key database and the vault nothing can be
-- looked for.
-- Written by ledger.append together with the event that says it, at whose version it stands; rebuilt from the events by rebuild_lookup.
CREATE TABLE ledger.lookup (
    lane ledger.lane NOT NULL,
    mac bytea NOT NULL CHECK (octet_length(mac) = 32),
    stream uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (lane, mac, stream, version)
);
CREATE INDEX lookup_stream ON ledger.lookup (lane, stream);
ALTER TABLE ledger.lookup ALTER COLUMN mac SET STATISTICS 0, ALTER COLUMN stream SET STATISTICS 0;  -- as in 0004

-- Replace what a stream is found by, as far as the caller has read it. What has been appended since stays. False: the nämnd does not hold
-- the stream, or not any more.
CREATE FUNCTION ledger.rebuild_lookup(p_lane ledger.lane, p_namnd uuid, p_stream uuid, p_through bigint, p_versions bigint[], p_macs bytea[])
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off  -- as in ledger.append
AS $$
BEGIN
    IF pg_has_role(ledger.caller(), 'liggaren_writer_' || p_lane, 'MEMBER') IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('this role may not write in %s', p_lane);
    END IF;
    -- An append, a move and a destruction write this row: each comes before us or after.
    PERFORM FROM ledger.stream_head
    WHERE lane = p_lane AND stream = p_stream AND holder = p_namnd AND version >= p_through FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM ledger.lookup WHERE lane = p_lane AND stream = p_stream AND version <= p_through;
    INSERT INTO ledger.lookup (lane, mac, stream, version)
    SELECT p_lane, mac, p_stream, version FROM unnest(p_macs, p_versions) AS t (mac, version) WHERE version <= p_through
    ON CONFLICT DO NOTHING;
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION ledger.rebuild_lookup FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.rebuild_lookup TO
    liggaren_writer_bistand, liggaren_writer_hyra, liggaren_writer_koppling, liggaren_writer_tillsyn, liggaren_writer_system;
GRANT SELECT ON ledger.lookup TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.lookup FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.lookup ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE ledger.lookup ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.lookup FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON ledger.lookup TO liggaren_owner USING (true) WITH CHECK (true);
DO $$
DECLARE
    v_lane text;
BEGIN
    FOREACH v_lane IN ARRAY enum_range(NULL::ledger.lane)::text[] LOOP
        EXECUTE format($policy$
            CREATE POLICY reader_%1$s ON ledger.lookup FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND (SELECT h.holder FROM ledger.stream_head h
                                    WHERE h.lane = lookup.lane AND h.stream = lookup.stream) IS NOT NULL)
        $policy$, v_lane);
    END LOOP;
END
$$;
CREATE VIEW ledger.readable_lookup WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.lookup WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;  -- as in 0015
GRANT SELECT ON ledger.readable_lookup TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;
