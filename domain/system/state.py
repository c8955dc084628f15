"""A nämnd, an officer, a meeting, an order, a guideline or a rule, as it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from uuid import UUID

from domain.kernel.actor import Role
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted
from domain.system.events import (
    NämndRegistered,
    NämndSucceeded,
    OfficerRegistered,
    RoleAssigned,
    RoleRevoked,
    SystemFact,
)


@dataclass(frozen=True, slots=True)
class SystemState:
    """What one stream says: of a nämnd, its name and successor; of an officer, name and roles; of
    all else, what was held, adopted, configured or sealed.

    Args:
        namnd: the nämnd.
        succeeded: its succession.
        officer: the officer.
        roles: assigned, whenever they begin and end.
        revoked: revocations.
        acts: meetings and minutes, orders, guidelines, rules, seals, in order.
    """

    namnd: Noted[NämndRegistered] | None = None
    succeeded: Noted[NämndSucceeded] | None = None
    officer: Noted[OfficerRegistered] | None = None
    roles: tuple[Noted[RoleAssigned], ...] = ()
    revoked: tuple[Noted[RoleRevoked], ...] = ()
    acts: tuple[Noted[SystemFact], ...] = ()


def fold(events: Iterable[Event]) -> SystemState:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), SystemState())


def evolve(state: SystemState, event: Event) -> SystemState:
    """Return the state after one more event. Never raises on stored history."""
    match event.fact:
        case NämndRegistered() as fact:
            state = replace(state, namnd=noted(event, fact))
        case NämndSucceeded() as fact:
            state = replace(state, succeeded=noted(event, fact))
        case OfficerRegistered() as fact:
            state = replace(state, officer=noted(event, fact))
        case RoleAssigned() as fact:
            state = replace(state, roles=(*state.roles, noted(event, fact)))
        case RoleRevoked() as fact:
            state = replace(state, revoked=(*state.revoked, noted(event, fact)))
        case SystemFact() as fact:
            state = replace(state, acts=(*state.acts, noted(event, fact)))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def roles_on(state: SystemState, namnd: UUID, day: date) -> frozenset[Role]:
    """The roles the officer has in a nämnd on a day.

    Args:
        state: of the officer's stream.
        namnd: the nämnd acted for.
        day: a Swedish day.
    """
    held = [
        assigned
        for assigned in state.roles
        if assigned.fact.namnd in (None, namnd)
        and _holds(assigned.fact.start, assigned.fact.end, day)
        and not any(_ended(assigned, revoked, day) for revoked in state.revoked)
    ]
    roles: list[object] = [assigned.fact.role for assigned in held]
    return frozenset(role for role in roles if isinstance(role, Role))


def _holds(start: object, end: object, day: date) -> bool:
    """Whether a day lies within. A limit that cannot be read gives nobody a role."""
    readable = all(limit is None or isinstance(limit, date) for limit in (start, end))
    return readable and (
        (not isinstance(start, date) or start <= day) and (not isinstance(end, date) or day <= end)
    )


def _ended(assigned: Noted[RoleAssigned], revoked: Noted[RoleRevoked], day: date) -> bool:
    """Whether a later revocation has ended the role by that day."""
    same = (revoked.fact.role, revoked.fact.namnd) == (assigned.fact.role, assigned.fact.namnd)
    since: object = revoked.fact.effective or revoked.occurred.day
    return same and revoked.ref > assigned.ref and not (isinstance(since, date) and day < since)
