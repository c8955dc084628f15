"""The decision process as it stands: what has been applied for, investigated, decided, ended.

`evolve` is total: an event that fits nowhere is kept as unplaced, and nothing raises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeAlias
from uuid import UUID

from domain.bistand.events import (
    ApplicationReceived,
    BiståndEnded,
    CaseClosed,
    CaseOpened,
    DecisionGranted,
    DecisionNotified,
    InvestigationClosed,
    InvestigationOpened,
    PartyAdded,
    PersonRegistered,
)
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted

AboutDecision: TypeAlias = DecisionGranted | DecisionNotified | BiståndEnded


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: granted, notified once for each party, ended by as many acts as there were.

    `granted` is None where only what came after was recorded.
    """

    id: UUID
    granted: Noted[DecisionGranted] | None = None
    notified: tuple[Noted[DecisionNotified], ...] = ()
    ended: tuple[Noted[BiståndEnded], ...] = ()


@dataclass(frozen=True, slots=True)
class BistandCase:
    """The case's decision process.

    Args:
        opened: its opening.
        parties: second parties.
        persons: entries of the register of persons that were given along.
        applications: as they came in.
        investigations_opened: as they were opened.
        investigations_closed: as they were closed.
        decisions: by id.
        unplaced: what is about a decision whose id is not known.
        closed: its closing.
    """

    opened: Noted[CaseOpened] | None = None
    parties: tuple[Noted[PartyAdded], ...] = ()
    persons: tuple[Noted[PersonRegistered], ...] = ()
    applications: tuple[Noted[ApplicationReceived], ...] = ()
    investigations_opened: tuple[Noted[InvestigationOpened], ...] = ()
    investigations_closed: tuple[Noted[InvestigationClosed], ...] = ()
    decisions: Mapping[UUID, Decision] = field(default_factory=dict)
    unplaced: tuple[Noted[AboutDecision], ...] = ()
    closed: Noted[CaseClosed] | None = None


def fold(events: Iterable[Event]) -> BistandCase:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), BistandCase())


def evolve(state: BistandCase, event: Event) -> BistandCase:
    """Return the state after one more event. Never raises on stored history."""
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
        case DecisionGranted() | DecisionNotified() | BiståndEnded() as fact:
            state = _with_decision(state, event, fact)
        case CaseClosed() as fact:
            state = replace(state, closed=noted(event, fact))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def _with_decision(state: BistandCase, event: Event, fact: AboutDecision) -> BistandCase:
    id_: object = fact.decision_id
    if not isinstance(id_, UUID):
        return replace(state, unplaced=(*state.unplaced, noted(event, fact)))
    decision = state.decisions.get(id_, Decision(id_))
    match fact:
        case DecisionGranted():
            decision = replace(decision, granted=noted(event, fact))
        case DecisionNotified():
            decision = replace(decision, notified=(*decision.notified, noted(event, fact)))
        case _:
            decision = replace(decision, ended=(*decision.ended, noted(event, fact)))
    return replace(state, decisions={**state.decisions, id_: decision})
