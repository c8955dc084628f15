"""What the links refuse: a second stream in a lane, an event of another case, an absent link."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from domain.kernel import guards
from domain.kernel.corrections import Standing
from domain.kernel.event import Event
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.koppling.events import CaseJoined, DisclosureMade, LetterSent, LinkEnded, LinkMade
from domain.koppling.state import KopplingCase, fold, joined


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Whether an event that a link names exists in its own lane is not asked here: one append looks at
    one lane. That its stream belongs to the case is.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or the case has another stream in the lane, or what
            is linked or ended is not the case's.
    """
    guards.require_recordable(history, event, now)
    case = fold(history)
    match event.fact:
        case CaseJoined() as fact:
            for lane, stream in joined(fact).items():
                if not event.common.corrects and case.streams.get(lane, stream) != stream:
                    raise Refused(
                        "case.already_joined",
                        "Ärendet har redan en annan ström i den processen.",
                        remedy="Fortsätt i den strömmen, eller rätta sammanföringen.",
                    )
        case LinkMade() as fact:
            _require_of_case(case, (fact.from_event, fact.to_event))
        case LetterSent() as fact:
            _require_of_case(case, fact.threat_refs or ())
        case DisclosureMade() as fact:
            _require_of_case(case, fact.disclosed_refs or ())
        case LinkEnded() as fact:
            guards.require_known(
                {link.ref for link in case.links},
                fact.link,
                Refused(
                    "link.not_here",
                    "Kopplingen finns inte i ärendet, eller har redan upphört.",
                    remedy="Kontrollera hänvisningen till kopplingen.",
                ),
            )
        case _:
            pass


def belonging(history: Sequence[Event]) -> frozenset[UUID]:
    """The streams that belong to a case: joined, and that has not been taken back. A joining that
    waits for approval counts too.
    """
    standing = Standing(history)
    return frozenset(
        stream
        for event in history
        if isinstance(event.fact, CaseJoined) and standing.stands(event)
        for stream in joined(event.fact).values()
    )


def require_not_joined(other: Sequence[Event], stream: UUID) -> None:
    """Refuse a stream that belongs to another case.

    Args:
        other: the events of another case, in log order.
        stream: the stream to be joined.

    Raises:
        Refused: it is so.
    """
    if stream in belonging(other):
        raise Refused(
            "case.joined_elsewhere",
            "Processen hör redan till ett ärende.",
            remedy="Är det samma ärende behöver inget mer göras: fortsätt i det. "
            "Är sammanföringen fel: rätta den först.",
        )


def _require_of_case(case: KopplingCase, references: Iterable[EventRef | None]) -> None:
    for reference in references:
        guards.require_known(
            set(case.streams.items()),
            reference and (reference.lane, reference.stream),
            Refused(
                "link.not_in_case",
                "Händelsen hör inte till ärendet.",
                remedy="För samman processerna först, eller kontrollera hänvisningen.",
            ),
        )
