"""What is asked of every event before it is recorded, whatever its type: can this be a fact at all?

Law is never asked here. A lease signed before the decision, a notice served too late, a ground no
statute knows: all of it can have happened, and then it can be recorded.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from domain.kernel.corrections import (
    Standing,
    effective,
    require_approvable,
    require_correctable,
    require_markable,
)
from domain.kernel.event import Event, RecordedEvent
from domain.kernel.fact import Fact, specs_of
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
from domain.kernel.values import EventRef
from ledger.codec import Lane, is_named
from ledger.envelope import LOG_STREAM

F = TypeVar("F", bound=Fact)

_MEETING: Final = "meeting"
"""The field that names a meeting."""


def require_recordable(history: Sequence[Event], event: Event, now: datetime) -> None:
    """Refuse what cannot be a fact in this stream, for any type.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        now: the caller's clock.

    Raises:
        Refused: it lies in the future, is only half an import, names a document that is not filed
            in this very stream (else one id could join the lanes), is in the wrong kind of stream,
            continues what is not open, or is a correction or an approval that cannot be one.
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
    if event.common.source:
        require_importable(type(event.fact))
    _require_one_person_a_slot(history, event)
    _require_correction(history, event)


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


def require_importable(fact: type[Fact]) -> None:
    """Refuse to take over from another system what would act in this one.

    Raises:
        Refused: the type has an effect: a move, a spärr, a gallring.
    """
    if fact.EFFECT:
        raise Refused(
            "import.has_effect",
            "Byte av nämnd, gallringsspärr och gallring förs inte över: de verkar i liggaren.",
            remedy="Registrera dem i liggaren, för sig.",
        )


def require_references_within(event: Event) -> None:
    """Refuse a reference in the clear to anything but the stream's own events: it would tie the
    stream to another for whoever sees the log. A meeting of the organisation ties it to no case.

    Raises:
        Refused: there is one.
    """
    assert isinstance(event.fact, Fact)
    for spec in specs_of(type(event.fact)):
        value = getattr(event.fact, spec.name)
        for ref in value if isinstance(value, tuple) else (value,):
            if spec.sealed or not isinstance(ref, EventRef) or ref.stream == event.stream:
                continue
            if spec.name != _MEETING or ref.lane is not Lane.SYSTEM:
                raise Refused(
                    "reference.not_here",
                    "Hänvisningen går till en post som inte finns i den här strömmen.",
                    remedy="Kontrollera hänvisningen. Vad som hör ihop över strömmarna kopplas.",
                )


def _require_one_person_a_slot(history: Sequence[Event], event: Event) -> None:
    """Refuse another person in a place that already means somebody, for as long as the stream is.

    Whom an event itself names may be another each time.
    """
    named = {slot: who for slot, who in event.subjects.items() if not is_named(slot)}
    for earlier in history:
        for slot, who in earlier.subjects.items():
            if named.get(slot, who) != who:
                raise Refused(
                    "party.other_person",
                    "Den platsen i ärendet har redan en annan person.",
                    remedy="Öppna ett eget ärende för den andra personen.",
                )


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


def require_kind_of_stream(
    history: Sequence[Event],
    event: Event,
    openers: Sequence[tuple[type[Fact], tuple[type[Fact], ...]]],
    remedy: str,
) -> None:
    """Refuse a fact in a stream that was opened as something else. A first event passes.

    Args:
        history: the stream's events, in log order.
        event: the one to be recorded.
        openers: kinds of facts, each with the first events that their streams are known by.
        remedy: where such a fact is recorded instead.

    Raises:
        Refused: the stream is one of another kind.
    """
    if not history or not isinstance(history[0].fact, Fact):
        return
    for kind, opened_by in openers:
        if isinstance(event.fact, kind) and not isinstance(history[0].fact, opened_by):
            raise Refused(
                "stream.other_kind",
                "Händelsen hör inte till det som är öppnat här.",
                remedy=remedy,
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


def _require_correction(history: Sequence[Event], event: Event) -> None:
    if event.common.corrects:
        require_correctable(history, event)
    if isinstance(event.fact, CorrectionApproved):
        require_approvable(history, event)
    if isinstance(event.fact, EntryMarkedErroneous):
        require_markable(history, event)


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


def require_new(history: Sequence[Event], event: Event) -> None:
    """Refuse what is recorded already, in the same words.

    Raises:
        Refused: it is.
    """
    said = _what_is_said(event)
    same = [earlier for earlier in history if _what_is_said(earlier) == said]
    if same and any(map(Standing(history).stands, same)):
        raise Refused(
            "fact.twice",
            "Samma sak är redan registrerad.",
            remedy="Hände det två gånger: skriv i anteckningen vad som skiljer dem åt.",
        )


def _what_is_said(event: Event) -> tuple[object, ...]:
    common = event.common
    return (event.fact, event.occurred, common.document_ids, common.corrects, common.note)
