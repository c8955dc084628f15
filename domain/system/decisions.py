"""What the organisation refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime

from domain.kernel import guards
from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.refused import Refused
from domain.system.events import (
    DelegationOrderAdopted,
    GuidelineAdopted,
    MeetingFact,
    MeetingHeld,
    NämndRegistered,
    NämndSucceeded,
    OfficerRegistered,
    RoleRevoked,
    RuleConfigured,
    SealMade,
)
from domain.system.state import fold


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the stream is of another thing, it is registered
            already, a nämnd would succeed itself, the officer does not have the role, or the
            minutes are of another nämnd's meeting.
    """
    guards.require_recordable(history, event, now)
    _require_of_its_kind(history, event)
    match event.fact:
        case NämndRegistered() | OfficerRegistered() | MeetingHeld():
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


def _require_of_its_kind(history: Sequence[Event], event: Event) -> None:
    """Refuse an act in a stream that is of another thing. Versions of one thing share a stream."""
    first = history[0].fact if history else None
    if not isinstance(first, Fact):  # a new stream, or one that a newer program opened
        return
    for kind in (MeetingFact, DelegationOrderAdopted, GuidelineAdopted, RuleConfigured, SealMade):
        if isinstance(event.fact, kind) and not isinstance(first, kind):
            raise Refused(
                "system.other_kind",
                "Händelsen hör inte till det som är öppnat här.",
                remedy="Registrera den där den hör hemma, eller öppna en ny ström.",
            )
    if (
        isinstance(event.fact, MeetingFact)
        and isinstance(first, MeetingFact)
        and event.fact.namnd != first.namnd
    ):
        raise Refused(
            "meeting.other_namnd",
            "Protokollet hör till en annan nämnds sammanträde.",
            remedy="Kontrollera vilket sammanträde det gäller.",
        )
