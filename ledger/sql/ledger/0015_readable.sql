-- What a program reads. A policy is asked for each row that a query comes upon, so where a query comes upon none (a stream that does not
-- exist, an empty table) a forgotten context would go unnoticed. The condition of these views is asked once, before any row: through them
-- a query without an open read always raises. The rows are those that the caller's own policies let through. security_barrier keeps the
-- condition inside the view: from an outer join PostgreSQL 18 would take it out and ask it of rows again.
CREATE VIEW ledger.readable_event WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.event WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;
CREATE VIEW ledger.readable_part WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.sealed_part WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;
CREATE VIEW ledger.readable_leaf WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.leaf WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;
CREATE VIEW ledger.readable_stream WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.stream_head WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;
CREATE VIEW ledger.readable_document WITH (security_invoker = true, security_barrier = true) AS
    SELECT * FROM ledger.document WHERE (SELECT ledger.acting_namnd()) IS NOT NULL;

GRANT SELECT ON ledger.readable_document, ledger.readable_event, ledger.readable_part, ledger.readable_leaf, ledger.readable_stream TO
    liggaren_reader_bistand, liggaren_reader_hyra, liggaren_reader_koppling, liggaren_reader_tillsyn, liggaren_reader_system;
