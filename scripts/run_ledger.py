"""Starts Liggaren on this machine, with everything it needs: what `scripts/run` runs.

The database is made in the data directory the first time, the example histories are recorded, the
API and the pages are served on this machine alone. When it ends, the database is stopped. Killed
outright, it starts again where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from uuid import UUID

from api.acting import Acting, Purpose
from api.clock import utc_now
from api.house import House
from api.policy import Action
from api.problems import Problem
from api.reading import SIDES
from projections.clocks import Clocks
from projections.plain import to_text
from projections.trail import trail
from scripts.founding import DEV_NAMND, DEV_OFFICER, found_ledger
from scripts.opening import connected, opened
from scripts.output import guarded
from scripts.serving import listening, serve_house
from scripts.settings import MIGRATING, SERVING, Settings, SettingsError

_HELP = """\
Startar Liggaren för utveckling: databas, exempelhistorier, API och sidor på http://127.0.0.1.

Första gången tar det en stund. Allt läggs i .ledger i utcheckningen (eller i LIGGAREN_HOME);
ta bort den mappen för att börja om. Ctrl-C avslutar och stannar databasen."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run. Returns the exit code."""
    parser = argparse.ArgumentParser(
        "scripts/run", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--once", action="store_true", help="visa ett ärendes historik i text, och sluta"
    )
    parser.add_argument("--port", type=int, help="porten; annars 8000 eller nästa lediga")
    chosen = parser.parse_args(arguments)
    return guarded(lambda: _run(once=chosen.once, port=chosen.port))


def _run(*, once: bool, port: int | None) -> None:
    settings = Settings.read()
    if not settings.development:
        raise SettingsError(
            "scripts/run är för utveckling.", "I produktion: liggare init, sedan liggare serve."
        )
    _tell("Startar databasen ...")
    with connected(settings, MIGRATING | SERVING):  # runs until the end, also between what follows
        founded = found_ledger(settings, DEV_NAMND, DEV_OFFICER)
        with opened(settings) as house:
            cases = _examples(house, founded.officer)
            if once:
                print(f"Ärende {cases[-1]}\n\n{_trail(house, cases[-1])}", end="")
                return
            listener = listening("127.0.0.1", port)
            _where(house, settings, listener.getsockname()[1])
            serve_house(house, settings, listener)


def _examples(house: House, admin: UUID) -> tuple[UUID, ...]:
    from scripts.examples import record_examples, recorded  # noqa: PLC0415 - development alone

    if cases := recorded(house):
        return cases

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\rRegistrerar exempelhistorierna: {done} av {total}")
            sys.stderr.write("\n" if done == total else "")
        elif done == total:
            _tell(f"Registrerade exempelhistorierna: {total} händelser.")

    return record_examples(house, admin, progress)


def _trail(house: House, case: UUID) -> str:
    """One case's trail, as the chief who may read both lanes sees it."""
    read = house.reads.case(_reader(house, case), case, Purpose.HANDLAGGNING, "case.trail")
    return to_text(trail(read.events, Clocks(now=utc_now()), read.names))


def _reader(house: House, case: UUID) -> Acting:
    assert house.dev
    for officer in house.dev.officers():
        try:
            acting = house.reads.acting(officer.id, None, utc_now())
        except Problem:  # has roles in several nämnder
            continue
        may_read = all(acting.may(lane, Action.READ) for lane in SIDES)
        if may_read and case in house.reads.cases(acting, Purpose.HANDLAGGNING):
            return acting
    raise SettingsError(
        "Ingen av handläggarna får läsa båda processerna.", "Ta bort datamappen och börja om."
    )


def _where(house: House, settings: Settings, port: int) -> None:
    assert house.dev
    _tell("")
    _tell(f"Liggaren finns på http://127.0.0.1:{port}")
    _tell("Välj där vem du vill vara. Handläggarna är påhittade:")
    for officer in house.dev.officers():
        _tell(f"  {officer.handle:10} {officer.name}: {officer.what}")
    _tell(f"Data ligger i {settings.home}, loggen i {settings.log}.")
    _tell("Ctrl-C avslutar.")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
