"""How fast an import is, beside a raw COPY of the same lines: what any storing of them must cost.

    scripts/bench import [--json] [--rounds N] [--cases N]

Each round imports a city of its own (`scripts.city`) into one ledger, and copies its lines into a
table with an index and nothing else, in turn on the same server. What is read out are the ratios
within a round; the microseconds are this machine's.
"""

import argparse
import gc
import json
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from api.acting import Acting
from api.clock import utc_now
from api.importing import Importer
from domain.kernel.actor import Actor
from scripts.bench_ground import Bench, bench_on
from scripts.city import city
from scripts.stad import CARRIES

PARTS: Final = ("check", "record", "check again", "COPY")


def run(bin_dir: Path | None, rounds: int, cases: int) -> dict[str, Any]:
    """Measure, and return microseconds per event, ratios and memory."""
    times: list[dict[str, float]] = []
    events: list[int] = []
    with bench_on(bin_dir) as bench:
        (server,) = bench.superuser.execute("SHOW server_version").fetchall()[0]
        for number in range(rounds):
            lines = [line for case in city(cases, number) for line in case.lines]
            events.append(len(lines))
            times.append(one_round(bench, lines, copy_first=bool(number % 2)))
    each = {part: [its_round[part] for its_round in times] for part in PARTS}
    whole = [its_round["check"] + its_round["record"] for its_round in times]
    return {
        "server": server,
        "events": events,
        "microseconds": {part: median(found) for part, found in each.items()},
        "events_per_second": {
            "record": 1e6 / median(each["record"]),
            "import": 1e6 / median(whole),
            "COPY": 1e6 / median(each["COPY"]),
        },
        "ratios": {
            "record / COPY": _spread(each["record"], each["COPY"]),
            "import / COPY": _spread(whole, each["COPY"]),
        },
        "peak_mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def one_round(bench: Bench, lines: Sequence[bytes], *, copy_first: bool) -> dict[str, float]:
    """Import the lines and copy them. Returns microseconds per event, by part."""
    importer = Importer(
        bench.processes, Acting(Actor(bench.actor, "mätning", CARRIES), bench.namnd, "mätning")
    )
    found: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work gives
        gc.collect()
        started = perf_counter()
        result = work()
        found[part] = (perf_counter() - started) * 1e6 / len(lines)
        return result

    if copy_first:
        timed("COPY", lambda: copy(bench, lines))
    plan = timed("check", lambda: importer.check(lines, utc_now(), _silent))
    timed("record", lambda: importer.record(plan, utc_now, _silent))
    timed("check again", lambda: importer.check(lines, utc_now(), _silent))
    if not copy_first:
        timed("COPY", lambda: copy(bench, lines))
    return found


def copy(bench: Bench, lines: Sequence[bytes]) -> None:
    """Store the lines as rows, in one transaction."""
    with (
        bench.superuser.cursor() as cursor,
        cursor.copy("COPY public.raw (body) FROM STDIN (FORMAT BINARY)") as rows,
    ):
        rows.set_types(["bytea"])
        for line in lines:
            rows.write_row((line,))


def _silent(*_: int) -> None:
    """Tell nobody how far it has come."""


def _spread(one: Sequence[float], other: Sequence[float]) -> dict[str, float]:
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    return {"median": median(ratios), "lowest": min(ratios), "highest": max(ratios)}


def show(result: dict[str, Any]) -> str:
    """Return the result as a table."""
    lines = [f"PostgreSQL {result['server']}, events by round: {result['events']}", ""]
    lines += [f"{part:<16}{us:>9.1f} µs an event" for part, us in result["microseconds"].items()]
    lines += [
        f"{name:<16}{rate:>9.0f} events/s" for name, rate in result["events_per_second"].items()
    ]
    for name, ratio in result["ratios"].items():
        spread = f"{ratio['lowest']:.1f}-{ratio['highest']:.1f}"
        lines.append(f"{name:<16}{ratio['median']:>9.1f} times as long ({spread})")
    lines.append(f"{'peak memory':<16}{result['peak_mebibytes']:>9.0f} MiB")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench import", description="Measure the import beside a raw COPY."
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--rounds", type=int, default=5, help="how many cities")
    parser.add_argument("--cases", type=int, default=60, help="cases in each")
    parser.add_argument("--pg", type=Path, help="folder of another PostgreSQL's programs")
    given = parser.parse_args(arguments)
    result = run(given.pg, given.rounds, given.cases)
    print(json.dumps(result, indent=2) if given.json else show(result))


if __name__ == "__main__":
    main(sys.argv[1:])
