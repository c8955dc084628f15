"""What is asked of every event before it is recorded, whatever its type: can this be a fact at all?

Law is never asked here. A lease signed before the decision, a notice served too late, a ground no
statute knows: all of it can have happened, and then it can be recorded.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.kernel.corrections import (
    Standing,
    effective,
    require_approvable,
    require_correctable,
    require_markable,
)
from domain.kernel.event import Event, RecordedEvent
from domain.kernel.fact import Fact
from domain.kernel.occurred import swedish_day
from domain.kernel.refused import Refused
from domain.kernel.shapes import (
    CorrectionApproved,
    DocumentFiled,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
    HolderChanged,
    PersonRegistered,
)
from ledger.envelope import LOG_STREAM

F = TypeVar("F", bound=Fact)


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream, for any type.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: it lies in the future, is only half an import, names a document that is not filed
            in this very stream (else one id could join the lanes), is in the wrong kind of stream,
            continues what is not open, is recorded already, or is a correction or an approval that
            cannot be one.
    """
    assert isinstance(event.fact, Fact)
    if event.occurred.in_future(now):
        raise Refused(
            "occurred.future",
            "Det som registreras ska ha hänt.",
            remedy="Registrera det när det har hänt. Planerade dagar skrivs i egna fält.",
        )
    if (event.common.claimed_recorded is None) != (event.common.source is None):
        raise Refused(
            "import.half",
            "Det som förs över har både ett källsystem och en tid då det registrerades där.",
            remedy="Ange både claimedRecorded och source. Förs inget över: ange ingetdera.",
        )
    if claimed_in_future(event, now):
        raise Refused(
            "claimed_recorded.future",
            "Det äldre systemet kan inte ha registrerat händelsen ännu.",
            remedy="Kontrollera dagen då källsystemet registrerade händelsen.",
        )
    _require_filed(history, event)
    if (event.stream == LOG_STREAM) != isinstance(event.fact, EpochOpened | HeadsRecorded):
        raise Refused(
            "stream.of_the_log",
            "Loggens egna händelser hör till loggens egen ström, och inga andra gör det.",
            remedy="Registrera händelsen i ärendets ström.",
        )
    if not history and not event.fact.OPENS:
        raise Refused(
            "stream.not_open",
            "Här finns ännu inget att registrera i.",
            remedy="Öppna ärendet i den här processen först.",
        )
    if isinstance(event.fact, HolderChanged) and event.fact.to_namnd == holder(history):
        raise Refused(
            "holder.same",
            "Ärendet kan bara lämnas till en annan nämnd.",
            remedy="Ange den nämnd som tar emot det.",
        )
    _require_new(history, event)
    if event.common.corrects:
        require_correctable(history, event)
    if isinstance(event.fact, CorrectionApproved):
        require_approvable(history, event)
    if isinstance(event.fact, EntryMarkedErroneous):
        require_markable(history, event)


def holder(history: Sequence[Event]) -> UUID | None:
    """The nämnd that holds a stored stream after its history; None where it is not known."""
    last = history[-1] if history else None
    if last and isinstance(last.fact, HolderChanged):
        return last.fact.to_namnd
    return last.namnd if isinstance(last, RecordedEvent) else None


def registers(history: Sequence[Event], person: UUID) -> bool:
    """Whether a stream is the person's own: it begins with their registration."""
    return any(
        isinstance(event.fact, PersonRegistered) and event.fact.person == person
        for event in history[:1]
    )


def claimed_in_future(event: Event, now: datetime) -> bool:
    """Whether an imported event says that its source system recorded it later than now."""
    claimed = event.common.claimed_recorded
    if isinstance(claimed, datetime):
        return claimed > now
    return claimed is not None and claimed > swedish_day(now)


def require_first(history: Sequence[Event], event: Event) -> None:
    """Refuse an event that only ever opens a stream, where it is open. A correction may follow, and
    where the opening was a mistake the same type may open it again.

    Raises:
        Refused: the stream is open, or was opened as something else.
    """
    if event.common.corrects or not history:
        return
    opening = type(history[0].fact)
    counting = any(type(earlier.fact) is opening for earlier in effective(history))
    if counting or opening is not type(event.fact):
        raise Refused(
            "stream.already_open",
            "Detta är redan öppnat.",
            remedy="Registrera det nya i det som är öppet, eller rätta den första posten.",
        )


def require_known(found: Collection[object], wanted: object, refusal: Refused) -> None:
    """Refuse a reference to what is not there. A reference left out passes.

    Args:
        found: what is there.
        wanted: what the fact refers to.
        refusal: what to answer otherwise.

    Raises:
        Refused: it is not there.
    """
    if wanted is not None and wanted not in found:
        raise refusal


def facts_in(history: Sequence[Event], fact_type: type[F]) -> list[F]:
    """The facts of a type that count, in log order."""
    return [event.fact for event in effective(history) if isinstance(event.fact, fact_type)]


def _require_filed(history: Sequence[Event], event: Event) -> None:
    filed: set[object] = {
        earlier.fact.document_id for earlier in history if isinstance(earlier.fact, DocumentFiled)
    }
    if not filed.issuperset(event.common.document_ids):
        raise Refused(
            "document.not_here",
            "En handling som anges är inte inlagd här.",
            remedy="Lägg in handlingen i den här akten först. En handling hör till en enda akt.",
        )


def _require_new(history: Sequence[Event], event: Event) -> None:
    said, standing = _what_is_said(event), Standing(history)
    if any(_what_is_said(earlier) == said and standing.stands(earlier) for earlier in history):
        raise Refused(
            "fact.twice",
            "Samma sak är redan registrerad.",
            remedy="Hände det två gånger: skriv i anteckningen vad som skiljer dem åt.",
        )


def _what_is_said(event: Event) -> tuple[object, ...]:
    common = event.common
    return (event.fact, event.occurred, common.document_ids, common.corrects, common.note)
