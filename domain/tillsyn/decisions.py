"""What supervision refuses: a spärr that isn't set, a gallring that isn't decided or is decided and
carried out by one officer.

Whether a spärr stands in the way of a gallring, or a withdrawal comes too late, is asked by the
ledger itself, under its lock. The control effects are made here, so that they always say what their
facts say.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from domain.kernel import guards
from domain.kernel.event import Event
from domain.kernel.refused import Refused
from domain.tillsyn import matter_decisions
from domain.tillsyn.events import (
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
)
from domain.tillsyn.state import TillsynCase, fold
from ledger.codec import Effect, EffectKind


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: as `guards.require_recordable`; or there is no spärr to lift or no decision to
            withdraw or carry out, or that has been done; or one officer decides and carries out; or
            as `matter_decisions.require_recordable`.
    """
    guards.require_recordable(history, event, now)
    matter_decisions.require_recordable(history, event)
    case = fold(history)
    match event.fact:
        case GallringsspärrSet() | GallringDecided():
            guards.require_first(history, event)
        case GallringsspärrLifted():
            if case.hold is None or case.lifted:
                raise Refused(
                    "hold.not_set",
                    "Här finns ingen gallringsspärr som gäller.",
                    remedy="Kontrollera vilken spärr som ska lyftas.",
                )
        case GallringWithdrawn() as fact:
            if case.open is None or case.open.ref != fact.decision:
                raise _not_decided()
        case GallringExecuted() as fact:
            if not _decided(case, fact):
                raise _not_decided()
            require_another(open_decision(history), event.signers)
        case _:
            pass


def open_decision(history: Sequence[Event]) -> Event:
    """The event that decided the gallring of a stream.

    Args:
        history: the stream's events, in log order.

    Raises:
        Refused: there is none, or it has been withdrawn or carried out.
    """
    decided = fold(history).open
    for event in history:
        if decided and event.ref == decided.ref:
            return event
    raise _not_decided()


def require_another(decision: Event, officers: Collection[UUID]) -> None:
    """Refuse that who decided a gallring, in name or in fact, also carries it out.

    Args:
        decision: the event that decided it.
        officers: who carries it out: who enters it, and who acts where that is another.

    Raises:
        Refused: one of them decided it, or who did cannot be read.
    """
    actor: object = decision.common.actor  # stored, so it may be gone
    acted_by: object = decision.common.acted_by
    if not (isinstance(actor, UUID) and isinstance(acted_by, UUID | None)):
        raise Refused(
            "gallring.decider_unknown",
            "Det går inte att läsa vem som beslutade gallringen, så den kan inte utföras.",
            remedy="Återta beslutet och besluta på nytt. Saknas en nyckel, återläs den först.",
        )
    if not decision.signers.isdisjoint(officers):
        raise Refused(
            "gallring.same_person",
            "En gallring utförs av en annan person än den som beslutade den.",
            remedy="Be en kollega med rätt att utföra gallringar.",
        )


def hold(fact: GallringsspärrSet, sparr: UUID, stream: UUID) -> Effect:
    """The effect of a spärr: a stream that may not be destroyed.

    Args:
        fact: the spärr.
        sparr: the stream it opens.
        stream: the stream that is held, in the fact's lane.
    """
    return Effect(EffectKind.HOLD, sparr, fact.target_lane, stream)


def lift(sparr: UUID) -> Effect:
    """The effect of lifting the spärr that has this stream."""
    return Effect(EffectKind.LIFT, sparr)


def destroy(fact: GallringDecided, gallring: UUID, stream: UUID, subject: UUID | None) -> Effect:
    """The effect of a gallring decision: what the destroyer may destroy.

    Args:
        fact: the decision.
        gallring: the stream it opens.
        stream: the stream concerned, in the fact's lane.
        subject: the person whose part goes (level 1); None where all goes (level 2).

    Raises:
        Refused: the level and the person do not agree.
    """
    if (fact.level == 1) != (subject is not None):
        raise Refused(
            "gallring.level",
            "Nivå 1 gallrar en persons uppgifter, nivå 2 hela akten i processen.",
            remedy="Ange personen vid nivå 1 och ingen person vid nivå 2.",
        )
    return Effect(EffectKind.DESTROY_DECIDED, gallring, fact.target_lane, stream, subject)


def withdraw(gallring: UUID) -> Effect:
    """The effect of withdrawing the decision that has this stream: nothing is left to carry out."""
    return Effect(EffectKind.DESTROY_WITHDRAWN, gallring)


def destroyed(gallring: UUID) -> Effect:
    """The effect of having carried out the gallring that has this stream."""
    return Effect(EffectKind.DESTROY_DONE, gallring)


def _not_decided() -> Refused:
    """There is no decision of just this gallring left to carry out or withdraw."""
    return Refused(
        "gallring.not_decided",
        "Här finns inget beslut om just den gallringen som återstår att utföra.",
        remedy="Kontrollera beslutet. Saknas det, ska gallringen först beslutas.",
    )


def _decided(case: TillsynCase, done: GallringExecuted) -> bool:
    decided = case.open
    return decided is not None and (decided.ref, decided.fact.target_lane, decided.fact.level) == (
        done.decision,
        done.target_lane,
        done.level,
    )
