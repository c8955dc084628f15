-- Where each log stands. The row is the lane's lock: whoever appends or destroys holds it until commit, so that positions
-- are dense and commit order is log order.
CREATE TABLE ledger.lane_head (
    lane ledger.lane PRIMARY KEY,
    epoch integer NOT NULL DEFAULT 0,
    next_index bigint NOT NULL DEFAULT 0,
    last_recorded timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);  -- room for updates within the page

INSERT INTO ledger.lane_head (lane) SELECT unnest(enum_range(NULL::ledger.lane));
