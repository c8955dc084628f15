import psycopg, time
from tests.ledger.test_append import *
def test_x(store):
    dsn = store.dsn(writer(HYRA)) + " options='-c synchronous_commit=off'"
    k=Connections({writer(HYRA): dsn})
    watching = store.connect()
    waiting = "SELECT pid, usename, query, backend_type FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    same=command(); ev=[an_event(HYRA, STREAM, 1)]
    with a_standby_that_never_comes(store), ThreadPoolExecutor(1) as th:
        for i in range(2):
            f=th.submit(LedgerRecorder(k, HYRA).append, ev,same, MACS, NAMND)
            until("x", lambda: bool(watching.execute(waiting).fetchall()) or f.done())
            print(i, f.done(), watching.execute(waiting).fetchall())
            print(watching.execute("SELECT pg_cancel_backend(pid) from pg_stat_activity WHERE wait_event = 'SyncRep'").fetchall())
            try: print(f.result())
            except Exception as e: print(repr(e))
    k.close()
