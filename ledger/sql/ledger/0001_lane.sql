-- The five processes. The order is the lane code of docs/envelope.md section 1.
CREATE TYPE ledger.lane AS ENUM ('bistand', 'hyra', 'koppling', 'tillsyn', 'system');

-- The lane's number in binary formats, one byte.
CREATE FUNCTION ledger.lane_code(p_lane ledger.lane) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
RETURN CASE p_lane WHEN 'bistand' THEN '\x01'::bytea WHEN 'hyra' THEN '\x02' WHEN 'koppling' THEN '\x03'
                   WHEN 'tillsyn' THEN '\x04' WHEN 'system' THEN '\x05' END;
