-- The key database: wrapped data keys, whom they are about, and which of them are destroyed.
-- docs/envelope.md section 6. The keys that unwrap them are in the vault, outside both databases. Without these rows sealed parts
-- are noise, so destroying a row destroys what it opened; a backup of this database is kept no longer than that may take.

-- One data key. subject: a person, or the nil UUID (nobody in particular), or ffffffff-… (several jointly).
-- bound, of a joint key: the persons bound in the stream when it was made, without those destroyed since. It goes with the last of them.
CREATE TABLE keys.data_key (
    key_id uuid PRIMARY KEY,
    lane text NOT NULL CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    stream uuid NOT NULL,
    subject uuid NOT NULL,
    class smallint NOT NULL CHECK (class BETWEEN 1 AND 6),
    generation integer NOT NULL CHECK (generation >= 1),
    bound uuid[],
    UNIQUE (lane, stream, subject, class, generation),
    CHECK ((subject = 'ffffffff-ffff-ffff-ffff-ffffffffffff') = (bound IS NOT NULL))
);

-- The key as one nämnd can open it, the stream's holder; the nil UUID: the whole lane can.
CREATE TABLE keys.wrap (
    key_id uuid PRIMARY KEY REFERENCES keys.data_key,
    namnd uuid NOT NULL,
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 60)
);

-- Which person a slot means in a stream. Whom an event itself names (from slot 128 on) is said by the key alone, and is not among those
-- whom joint keys concern. Nothing else links a stream to a person outside its sealed parts.
CREATE TABLE keys.stream_subject (
    lane text NOT NULL CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    stream uuid NOT NULL,
    slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 127),
    person uuid NOT NULL CHECK (person NOT IN ('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')),
    gone boolean NOT NULL DEFAULT false,  -- has left: joint keys made from now on concern the others alone
    PRIMARY KEY (lane, stream, slot)
);

-- Keys of the HMACs that recognise a repeated command, wrapped for the whole lane. Live while younger than 60 days.
CREATE TABLE keys.command_key (
    key_id uuid PRIMARY KEY,
    lane text NOT NULL CHECK (lane IN ('bistand', 'hyra', 'koppling', 'tillsyn', 'system')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 60)
);
CREATE INDEX command_key_lane ON keys.command_key (lane, created_at);

-- ANALYZE copies sample values into the statistics, where they would outlive the rows.
ALTER TABLE keys.wrap ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE keys.command_key ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE keys.data_key
    ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN subject SET STATISTICS 0, ALTER COLUMN bound SET STATISTICS 0;
ALTER TABLE keys.stream_subject ALTER COLUMN stream SET STATISTICS 0, ALTER COLUMN person SET STATISTICS 0;

-- Keys destroyed under a decision. Part of every copy of this database, and replayed on whatever is restored.
CREATE TABLE keys.destroyed_key (
    key_id uuid PRIMARY KEY,
    decision uuid NOT NULL,
    destroyed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The list only grows, also for the owner and for a superuser in replica mode (ENABLE ALWAYS).
CREATE FUNCTION keys.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'LG001', MESSAGE = 'what has been destroyed stays on the list',
        HINT = 'A destroyed key cannot come back: seal later events with a new one.';
END
$$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.destroyed_key
    EXECUTE FUNCTION keys.refuse_change();
ALTER TABLE keys.destroyed_key ENABLE ALWAYS TRIGGER refuse_change;

-- A destroyed key does not come back, and generations are dense. A generation that is there already is left to the unique
-- constraint, so that the loser of two creators meets ON CONFLICT and takes the winner's key.
CREATE FUNCTION keys.guard_data_key() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_next integer;
    v_there boolean;
BEGIN
    IF EXISTS (SELECT FROM keys.destroyed_key WHERE key_id = NEW.key_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG014', MESSAGE = 'the key has been destroyed under a gallring decision',
            HINT = 'Seal with a new key.';
    END IF;
    SELECT coalesce(max(generation), 0) + 1, coalesce(bool_or(generation = NEW.generation), false) INTO v_next, v_there
    FROM keys.data_key
    WHERE lane = NEW.lane AND stream = NEW.stream AND subject = NEW.subject AND class = NEW.class;
    IF NEW.generation <> v_next AND NOT v_there THEN
        RAISE EXCEPTION USING ERRCODE = 'LG015', MESSAGE = format('generation %s was expected', v_next);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_data_key BEFORE INSERT OR UPDATE ON keys.data_key
    FOR EACH ROW EXECUTE FUNCTION keys.guard_data_key();
ALTER TABLE keys.data_key ENABLE ALWAYS TRIGGER guard_data_key;
