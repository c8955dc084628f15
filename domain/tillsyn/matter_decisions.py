"""What a matter refuses: to be opened twice, a step of another kind, an absent request."""

from collections.abc import Sequence
from typing import Final

from domain.kernel import guards
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.tillsyn.lex_sarah import LexSarahFact
from domain.tillsyn.matters import (
    DocumentsLent,
    ExtensionGranted,
    ExtensionRequested,
    FeeCaseDecided,
    FeeCaseOpened,
    ImmediateAdjustmentMade,
    IVODecisionMade,
    IVOInjunctionReceived,
    IVOMatterOpened,
    IVOReplySent,
    IVORequestReceived,
    JODecisionMade,
    JOMatterOpened,
    MatterFact,
    NämndSummoned,
    NämndTookNote,
    OfficerReportWritten,
    RemissReceived,
    ReplyDecided,
    ReplySent,
)
from domain.tillsyn.requests import (
    DocumentRequested,
    RefusalAppealed,
    ReleasedInPart,
    ReleaseRefused,
    RequestFact,
)
from domain.tillsyn.reviews import ReviewFact

_KINDS: Final = (MatterFact, LexSarahFact, RequestFact)
"""A stream holds one kind of matter. A review may stand in any of them."""
_REQUESTS: Final = (DocumentsLent, RemissReceived, IVORequestReceived, IVOInjunctionReceived)
_DECISIONS: Final = (JODecisionMade, IVODecisionMade, FeeCaseOpened, FeeCaseDecided)
_REFUSALS: Final = (ReleasedInPart, ReleaseRefused)


def require_recordable(history: Sequence[Event], event: Event) -> None:
    """Refuse what cannot be a fact in this matter. Other facts pass.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.

    Raises:
        Refused: the matter is open, the stream is of another kind, or what the step answers,
            reports or appeals is not in it.
    """
    _require_of_its_kind(history, event)
    match event.fact:
        case JOMatterOpened() | IVOMatterOpened() | DocumentRequested():
            guards.require_first(history, event)
        case (
            ExtensionRequested()
            | ExtensionGranted()
            | OfficerReportWritten()
            | NämndSummoned()
            | ReplyDecided()
            | ImmediateAdjustmentMade()
            | ReplySent()
            | IVOReplySent()
        ) as fact:
            _require_in(history, fact.request, _REQUESTS)
        case FeeCaseDecided() as fact:
            _require_in(history, fact.fee_case, (FeeCaseOpened,))
        case NämndTookNote() as fact:
            _require_in(history, fact.decision_event, _DECISIONS)
        case RefusalAppealed() as fact:
            _require_in(history, fact.refusal, _REFUSALS)
        case _:
            pass


def _require_of_its_kind(history: Sequence[Event], event: Event) -> None:
    first = history[0].fact if history else None
    if not isinstance(first, Fact):  # a new stream, or one that a newer program opened
        return
    if isinstance(event.fact, ReviewFact):
        wanted = isinstance(first, (*_KINDS, ReviewFact))
    else:
        wanted = all(isinstance(first, k) for k in _KINDS if isinstance(event.fact, k))
    if not wanted:
        raise Refused(
            "matter.other_kind",
            "Händelsen hör till ett annat slags ärende än det som är öppnat här.",
            remedy="Registrera den i det ärende den hör till, eller öppna ett nytt.",
        )


def _require_in(
    history: Sequence[Event], reference: EventRef | None, types: tuple[type[Fact], ...]
) -> None:
    guards.require_known(
        {event.ref for event in effective(history) if isinstance(event.fact, types)},
        reference,
        Refused(
            "matter.not_here",
            "Det som händelsen hänvisar till finns inte i det här ärendet.",
            remedy="Kontrollera hänvisningen. Är den okänd: lämna fältet tomt.",
        ),
    )
