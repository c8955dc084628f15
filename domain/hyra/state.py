"""The tenancy process as it stands: leases, what has been reported, notices, ends.

`evolve` is total: an event that fits nowhere is kept as unplaced, and nothing raises.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeAlias
from uuid import UUID

from domain.hyra.events import (
    CaseOpened,
    DisturbanceReported,
    LeaseSigned,
    LeaseTerminated,
    PartyAdded,
    PersonRegistered,
    TerminationNoticeIssued,
)
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted

AboutLease: TypeAlias = (
    LeaseSigned | DisturbanceReported | TerminationNoticeIssued | LeaseTerminated
)


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One tenancy: its lease, disturbances and notices, its end.

    `signed` is None where only what came after was recorded.
    """

    id: UUID
    signed: Noted[LeaseSigned] | None = None
    disturbances: tuple[Noted[DisturbanceReported], ...] = ()
    notices: tuple[Noted[TerminationNoticeIssued], ...] = ()
    terminated: Noted[LeaseTerminated] | None = None


@dataclass(frozen=True, slots=True)
class HyraCase:
    """The case's tenancy process.

    Args:
        opened: its opening.
        parties: second parties.
        persons: entries of the register of persons that were given along.
        tenancies: by id of the lease.
        unplaced: what is about a lease whose id is not known.
    """

    opened: Noted[CaseOpened] | None = None
    parties: tuple[Noted[PartyAdded], ...] = ()
    persons: tuple[Noted[PersonRegistered], ...] = ()
    tenancies: Mapping[UUID, Tenancy] = field(default_factory=dict)
    unplaced: tuple[Noted[AboutLease], ...] = ()


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
        case (
            LeaseSigned() | DisturbanceReported() | TerminationNoticeIssued() | LeaseTerminated()
        ) as fact:
            state = _with_tenancy(state, event, fact)
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def _with_tenancy(state: HyraCase, event: Event, fact: AboutLease) -> HyraCase:
    id_: object = fact.lease_id
    if not isinstance(id_, UUID):
        return replace(state, unplaced=(*state.unplaced, noted(event, fact)))
    tenancy = state.tenancies.get(id_, Tenancy(id_))
    match fact:
        case LeaseSigned():
            tenancy = replace(tenancy, signed=noted(event, fact))
        case DisturbanceReported():
            reported = (*tenancy.disturbances, noted(event, fact))
            tenancy = replace(tenancy, disturbances=reported)
        case TerminationNoticeIssued():
            tenancy = replace(tenancy, notices=(*tenancy.notices, noted(event, fact)))
        case _:
            tenancy = replace(tenancy, terminated=noted(event, fact))
    return replace(state, tenancies={**state.tenancies, id_: tenancy})
