"""What the tenancy process refuses: only what cannot be a fact."""

from collections.abc import Sequence
from datetime import datetime

from domain.hyra.events import (
    CaseOpened,
    DisturbanceReported,
    LeaseSigned,
    LeaseTerminated,
    PersonRegistered,
    TerminationNoticeIssued,
)
from domain.kernel import guards
from domain.kernel.event import Event
from domain.kernel.refused import Refused


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the case or person is registered already, the
            lease has been signed already, or there is no such lease in the case.
    """
    guards.require_recordable(history, event, now)
    match event.fact:
        case CaseOpened() | PersonRegistered():
            guards.require_first(history, event)
        case LeaseSigned():
            _require_new_lease(history, event, event.fact)
        case DisturbanceReported() | TerminationNoticeIssued() | LeaseTerminated():
            guards.require_known(
                {signed.lease_id for signed in guards.facts_in(history, LeaseSigned)},
                event.fact.lease_id,
                Refused(
                    "lease.not_here",
                    "Hyresavtalet finns inte i ärendet.",
                    remedy="Registrera avtalet först. Kan det inte göras: ange varför det saknas.",
                ),
            )
        case _:
            pass


def _require_new_lease(history: Sequence[Event], event: Event, fact: LeaseSigned) -> None:
    signed = guards.facts_in(history, LeaseSigned)
    if not event.common.corrects and any(one.lease_id == fact.lease_id for one in signed):
        raise Refused(
            "lease.already_signed",
            "Hyresavtalet är redan registrerat.",
            remedy="Ge ett nytt avtal ett eget id. Var något fel, registrera en rättelse.",
        )
