-- The five processes. The order is the lane code of docs/envelope.md section 1.
CREATE TYPE ledger.lane AS ENUM ('bistand', 'hyra', 'koppling', 'tillsyn', 'system');

-- The lane's number in binary formats, one byte.
-- A body after RETURN is bound to its names here and now, so it needs no search_path; and without one (and without STRICT) the server
-- puts it in the place of the call.
CREATE FUNCTION ledger.lane_code(p_lane ledger.lane) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE p_lane WHEN 'bistand' THEN '\x01'::bytea WHEN 'hyra' THEN '\x02' WHEN 'koppling' THEN '\x03'
                   WHEN 'tillsyn' THEN '\x04' WHEN 'system' THEN '\x05' END;
