"""One spärr, one gallring, or one matter of supervision, as it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted
from domain.tillsyn.events import (
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
)
from domain.tillsyn.fact import TillsynFact


@dataclass(frozen=True, slots=True)
class TillsynCase:
    """A spärr: set, and lifted or not. Or a gallring: decided, and withdrawn, executed or open. Or
    a matter: its steps, in order.
    """

    hold: Noted[GallringsspärrSet] | None = None
    lifted: Noted[GallringsspärrLifted] | None = None
    decided: Noted[GallringDecided] | None = None
    withdrawn: Noted[GallringWithdrawn] | None = None
    executed: Noted[GallringExecuted] | None = None
    steps: tuple[Noted[TillsynFact], ...] = ()

    @property
    def open(self) -> Noted[GallringDecided] | None:
        """The decision, while it is neither withdrawn nor recorded as carried out."""
        return None if self.withdrawn or self.executed else self.decided


def fold(events: Iterable[Event]) -> TillsynCase:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), TillsynCase())


def evolve(state: TillsynCase, event: Event) -> TillsynCase:
    """Return the state after one more event. Never raises on stored history."""
    match event.fact:
        case GallringsspärrSet() as fact:
            state = replace(state, hold=noted(event, fact))
        case GallringsspärrLifted() as fact:
            state = replace(state, lifted=noted(event, fact))
        case GallringDecided() as fact:
            state = replace(state, decided=noted(event, fact))
        case GallringWithdrawn() as fact:
            state = replace(state, withdrawn=noted(event, fact))
        case GallringExecuted() as fact:
            state = replace(state, executed=noted(event, fact))
        case TillsynFact() as fact:
            state = replace(state, steps=(*state.steps, noted(event, fact)))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state
