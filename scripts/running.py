"""What `scripts/run` does: database, example histories, API and pages, until Ctrl-C."""

import sys
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from api.acting import Acting, Purpose
from api.clock import utc_now
from api.house import House
from api.policy import Action
from api.problems import Problem
from api.reading import SIDES
from ledger.lists import catch_up
from projections.clocks import Clocks
from projections.lists import LISTS
from projections.plain import to_text
from projections.trail import trail
from scripts.founding import DEV_NAMND, DEV_OFFICER, found_ledger
from scripts.opening import connected, founding_alone, opened
from scripts.output import run, show, tell, tell_of_waiting
from scripts.serving import listening, require_port, serve_house
from scripts.settings import MIGRATING, SERVING, Settings, SettingsError
from scripts.usage import Command, program

app = program()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run. Returns the exit code."""
    return run(app, "scripts/run", arguments)


@app.command(cls=Command)
def start(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Visa ett ärendes historik som text, och sluta.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(metavar="PORT", help="Porten; annars 8000 eller nästa lediga.")
    ] = None,
) -> None:
    """Starta Liggaren för utveckling: databas, exempelärenden, API och sidor.

    Första gången tar det en stund. Allt läggs i mappen .ledger i utcheckningen, eller i den som
    LIGGAREN_HOME anger; ta bort den för att börja om. Ctrl-C avslutar och stannar databasen.
    """
    settings = Settings.read()
    if not settings.development:
        raise SettingsError(
            "scripts/run är för utveckling.", "I produktion: liggare init, sedan liggare serve."
        )
    require_port(port)
    with founding_alone(settings, tell_of_waiting) as founding:
        new = settings.embedded and not (settings.home / "pg" / "data").exists()
        tell("Skapar databasen ..." if new else "Startar databasen ...")
        # It runs until the end, also between what follows.
        with connected(settings, MIGRATING | SERVING):
            tell("Grundar liggaren ..." if new else "Öppnar liggaren ...")
            founded = found_ledger(settings, DEV_NAMND, DEV_OFFICER)
            with opened(settings) as house:
                cases = _examples(house, founded.officer)
                if once:  # others wait until our server is gone: it would stop under them
                    show(f"Ärende {cases[-1]}\n\n{_trail(house, cases[-1])}".rstrip())
                    return
                founding.close()
                catch_up(house.processes.ledger.connections, LISTS)  # else the first page is empty
                listener = listening("127.0.0.1", port)
                at = listener.getsockname()[1]
                serve_house(house, settings, listener, lambda: _where(house, settings, at))


def _examples(house: House, admin: UUID) -> tuple[UUID, ...]:
    from scripts.examples import record_examples, recorded  # noqa: PLC0415 - development alone

    if cases := recorded(house):
        return cases
    live = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if live:
            end = "\n" if done == total else ""
            print(f"\r  {done} av {total}", end=end, file=sys.stderr, flush=True)
        elif done == total:
            tell(f"  {total} händelser")

    tell("Registrerar två påhittade ärenden ...")
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
    tell("")
    tell(f"Liggaren finns på http://127.0.0.1:{port}")
    tell("Välj där vem du vill vara. Alla är påhittade:")
    for officer in house.dev.officers():
        tell(f"  {officer.handle:10} {officer.name}: {officer.what}")
    tell(f"Data ligger i {settings.home}, loggen i {settings.log}.")
    tell("Ctrl-C avslutar.")
