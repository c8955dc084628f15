"""The tenancy process as it stands: leases with all that is told of them, and the rest.

`evolve` is total: an event that fits nowhere is kept as unplaced, and nothing raises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, TypeVar
from uuid import UUID

from domain.hyra.events import (
    CaseOpened,
    HyraFact,
    LeaseFact,
    LeaseSigned,
    LeaseTerminated,
    PartyAdded,
    PersonRegistered,
    TerminationNoticeIssued,
)
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted

F = TypeVar("F", bound=LeaseFact)


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One tenancy: its lease, and what has happened about it, in order of reading.

    `signed` is None where only the rest was recorded.
    """

    id: UUID
    signed: Noted[LeaseSigned] | None = None
    about: tuple[Noted[Any], ...] = ()

    def all(self, fact_type: type[F]) -> tuple[Noted[F], ...]:
        """What is noted of a type, in order of reading."""
        return tuple(one for one in self.about if isinstance(one.fact, fact_type))

    @property
    def notices(self) -> tuple[Noted[TerminationNoticeIssued], ...]:
        """Notices of termination; those of forfeiture are a type of their own."""
        return self.all(TerminationNoticeIssued)

    @property
    def terminated(self) -> Noted[LeaseTerminated] | None:
        """The end, as it was noted last."""
        return next(reversed(self.all(LeaseTerminated)), None)


@dataclass(frozen=True, slots=True)
class HyraCase:
    """The case's tenancy process; or a flat, a head lease, a template.

    Args:
        opened: its opening.
        parties: second parties.
        persons: entries of the register of persons that were given along.
        tenancies: by id of the lease.
        unplaced: what is about a lease whose id is not known.
        others: what is about no lease, in order of reading.
    """

    opened: Noted[CaseOpened] | None = None
    parties: tuple[Noted[PartyAdded], ...] = ()
    persons: tuple[Noted[PersonRegistered], ...] = ()
    tenancies: Mapping[UUID, Tenancy] = field(default_factory=dict)
    unplaced: tuple[Noted[Any], ...] = ()
    others: tuple[Noted[HyraFact], ...] = ()


def fold(events: Iterable[Event]) -> HyraCase:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), HyraCase())


def evolve(state: HyraCase, event: Event) -> HyraCase:
    """Return the state after one more event. Never raises on stored history."""
    match event.fact:
        case CaseOpened() as fact:
            state = replace(state, opened=noted(event, fact))
        case PartyAdded() as fact:
            state = replace(state, parties=(*state.parties, noted(event, fact)))
        case PersonRegistered() as fact:
            state = replace(state, persons=(*state.persons, noted(event, fact)))
        case LeaseSigned() | LeaseFact() as fact:
            state = _with_tenancy(state, event, fact)
        case HyraFact() as fact:
            state = replace(state, others=(*state.others, noted(event, fact)))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def _with_tenancy(state: HyraCase, event: Event, fact: LeaseSigned | LeaseFact) -> HyraCase:
    id_: object = fact.lease_id
    if not isinstance(id_, UUID):
        return replace(state, unplaced=(*state.unplaced, noted(event, fact)))
    tenancy = state.tenancies.get(id_, Tenancy(id_))
    match fact:
        case LeaseSigned():
            tenancy = replace(tenancy, signed=noted(event, fact))
        case _:
            tenancy = replace(tenancy, about=(*tenancy.about, noted(event, fact)))
    return replace(state, tenancies={**state.tenancies, id_: tenancy})
