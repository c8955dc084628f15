"""What the organisation refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime

from domain.kernel import guards
from domain.kernel.event import Event
from domain.kernel.refused import Refused
from domain.system.events import NämndRegistered, NämndSucceeded, OfficerRegistered, RoleRevoked
from domain.system.state import fold


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or it is registered already, a nämnd would succeed
            itself, or the officer does not have the role.
    """
    guards.require_recordable(history, event, now)
    match event.fact:
        case NämndRegistered() | OfficerRegistered():
            guards.require_first(history, event)
        case NämndSucceeded() as fact:
            if fact.predecessor != event.stream or fact.successor == fact.predecessor:
                raise Refused(
                    "namnd.succession",
                    "En nämnd efterträds av en annan, och det registreras i den äldres ström.",
                    remedy="Ange strömmens nämnd som företrädare och en annan som efterträdare.",
                )
        case RoleRevoked() as fact:
            guards.require_known(
                {(one.fact.role, one.fact.namnd) for one in fold(history).roles},
                (fact.role, fact.namnd),
                Refused(
                    "role.not_assigned",
                    "Handläggaren har inte den rollen i den nämnden.",
                    remedy="Kontrollera roll och nämnd.",
                ),
            )
        case _:
            pass
