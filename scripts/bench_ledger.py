"""How fast the ledger is beside what it is built on, and how many bytes an event takes.

Absolute times say more of the machine than of the program, so every figure has a companion measured
in turn with it, and a ratio. The server is one of our own, flushing as in production; connections
are warm, statements prepared, streams and keys exist. Nothing sleeps, and nothing fails for being
slow: the aims stand beside the figures for whoever reads them.

What is compared with what:

- `append` is `ledger.append` by psycopg, its arguments made beforehand; `raw` is an INSERT of the
  same bytes as one bytea into a table with a primary key. `append 10` and `raw 10` are ten events
  of one stream in one call, and psycopg's `executemany` of ten in one transaction.
- `save` is the whole of `LaneApplication.save`, from a domain event to its receipt; `- keys` and
  the other parts are timed inside it. `library` is `Application.save` of an event with the same
  fields through eventsourcing's default recorder and mapper: no sealing, hash, command or lane.
- `history 20` is a logged read of a stream of twenty events, opened; `fold 20` makes the state of
  them; `select 20` is a SELECT of the same rows.
- `list 1000` takes a thousand events of a hundred streams into the lane's list, in one transaction;
  `rows 1000` is a SELECT of the same events as the log has them.
- `read` is a logged read of nothing: what each request for reading costs before it reads.
"""

import argparse
import gc
import json
import secrets
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from domain.hyra.state import fold
from ledger.lists import BATCH, take
from ledger.recorder import APPEND, LedgerRecorder
from projections.lists import LISTS
from scripts.bench_ground import LANE, PAYLOAD, Bench, bench_on

AIMS: Final = {
    ("append", "raw"): 3.0,
    ("append 10", "raw 10"): 3.5,
    ("save", "raw"): 5.0,
    ("save", "library"): 1.0,
    ("list 1000", "rows 1000"): 4.0,
}
"""The highest ratios wanted; the others are there to be seen."""
RATIOS: Final = (
    *AIMS,
    ("save 10", "library 10"),
    ("read", "raw"),
    ("history 20", "select 20"),
    ("history 200", "select 200"),
)
PARTS: Final = ("draft", "keys", "seal", "append")
LENGTHS: Final = (20, 200)
PAYLOADS: Final = (100, 800)
ROWS_FOR_SIZES: Final = 1000

Operation = Callable[[], object]
Case = Callable[[], Operation]
"""Makes what an operation needs and returns the operation, which alone is timed."""


# ---------------------------------------------------------------- measuring


@dataclass
class Times:
    """Microseconds by name, for each round."""

    rounds: list[dict[str, list[float]]] = field(default_factory=list)

    def add(self, name: str, started: float) -> None:
        """Add an operation that ends now to the present round."""
        self.rounds[-1][name].append((perf_counter() - started) * 1e6)

    def all(self, name: str) -> list[float]:
        """Return the times of a name in all rounds."""
        return [time for its_round in self.rounds for time in its_round.get(name, ())]

    def ratio(self, one: str, other: str) -> tuple[float, float, float]:
        """Return the median, the lowest and the highest of the rounds' ratios of medians."""
        ratios = [
            median(its_round[one]) / median(its_round[other])
            for its_round in self.rounds
            if one in its_round and other in its_round
        ]
        return median(ratios), min(ratios), max(ratios)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, whose every call is timed under a name."""

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes
            started = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.add(name, started)

        return call


def measure(times: Times, cases: dict[str, Case], rounds: int, operations: int) -> None:
    """Run the cases in turn, one operation each; every round begins with another one.

    A first round warms up and is thrown away.
    """
    names = list(cases)
    for number in range(rounds + 1):
        times.rounds.append(defaultdict(list))
        gc.collect()
        for turn in range(operations):
            for place in range(len(names)):
                name = names[(turn + place) % len(names)]
                operation = cases[name]()
                started = perf_counter()
                operation()
                times.add(name, started)
        if number == 0:
            times.rounds.pop()


# ---------------------------------------------------------------- what is measured


def calibration(bench: Bench) -> dict[str, Case]:
    """What tells this machine from another."""
    mebibyte = bytes(1 << 20)
    return {
        "SHA-256 of 1 MiB": lambda: lambda: sha256(mebibyte).digest(),
        "round trip": lambda: lambda: bench.writer.execute("SELECT 1", prepare=True).fetchall(),
    }


def writing(bench: Bench) -> dict[str, Case]:
    """The append alone, the save whole, and their companions."""
    insert = "INSERT INTO public.raw (body) VALUES (%s)"
    recorder = LedgerRecorder(bench.ledger.connections, LANE)
    size = stored_bytes(bench)

    def append(number: int) -> Operation:
        by = bench.by()
        events, macs = bench.sealed(bench.events(by, number))
        arguments = recorder.arguments(events, by.command(), macs, bench.namnd)
        return lambda: bench.writer.execute(APPEND, arguments, prepare=True).fetchall()

    def raw() -> Operation:
        body = secrets.token_bytes(size)
        return lambda: bench.superuser.execute(insert, (body,), prepare=True)

    def raw_10() -> Operation:
        bodies = [(secrets.token_bytes(size),) for _ in range(10)]

        def run() -> None:
            with bench.superuser.transaction(), bench.superuser.cursor() as cursor:
                cursor.executemany(insert, bodies)

        return run

    def save(number: int) -> Operation:
        by = bench.by()
        events, command = bench.events(by, number), by.command()
        return lambda: bench.hyra.save(*events, command=command)

    def library(number: int) -> Operation:
        events = bench.library_events(number)
        return lambda: bench.library.save(*events)

    def read() -> Operation:
        def run() -> None:
            with bench.hyra.reading(bench.context):
                pass

        return run

    return {
        "raw": raw,
        "append": lambda: append(1),
        "save": lambda: save(1),
        "library": lambda: library(1),
        "read": read,
        "raw 10": raw_10,
        "append 10": lambda: append(10),
        "save 10": lambda: save(10),
        "library 10": lambda: library(10),
    }


def time_parts(bench: Bench, times: Times) -> None:
    """Have the parts of each save timed from now on, whoever saves."""
    hyra, keys = bench.hyra, bench.ledger.keys
    for name, owner, attribute in (
        ("draft", hyra, "draft_of"),
        ("keys", keys, "obtain"),
        ("seal", hyra.events, "seal"),
        ("append", hyra.events, "append"),
    ):
        setattr(owner, attribute, times.timed(f"- {name}", getattr(owner, attribute)))


def history(bench: Bench, length: int) -> dict[str, Case]:
    """A logged read of a whole stream, its state, and a SELECT of the same rows."""
    stream = bench.open_stream()
    while missing := length - bench.versions[stream]:
        by = bench.by()
        events = bench.events(by, min(10, missing), stream=stream)
        bench.hyra.save(*events, command=by.command())

    def read() -> list[Any]:
        with bench.hyra.reading(bench.context, stream):
            return bench.hyra.history(stream)

    def select() -> list[Any]:
        return bench.superuser.execute(
            "SELECT e.envelope, e.clear, e.seals, ARRAY(SELECT p.part FROM ledger.sealed_part p"
            " WHERE p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx)"
            " FROM ledger.event e WHERE e.lane = %s AND e.stream = %s ORDER BY e.version",
            (LANE.value, stream),
            prepare=True,
        ).fetchall()

    events = read()
    assert len(events) == len(select()) == length
    assert fold(events).opened is not None
    return {
        f"history {length}": lambda: read,
        f"fold {length}": lambda: lambda: fold(events),
        f"select {length}": lambda: select,
    }


def listing(bench: Bench) -> dict[str, Case]:
    """A batch of the projector, and a SELECT of the same events."""
    lane = LANE.value
    ((start,),) = bench.superuser.execute(
        "SELECT max(idx) FROM ledger.event WHERE lane = %s", (lane,)
    ).fetchall()
    for _ in range(BATCH // 10):
        stream = bench.open_stream()
        by = bench.by()
        bench.hyra.save(*bench.events(by, 8, stream=stream), command=by.command())
    rules = LISTS[LANE].to_json()

    def advance() -> Operation:
        """A list that stands where the thousand events begin."""
        ((build,),) = bench.superuser.execute(
            "SELECT ledger.list_begin(%s, %s)", (lane, rules)
        ).fetchall()
        bench.superuser.execute(
            "UPDATE ledger.list_build b SET idx = l.idx, leaf = l.hash FROM ledger.leaf l"
            " WHERE (b.lane, b.build) = (%s, %s) AND (l.lane, l.epoch, l.idx) = (b.lane, 0, %s)",
            (lane, build, start),
        )

        def run() -> None:
            assert take(bench.superuser, LANE, build, LISTS[LANE]) == BATCH

        return run

    def select() -> None:
        rows = bench.superuser.execute(
            "SELECT epoch, idx, stream, version, envelope, clear FROM ledger.event"
            " WHERE lane = %s AND (epoch, idx) > (0, %s) ORDER BY epoch, idx LIMIT %s",
            (lane, start, BATCH),
            prepare=True,
        ).fetchall()
        assert len(rows) == BATCH

    return {"list 1000": advance, "rows 1000": lambda: select}


# ---------------------------------------------------------------- bytes


def stored_bytes(bench: Bench) -> int:
    """Return how many bytes of content the log's last event has."""
    rows = bench.superuser.execute(
        "SELECT octet_length(envelope) + octet_length(clear) + octet_length(seals) + ("
        " SELECT sum(octet_length(part)) FROM ledger.sealed_part p"
        " WHERE p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx)"
        " FROM ledger.event e WHERE lane = %s ORDER BY epoch DESC, idx DESC LIMIT 1",
        (LANE.value,),
    ).fetchall()
    return int(rows[0][0])


def sizes(bench: Bench, payload: int) -> dict[str, float]:
    """Return the bytes that an event takes, by what they are spent on.

    Args:
        bench: what is measured upon.
        payload: how many bytes the values of the type's own fields take.
    """
    before = relations(bench)
    for _ in range(ROWS_FOR_SIZES):
        by = bench.by()
        bench.hyra.save(*bench.events(by, 1, payload), command=by.command())
        bench.library.save(*bench.library_events(1, payload))
    grown = {name: size - before[name] for name, size in relations(bench).items()}
    per_event = {name: size / ROWS_FOR_SIZES for name, size in grown.items()}
    content = bench.superuser.execute(
        "SELECT avg(octet_length(envelope)), avg(octet_length(clear)), avg(octet_length(seals)),"
        " avg((SELECT sum(octet_length(part)) FROM ledger.sealed_part p"
        " WHERE p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx))"
        " FROM (SELECT * FROM ledger.event WHERE lane = %s"
        " ORDER BY epoch DESC, idx DESC LIMIT %s) AS e",
        (LANE.value, ROWS_FOR_SIZES),
    ).fetchall()[0]
    envelope, clear, seals, parts = map(float, content)
    event, part = per_event["event"], per_event["sealed_part"]
    return {
        "payload": float(payload),
        "envelope": envelope,
        "clear text": clear,
        "seals": seals,
        "sealed parts": parts,
        "leaf": float(sha256().digest_size),
        "rows and pages of events": event - envelope - clear - seals,
        "rows and pages of parts": part - parts,
        "rows and pages of leaves": per_event["leaf"] - sha256().digest_size,
        "command": per_event["command"],
        "indexes": per_event["indexes"],
        "all": sum(per_event.values()) - per_event["library"],
        "library": per_event["library"],
    }


def relations(bench: Bench) -> dict[str, int]:
    """Return the bytes of each table that grows with events, and of all their indexes."""
    rows = bench.superuser.execute(
        "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
        " WHERE oid = ANY (ARRAY['ledger.event', 'ledger.sealed_part', 'ledger.leaf',"
        " 'ledger.command', 'public.application_events']::regclass[])"
    ).fetchall()
    tables = {name: (table, indexes) for name, table, indexes in rows}
    library = sum(tables.pop("application_events"))
    return {name: table for name, (table, _) in tables.items()} | {
        "indexes": sum(indexes for _, indexes in tables.values()),
        "library": library,
    }


# ---------------------------------------------------------------- report


def run(bin_dir: Path | None, rounds: int) -> dict[str, Any]:
    """Measure all, and return it."""
    times = Times()
    with bench_on(bin_dir) as bench:
        (server,) = bench.superuser.execute("SHOW server_version").fetchall()[0]
        measure(times, calibration(bench), rounds, 20)
        by_payload = [sizes(bench, payload) for payload in PAYLOADS]
        measure(times, writing(bench), rounds, 60)
        inside = Times()
        time_parts(bench, inside)
        measure(inside, {"save": writing(bench)["save"]}, rounds, 60)
        for length in LENGTHS:
            measure(times, history(bench, length), rounds, 20)
        measure(times, listing(bench), rounds, 20)
    rest = [
        median(its_round["save"]) - sum(median(its_round[f"- {part}"]) for part in PARTS)
        for its_round in inside.rounds
    ]
    parts = {f"- {part}": median(inside.all(f"- {part}")) for part in PARTS}
    return {
        "server": server,
        "rounds": rounds,
        "payload": PAYLOAD,
        "microseconds": {
            name: {"median": median(times.all(name)), "p95": quantiles(times.all(name), n=20)[-1]}
            for name in dict.fromkeys(name for one in times.rounds for name in one)
        },
        "parts_of_save": parts | {"- rest": median(rest)},
        "ratios": [
            {"of": one, "to": other, "median": middle, "lowest": low, "highest": high}
            | ({"aim": AIMS[one, other]} if (one, other) in AIMS else {})
            for one, other in RATIOS
            for middle, low, high in [times.ratio(one, other)]
        ],
        "bytes_per_event": by_payload,
    }


def show(result: dict[str, Any]) -> str:
    """Return the result as a table."""
    lines = [f"PostgreSQL {result['server']}, {result['rounds']} rounds, microseconds", ""]
    lines.append(f"{'':<20}{'median':>9}{'p95':>9}")
    for name, time in result["microseconds"].items():
        lines.append(f"{name:<20}{time['median']:>9.0f}{time['p95']:>9.0f}")
        if name == "save":
            lines += [f"{part:<20}{us:>9.0f}" for part, us in result["parts_of_save"].items()]
    lines += ["", f"{'ratio of medians':<32}{'':>6}{'rounds':>14}{'aim':>7}"]
    for ratio in result["ratios"]:
        name = f"{ratio['of']} / {ratio['to']}"
        spread = f"{ratio['lowest']:.2f}-{ratio['highest']:.2f}"
        aim = f"{ratio['aim']:.1f}" if "aim" in ratio else ""
        lines.append(f"{name:<32}{ratio['median']:>6.2f}{spread:>14}{aim:>7}")
    lines += ["", "bytes of an event"]
    for part in result["bytes_per_event"][0]:
        columns = "".join(f"{one[part]:>9.0f}" for one in result["bytes_per_event"])
        lines.append(f"{part:<32}{columns}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure the ledger.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each comparison")
    parser.add_argument("--pg", type=Path, help="folder of another PostgreSQL's programs")
    given = parser.parse_args(arguments)
    result = run(given.pg, given.rounds)
    print(json.dumps(result, indent=2) if given.json else show(result))


if __name__ == "__main__":
    main(sys.argv[1:])
