-- Lists: what spans the streams of a lane. Made from envelopes and clear fields alone, without keys, so nothing here is anybody's in clear.
-- They can be made anew at any time and decide nothing; a single stream is always folded from its events.

-- A list under way or shown. `rules` says which types open, count and close (ledger/lists.py); it is kept here so that a list goes on
-- by the rules it began with, and a program with other rules makes it anew beside.
CREATE TABLE ledger.list_build (
    lane ledger.lane NOT NULL,
    build integer NOT NULL,
    rules jsonb NOT NULL,
    shown boolean NOT NULL DEFAULT false,
    epoch integer NOT NULL DEFAULT 0,
    idx bigint NOT NULL DEFAULT -1,     -- the last event that is in it; -1: none yet
    leaf bytea,                         -- its leaf: the log is still the one that was read
    stopped text CHECK (stopped IN ('event', 'log')),  -- the next event cannot be taken; the log is another
    PRIMARY KEY (lane, build)
);
CREATE UNIQUE INDEX list_build_shown ON ledger.list_build (lane) WHERE shown;

CREATE TABLE ledger.list_stream (
    lane ledger.lane NOT NULL,
    build integer NOT NULL,
    stream uuid NOT NULL,
    holder uuid NOT NULL,
    kind text NOT NULL,                 -- the type that opened the stream
    opened timestamptz NOT NULL,        -- recorded times, both
    latest timestamptz NOT NULL,
    latest_type text NOT NULL,
    version bigint NOT NULL,            -- of the latest event: how many there are
    epoch integer NOT NULL,             -- where the latest event lies
    idx bigint NOT NULL,
    begun uuid[] NOT NULL,              -- the decisions or leases of which that is recorded, by id; what has ended has begun
    ended uuid[] NOT NULL,
    closed boolean NOT NULL,            -- a closing counts. Whether the stream is open even so, the domain's fold has said
    open boolean NOT NULL,
    day text COLLATE "C",               -- nothing that is told with a day happened on a later one; a moment's is followed by T
    bistand uuid,                       -- in koppling: the streams that are one case
    hyra uuid,
    PRIMARY KEY (lane, build, stream)
);
CREATE INDEX list_stream_latest ON ledger.list_stream (lane, build, holder, epoch DESC, idx DESC);
ALTER TABLE ledger.list_stream  -- as in 0004
    ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN bistand SET STATISTICS 0, ALTER COLUMN hyra SET STATISTICS 0,
    ALTER COLUMN begun SET STATISTICS 0, ALTER COLUMN ended SET STATISTICS 0;

DO $$
DECLARE
    v_table text;
    v_lane text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['list_build', 'list_stream'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT'
                       ' EXECUTE FUNCTION ledger.refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER refuse_truncate', v_table);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY owner ON ledger.%I TO liggaren_owner USING (true) WITH CHECK (true)', v_table);
    END LOOP;
    CREATE POLICY projector ON ledger.list_build FOR SELECT TO liggaren_projector USING (true);
    FOREACH v_lane IN ARRAY enum_range(NULL::ledger.lane)::text[] LOOP
        -- A row goes by the stream's own policy: a list that is behind shows nothing of a stream that has moved or is gone.
        EXECUTE format($policy$
            CREATE POLICY reader_%1$s ON ledger.list_build FOR SELECT TO liggaren_reader_%1$s
            USING ((SELECT ledger.acting_namnd()) IS NOT NULL AND lane = %1$L AND shown);
            CREATE POLICY reader_%1$s ON ledger.list_stream FOR SELECT TO liggaren_reader_%1$s
            USING (lane = %1$L AND (SELECT h.holder FROM ledger.stream_head h
                                    WHERE h.lane = list_stream.lane AND h.stream = list_stream.stream) IS NOT NULL)
        $policy$, v_lane);
    END LOOP;
END
$$;

-- As in 0015. Of a list that is being made nothing is seen.
CREATE VIEW ledger.readable_list WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.list_build WHERE (SELECT ledger.acting_namnd()) IS NOT NULL AND shown;
CREATE VIEW ledger.readable_listed WITH (security_invoker = true, security_barrier = true) AS
    SELECT s.* FROM ledger.list_stream s
    WHERE (SELECT ledger.acting_namnd()) IS NOT NULL
      AND s.build = (SELECT b.build FROM ledger.list_build b WHERE b.lane = s.lane AND b.shown);

-- Begin to make a lane's list anew, beside the one that is shown. What was begun and never shown goes. Returns its number.
CREATE FUNCTION ledger.list_begin(p_lane ledger.lane, p_rules jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_build integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger.list'), hashtext(p_lane::text));  -- see unlist
    DELETE FROM ledger.list_stream s USING ledger.list_build b
    WHERE b.lane = p_lane AND NOT b.shown AND s.lane = b.lane AND s.build = b.build;
    DELETE FROM ledger.list_build WHERE lane = p_lane AND NOT shown;
    INSERT INTO ledger.list_build (lane, build, rules)
    SELECT p_lane, coalesce(max(build), 0) + 1, p_rules FROM ledger.list_build WHERE lane = p_lane
    RETURNING build INTO v_build;
    RETURN v_build;
END
$$;

-- Take the next events of the log into a list: at most p_limit positions. p_build NULL is the list that is shown. Returns how many
-- positions were taken (-1: the log is another, and the list stops; NULL: there is no such list, or it has stopped), up to which, and of
-- which listed streams counting on does not tell how they stand: the caller folds those whole, as far as that position, and says it by
-- list_recount in the same transaction.
-- That is so where a correction or a mark of error is approved, and where a closing is not the last that happened in its stream.
--
-- Destruction takes the list's row too (0013), so an event read here is not destroyed before its row is there to be deleted.
-- What cannot be taken (a HolderChanged that names nobody, an envelope that is none) raises, and the position stays before it.
CREATE FUNCTION ledger.list_advance(p_lane ledger.lane, p_build integer, p_limit integer, OUT taken bigint,
                                    OUT end_epoch integer, OUT end_idx bigint, OUT recount uuid[])
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off  -- as in ledger.append
AS $$
DECLARE
    v_build ledger.list_build;
    v_end record;
    v_kinds text[];
    v_begins text[];
    v_ends text[];
    v_closes text[];
    v_counted text[];
    v_all_ended boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger.list'), hashtext(p_lane::text));  -- see unlist
    SELECT * INTO v_build FROM ledger.list_build
    WHERE lane = p_lane AND CASE WHEN p_build IS NULL THEN shown ELSE build = p_build END FOR UPDATE;
    IF NOT FOUND OR v_build.stopped IS NOT NULL THEN
        RETURN;
    END IF;
    IF v_build.idx >= 0 AND v_build.leaf IS DISTINCT FROM
       (SELECT hash FROM ledger.leaf WHERE lane = p_lane AND epoch = v_build.epoch AND idx = v_build.idx) THEN
        UPDATE ledger.list_build SET stopped = 'log' WHERE lane = p_lane AND build = v_build.build;
        taken := -1;
        RETURN;
    END IF;
    SELECT l.epoch, l.idx, l.hash, count(*) OVER () AS taken INTO v_end FROM (
        SELECT epoch, idx, hash FROM ledger.leaf
        WHERE lane = p_lane AND (epoch, idx) > (v_build.epoch, v_build.idx) ORDER BY epoch, idx LIMIT p_limit) l
    ORDER BY l.epoch DESC, l.idx DESC LIMIT 1;
    IF NOT FOUND THEN
        taken := 0;
        RETURN;
    END IF;
    SELECT r.kinds, r.begins, r.ends, r.closes, r.closed_by_ends INTO v_kinds, v_begins, v_ends, v_closes, v_all_ended
    FROM jsonb_to_record(v_build.rules) AS r (kinds text[], begins text[], ends text[], closes text[], closed_by_ends boolean);
    v_counted := v_begins || v_ends || v_closes || '{CaseJoined, CorrectionApproved}';

    WITH taken AS MATERIALIZED (
        -- The lines of docs/envelope.md section 2; a number and a JSON value on each line of the clear text (section 4). Of a day or a
        -- period the first day; of a moment the day in UTC, in Sweden that or the next. A time that nobody knows tells no day.
        SELECT e.epoch, e.idx, e.stream, e.version, e.clear, e.envelope, t.type, split_part(e.envelope, E'\n', 11) AS recorded,
               CASE left(t.occurred, 2) WHEN 'da' THEN substr(t.occurred, 5, 10) WHEN 'pe' THEN substr(t.occurred, 8, 10)
                    WHEN 'in' THEN substr(t.occurred, 9, 10) || 'T' END COLLATE "C" AS day
        FROM ledger.event e, LATERAL (SELECT split_part(split_part(e.envelope, E'\n', 9), '/', 1) AS type,
                                             split_part(e.envelope, E'\n', 10) AS occurred) AS t
        WHERE e.lane = p_lane AND (e.epoch, e.idx) > (v_build.epoch, v_build.idx) AND (e.epoch, e.idx) <= (v_end.epoch, v_end.idx)),
    -- A correction counts for nothing until it is approved.
    counted AS MATERIALIZED (
        SELECT stream, version, type, type = ANY (v_closes) AS closes, rtrim(day, 'T') COLLATE "C" AS day,
               CASE WHEN type = 'CaseJoined' OR type = ANY (v_begins || v_ends) THEN substring(clear FROM E'\n32 "([^"]*)"\n')::uuid END AS id,
               CASE WHEN type = 'CaseJoined' THEN substring(clear FROM E'\n33 "([^"]*)"\n')::uuid END AS hyra
        FROM taken WHERE type = ANY (v_counted) AND strpos(clear, E'\n9 "') = 0),
    more AS (
        SELECT stream, bool_or(type = 'CorrectionApproved') AS corrected, bool_or(closes) AS closes,
               bool_and(day IS NOT NULL) FILTER (WHERE closes) AS on_days, max(day) FILTER (WHERE closes) AS closed_on,
               array_agg(DISTINCT id) FILTER (WHERE id IS NOT NULL AND type <> 'CaseJoined') AS begun,
               array_agg(DISTINCT id) FILTER (WHERE id IS NOT NULL AND type = ANY (v_ends)) AS ended,
               -- Which streams are one case: of several the last.
               (array_agg(id ORDER BY version DESC) FILTER (WHERE type = 'CaseJoined' AND id IS NOT NULL))[1] AS bistand,
               (array_agg(hyra ORDER BY version DESC) FILTER (WHERE hyra IS NOT NULL))[1] AS hyra
        FROM counted GROUP BY stream),
    last AS (  -- the last event of each stream, with its first; one sort for all that
        SELECT DISTINCT ON (stream) *,
               last_value(version) OVER of_stream AS first_version, last_value(type) OVER of_stream AS first_type,
               last_value(recorded) OVER of_stream AS first_recorded,
               max(day) FILTER (WHERE type <> ALL (v_closes)) OVER of_stream AS days, max(day) OVER of_stream AS all_days
        FROM taken
        WINDOW of_stream AS (PARTITION BY stream ORDER BY version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        ORDER BY stream, version DESC),
    summed AS (
        SELECT l.stream, coalesce(s.kind, l.first_type) AS kind, coalesce(s.opened, l.first_recorded::timestamptz) AS opened,
               l.recorded::timestamptz AS latest, l.type, l.version, l.epoch, l.idx,
               CASE WHEN l.type = 'HolderChanged' THEN substring(l.clear FROM E'\n32 "([^"]*)"\n')
                    ELSE replace(split_part(l.envelope, E'\n', 6), '-', '') END AS holder,
               CASE WHEN s.begun IS NULL OR m.begun IS NULL THEN coalesce(s.begun, m.begun, '{}')
                    ELSE ARRAY(SELECT unnest(s.begun) UNION SELECT unnest(m.begun)) END AS begun,
               CASE WHEN s.ended IS NULL OR m.ended IS NULL THEN coalesce(s.ended, m.ended, '{}')
                    ELSE ARRAY(SELECT unnest(s.ended) UNION SELECT unnest(m.ended)) END AS ended,
               coalesce(s.closed OR m.closes, s.closed, m.closes, false) AS closed, greatest(s.day, l.all_days) AS day,
               coalesce(m.bistand, s.bistand) AS bistand, coalesce(m.hyra, s.hyra) AS hyra,
               coalesce(s.closed OR m.corrected, s.closed, m.corrected, false)
               OR coalesce(m.closes AND NOT (m.on_days AND coalesce(m.closed_on >= greatest(s.day, l.days), true)), false) AS unsure
        FROM last l
        LEFT JOIN ledger.list_stream s ON s.lane = p_lane AND s.build = v_build.build AND s.stream = l.stream
        LEFT JOIN more m ON m.stream = l.stream
        WHERE s.stream IS NOT NULL OR l.first_version = 1 AND l.first_type = ANY (v_kinds)),
    put AS (
        INSERT INTO ledger.list_stream AS s (lane, build, stream, holder, kind, opened, latest, latest_type, version, epoch, idx,
                                             begun, ended, closed, open, day, bistand, hyra)
        SELECT p_lane, v_build.build, stream, CASE holder WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE holder END::uuid, kind,
               opened, latest, type, version, epoch, idx, begun, ended, closed,
               NOT (closed OR v_all_ended AND begun <> '{}' AND begun <@ ended), day, bistand, hyra
        FROM summed
        ON CONFLICT (lane, build, stream) DO UPDATE SET
            holder = excluded.holder, latest = excluded.latest, latest_type = excluded.latest_type, version = excluded.version,
            epoch = excluded.epoch, idx = excluded.idx, begun = excluded.begun, ended = excluded.ended, closed = excluded.closed,
            open = excluded.open, day = excluded.day, bistand = excluded.bistand, hyra = excluded.hyra)
    SELECT array_agg(stream) INTO recount FROM summed WHERE unsure;

    UPDATE ledger.list_build SET epoch = v_end.epoch, idx = v_end.idx, leaf = v_end.hash WHERE lane = p_lane AND build = v_build.build;
    taken := v_end.taken;
    end_epoch := v_end.epoch;
    end_idx := v_end.idx;
END
$$;

-- Say how streams stand that were folded whole, in the transaction in which list_advance has named them. p_rows: an array of objects with
-- stream, begun, ended, closed, open, bistand, hyra, as in ledger.list_stream.
CREATE FUNCTION ledger.list_recount(p_lane ledger.lane, p_build integer, p_rows jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE ledger.list_stream s
    SET begun = r.begun, ended = r.ended, closed = r.closed, open = r.open, bistand = r.bistand, hyra = r.hyra
    FROM ledger.list_build b,
         jsonb_to_recordset(p_rows) AS r (stream uuid, begun uuid[], ended uuid[], closed boolean, open boolean, bistand uuid, hyra uuid)
    WHERE b.lane = p_lane AND CASE WHEN p_build IS NULL THEN b.shown ELSE b.build = p_build END
      AND s.lane = b.lane AND s.build = b.build AND s.stream = r.stream;
END;

-- Stop a list at an event that it cannot take. It is still shown, as of where it stands. Returns the position of that event.
CREATE FUNCTION ledger.list_stop(p_lane ledger.lane, p_build integer) RETURNS TABLE (epoch integer, idx bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_build ledger.list_build;
BEGIN
    UPDATE ledger.list_build SET stopped = 'event'
    WHERE lane = p_lane AND CASE WHEN p_build IS NULL THEN shown ELSE build = p_build END
    RETURNING * INTO v_build;
    RETURN QUERY
        SELECT l.epoch, l.idx FROM ledger.leaf l WHERE l.lane = p_lane AND (l.epoch, l.idx) > (v_build.epoch, v_build.idx)
        ORDER BY l.epoch, l.idx LIMIT 1;
END
$$;

-- Show a list in the place of the one that is shown, which goes. Returns false where the new one is still behind it.
CREATE FUNCTION ledger.list_show(p_lane ledger.lane, p_build integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ledger.list'), hashtext(p_lane::text));  -- see unlist
    PERFORM FROM ledger.list_build WHERE lane = p_lane ORDER BY build FOR UPDATE;
    IF EXISTS (SELECT FROM ledger.list_build old, ledger.list_build new
               WHERE old.lane = p_lane AND old.shown AND old.stopped IS DISTINCT FROM 'log' AND new.lane = p_lane AND new.build = p_build
                 AND (new.epoch, new.idx) < (old.epoch, old.idx)) THEN
        RETURN false;
    END IF;
    DELETE FROM ledger.list_stream s USING ledger.list_build b
    WHERE b.lane = p_lane AND b.shown AND b.build <> p_build AND s.lane = b.lane AND s.build = b.build;
    DELETE FROM ledger.list_build WHERE lane = p_lane AND shown AND build <> p_build;
    UPDATE ledger.list_build SET shown = true WHERE lane = p_lane AND build = p_build;
    RETURN true;
END
$$;

-- Forget a stream that is destroyed whole. Called by ledger.destroy and ledger.replay alone.
CREATE FUNCTION ledger.unlist(p_lane ledger.lane, p_stream uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Also a list that is not begun yet: it would read the events whose deletion is not committed.
    PERFORM pg_advisory_xact_lock(hashtext('ledger.list'), hashtext(p_lane::text));
    DELETE FROM ledger.list_stream WHERE lane = p_lane AND stream = p_stream;
    -- In the case that joined it only a random id is left, as in the event itself.
END
$$;

-- The cases of the open read's nämnd, the one last written to first: a row for each process of a case, that of koppling with the case's own
-- id. Asked inside a read of koppling. Of bistand and hyra it shows, and knows, only what whoever asks has just read: p_reads are the rows that
-- the readers of those have written in the read log, for the same officer, nämnd and view, so each process has its row there too. The order
-- and what is open follow what is shown. After (p_latest, p_case), where they are given. p_open NULL is all.
CREATE FUNCTION ledger.list_across(p_reads bigint[], p_open boolean, p_latest timestamptz, p_case uuid, p_limit integer)
    RETURNS TABLE (of_case uuid, case_latest timestamptz, case_open boolean, lane ledger.lane, stream uuid, kind text, opened timestamptz,
                   latest timestamptz, latest_type text, version bigint, begun integer, ended integer, open boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_namnd constant uuid := ledger.acting_namnd();
    v_sides ledger.lane[];  -- NULL: the open read is not of koppling
BEGIN
    SELECT array_remove(array_agg(r.lane), NULL) INTO v_sides FROM ledger.read_log own LEFT JOIN ledger.read_log r
        ON r.actor = own.actor AND r.namnd = own.namnd AND r.view = own.view AND r.xact <> own.xact
       AND r.role = 'liggaren_reader_' || r.lane AND r.lane = ANY ('{bistand, hyra}') AND r.at > transaction_timestamp() - interval '1 minute'
       AND r.id = ANY (p_reads)
    WHERE own.id = current_setting('ledger.read')::bigint AND own.lane = 'koppling' AND own.role = 'liggaren_reader_' || own.lane;
    IF cardinality(v_sides) IS DISTINCT FROM cardinality(p_reads) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'a list across processes shows those of which a read has just been opened';
    END IF;
    RETURN QUERY
        WITH listed AS (
            SELECT s.* FROM ledger.list_stream s
            JOIN ledger.list_build b ON b.lane = s.lane AND b.build = s.build AND b.shown
            JOIN ledger.stream_head h ON h.lane = s.lane AND h.stream = s.stream AND h.holder = v_namnd
            WHERE s.holder = v_namnd AND s.lane = ANY (v_sides || 'koppling'::ledger.lane)),
        cases AS (
            SELECT k.stream, k.bistand, k.hyra, greatest(k.latest, b.latest, h.latest) AS latest,
                   coalesce(b.open OR h.open, b.open, h.open, true) AS open
            FROM listed k LEFT JOIN listed b ON b.lane = 'bistand' AND b.stream = k.bistand
                          LEFT JOIN listed h ON h.lane = 'hyra' AND h.stream = k.hyra
            WHERE k.lane = 'koppling'),
        page AS (
            SELECT * FROM cases c
            WHERE (p_open IS NULL OR c.open = p_open) AND (p_latest IS NULL OR (c.latest, c.stream) < (p_latest, p_case))
            ORDER BY c.latest DESC, c.stream DESC LIMIT p_limit)
        SELECT p.stream, p.latest, p.open, l.lane, l.stream, l.kind, l.opened, l.latest, l.latest_type, l.version,
               cardinality(l.begun), cardinality(l.ended), l.open
        FROM page p JOIN listed l ON (l.lane, l.stream) IN (('koppling', p.stream), ('bistand', p.bistand), ('hyra', p.hyra))
        ORDER BY p.latest DESC, p.stream DESC, l.lane;
END
$$;

REVOKE ALL ON FUNCTION ledger.list_begin, ledger.list_advance, ledger.list_recount, ledger.list_stop, ledger.list_show, ledger.list_across, ledger.unlist
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.list_begin, ledger.list_advance, ledger.list_recount, ledger.list_stop, ledger.list_show TO liggaren_projector;
GRANT SELECT ON ledger.list_build TO liggaren_projector;
GRANT SELECT ON ledger.list_build, ledger.list_stream, ledger.readable_list, ledger.readable_listed TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;
GRANT EXECUTE ON FUNCTION ledger.list_across TO liggaren_reader_koppling;
