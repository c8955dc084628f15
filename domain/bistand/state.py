"""The decision process as it stands: decisions with all that is told of them, and the rest.

`evolve` is total: an event that fits nowhere is kept as unplaced, and nothing raises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, TypeVar
from uuid import UUID

from domain.bistand.events import (
    AboutDecisionFact,
    ApplicationReceived,
    BistandFact,
    BiståndEnded,
    CaseClosed,
    CaseFact,
    CaseOpened,
    DecisionFact,
    DecisionNotified,
    DecisionRejected,
    GrantFact,
    InvestigationClosed,
    InvestigationOpened,
    PartyAdded,
    PersonRegistered,
)
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.noted import Noted, noted

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, and what has happened about it, in order of reading.

    `granted` and `rejected` are None where only what came after was recorded.
    """

    id: UUID
    granted: Noted[GrantFact] | None = None
    rejected: Noted[DecisionRejected] | None = None
    about: tuple[Noted[Any], ...] = ()

    def all(self, fact_type: type[F]) -> tuple[Noted[F], ...]:
        """What is noted of a type, in order of reading."""
        return tuple(one for one in self.about if isinstance(one.fact, fact_type))

    @property
    def notified(self) -> tuple[Noted[DecisionNotified], ...]:
        """Once for each party, of the decision or its end."""
        return self.all(DecisionNotified)

    @property
    def ended(self) -> tuple[Noted[BiståndEnded], ...]:
        """By as many acts as there were."""
        return self.all(BiståndEnded)


@dataclass(frozen=True, slots=True)
class BistandCase:
    """The case's decision process; or the nämnd's own reports.

    Args:
        opened: its opening.
        parties: second parties.
        persons: entries of the register of persons that were given along.
        applications: as they came in.
        investigations_opened: as they were opened.
        investigations_closed: as they were closed.
        decisions: by id.
        unplaced: what is about a decision whose id is not known.
        others: what is about no decision, in order of reading.
        closing: its closing, the latest.
        goes_on: whether something of the process has happened after that.
    """

    opened: Noted[CaseOpened] | None = None
    parties: tuple[Noted[PartyAdded], ...] = ()
    persons: tuple[Noted[PersonRegistered], ...] = ()
    applications: tuple[Noted[ApplicationReceived], ...] = ()
    investigations_opened: tuple[Noted[InvestigationOpened], ...] = ()
    investigations_closed: tuple[Noted[InvestigationClosed], ...] = ()
    decisions: Mapping[UUID, Decision] = field(default_factory=dict)
    unplaced: tuple[Noted[Any], ...] = ()
    others: tuple[Noted[BistandFact], ...] = ()
    closing: Noted[CaseClosed] | None = None
    goes_on: bool = False

    @property
    def closed(self) -> Noted[CaseClosed] | None:
        """The closing of a case that is closed: nothing has happened in it since."""
        return None if self.goes_on else self.closing


def fold(events: Iterable[Event]) -> BistandCase:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), BistandCase())


def evolve(state: BistandCase, event: Event) -> BistandCase:
    """Return the state after one more event. Never raises on stored history."""
    state = _going_on(state, event)
    match event.fact:
        case CaseOpened() as fact:
            state = replace(state, opened=noted(event, fact))
        case PartyAdded() as fact:
            state = replace(state, parties=(*state.parties, noted(event, fact)))
        case PersonRegistered() as fact:
            state = replace(state, persons=(*state.persons, noted(event, fact)))
        case ApplicationReceived() as fact:
            state = replace(state, applications=(*state.applications, noted(event, fact)))
        case InvestigationOpened() as fact:
            opened = (*state.investigations_opened, noted(event, fact))
            state = replace(state, investigations_opened=opened)
        case InvestigationClosed() as fact:
            closed = (*state.investigations_closed, noted(event, fact))
            state = replace(state, investigations_closed=closed)
        case DecisionFact() | AboutDecisionFact() | DecisionNotified() as fact:
            state = _with_decision(state, event, fact)
        case CaseClosed() as fact:
            state = replace(state, closing=noted(event, fact), goes_on=False)
        case BistandFact() as fact:
            state = replace(state, others=(*state.others, noted(event, fact)))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def _with_decision(
    state: BistandCase, event: Event, fact: DecisionFact | AboutDecisionFact | DecisionNotified
) -> BistandCase:
    id_: object = fact.decision_id
    if not isinstance(id_, UUID):
        return replace(state, unplaced=(*state.unplaced, noted(event, fact)))
    decision = state.decisions.get(id_, Decision(id_))
    match fact:
        case GrantFact():
            decision = replace(decision, granted=noted(event, fact))
        case DecisionRejected():
            decision = replace(decision, rejected=noted(event, fact))
        case _:
            decision = replace(decision, about=(*decision.about, noted(event, fact)))
    return replace(state, decisions={**state.decisions, id_: decision})


def _going_on(state: BistandCase, event: Event) -> BistandCase:
    """A case that has been closed goes on when something of the process happens after that."""
    if state.closing is None or not isinstance(event.fact, CaseFact):
        return state
    later = event.occurred.later_than(state.closing.occurred)
    return replace(state, goes_on=state.goes_on or later)
