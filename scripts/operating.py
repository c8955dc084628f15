"""What an operator does, as a named officer: a new epoch, a gallring, all views folded again."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from uuid import UUID

from pydantic.alias_generators import to_camel

from api.acting import Acting, Purpose
from api.clock import new_id, utc_now
from api.house import House
from api.policy import Action
from api.reading import SIDES
from domain.kernel.codes import EpochReason
from domain.kernel.fact import UnknownFact, read_fact
from domain.kernel.process import By
from domain.kernel.shapes import EpochOpened
from ledger.application import Stored
from ledger.canonical import encode
from ledger.codec import Json, Lane
from ledger.recorder import NIL
from projections.case import case_view
from projections.clocks import Clocks
from projections.trail import trail


def open_epoch(
    house: House, acting: Acting, lane: Lane, reason: EpochReason, text: str | None
) -> Stored:
    """Open a log anew after events were lost, or its clock had run ahead, and say why.

    Raises:
        Problem: 403.
        Refused: no such reason.
        LedgerError: what the ledger refuses.
    """
    role = acting.require(lane, Action.OPERATE)
    process = house.processes[lane]
    said: dict[str, Json] = {
        "reason": reason.value,
        "environment": house.environment.value,
        "text": text,
    }
    fact = read_fact(process.facts.require(lane, EpochOpened.__name__), said)
    assert isinstance(fact, EpochOpened)
    by = By(acting.actor.id, role, acting.namnd, new_id(), encode(said), utc_now())
    with process.reading(by.reads("operator.epoch"), NIL):
        version = process.history(NIL)[-1].version
    return process.open_log(fact, version + 1, by)


def carry_out(house: House, acting: Acting, gallring: UUID) -> Stored:
    """Destroy what a decision names, and record that it is done. Repeatable.

    Raises:
        Problem: 403.
        Refused: there is no such decision, or it has been carried out.
        LedgerError: a spärr holds it, or what else the ledger refuses.
    """
    role = acting.require(Lane.TILLSYN, Action.OPERATE)
    body = encode({"gallring": str(gallring)})
    by = By(acting.actor.id, role, acting.namnd, new_id(), body, utc_now())
    return house.processes.tillsyn.carry_out(gallring, by)


@dataclass(frozen=True, slots=True)
class Folded:
    """What was folded again.

    Args:
        cases: how many cases the officer may read.
        events: how many events they have, as far as the officer may read.
        not_shown: how many lanes were not shown, or not all of.
        unknown: how many events are of a type this program does not know.
        unreadable: how many events have values that are gone or could not be opened.
        found_again: of how many streams it is written anew what they are found by.
    """

    cases: int
    events: int
    not_shown: int
    unknown: int
    unreadable: int
    found_again: int

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {to_camel(name): count for name, count in asdict(self).items()}


def fold_all(house: House, acting: Acting, progress: Callable[[int, int], None]) -> Folded:
    """Read each case the officer may read and fold its views again.

    No view of a single case is stored, so nothing is replaced: a case that no longer folds would be
    found here. What persons are found by is stored, and is written anew.

    Raises:
        Problem: 403.
        LedgerError: what the ledger refuses.
    """
    cases = house.reads.cases(acting, Purpose.KONTROLL)
    asked = Clocks(now=utc_now())
    events = not_shown = unknown = unreadable = 0
    for number, case in enumerate(cases, start=1):
        read = house.reads.case(acting, case, Purpose.KONTROLL, "case.fold")
        case_view(read.events, asked, read.names)
        trail(read.events, asked, read.names)
        here = [event for stream in read.streams.values() for event in stream.events]
        events += len(here)
        not_shown += len(read.hidden)
        unknown += sum(isinstance(event.fact, UnknownFact) for event in here)
        unreadable += sum(bool(event.missing) for event in here)
        progress(number, len(cases))
    found_again = sum(
        rebuild_lookup(house, acting, lane)
        for lane in (*SIDES, Lane.KOPPLING)
        if acting.may(lane, Action.READ)
    )
    return Folded(len(cases), events, not_shown, unknown, unreadable, found_again)


def rebuild_lookup(house: House, acting: Acting, lane: Lane) -> int:
    """Write anew what the nämnd finds its streams of a lane by. Returns of how many streams.

    Each stream by itself, so that others go on recording meanwhile.

    Raises:
        LedgerError: what the ledger refuses.
    """
    process, context = house.processes[lane], acting.reads(Purpose.KONTROLL, "lookup.rebuild")
    with process.reading(context) as opened:
        streams = opened.streams()
    done = 0
    for stream in streams:
        with process.reading(context, stream):
            history = process.history(stream)
        done += process.rebuild_lookup(acting.namnd, stream, history)
    return done
