"""What the lists count, in each lane, and how a stream stands where counting does not tell.

A list is made without keys, so it tells what types and clear fields tell and no more: that a
decision has been made, not which; that a process is open or closed as it was recorded, with what
two people have since declared erroneous taken away. Of that it tells the same as the case's page:
both are folded by the domain.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.bistand import events as bistand
from domain.bistand.state import fold as fold_bistand
from domain.hyra import events as hyra
from domain.hyra.state import fold as fold_hyra
from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact
from domain.kernel.registry import FactRegistry
from domain.koppling import events as koppling
from domain.koppling.state import fold as fold_koppling
from domain.tillsyn import events as tillsyn
from domain.tillsyn import lex_sarah, matters, requests
from ledger.codec import Entry, Lane
from ledger.envelope import Envelope, leaf_hash
from ledger.lists import Fold, Folded, ListRules
from ledger.seal import clear_values


def _types(*facts: type[Fact]) -> tuple[str, ...]:
    return tuple(fact.TYPE for fact in facts)


_TILLSYN_CLOSES: Final = (
    matters.JODecisionMade,
    matters.IVODecisionMade,
    requests.DocumentsReleased,
    tillsyn.GallringsspärrLifted,
    tillsyn.GallringWithdrawn,
    tillsyn.GallringExecuted,
)


def _bistand(events: Sequence[RecordedEvent]) -> Folded:
    case = fold_bistand(_in_order(events))
    ended = {id_ for id_, one in case.decisions.items() if one.ended}
    made = {id_ for id_, one in case.decisions.items() if one.granted or one.rejected}
    return Folded(made | ended, ended, closed=case.closing is not None, open=case.closed is None)


def _hyra(events: Sequence[RecordedEvent]) -> Folded:
    case = fold_hyra(_in_order(events))
    ended = {id_ for id_, one in case.tenancies.items() if one.terminated}
    begun = ended | {id_ for id_, one in case.tenancies.items() if one.signed}
    return Folded(begun, ended, open=not begun or begun > ended)


def _koppling(events: Sequence[RecordedEvent]) -> Folded:
    return Folded(joined=fold_koppling(events).streams)


def _tillsyn(events: Sequence[RecordedEvent]) -> Folded:
    closed = any(isinstance(event.fact, _TILLSYN_CLOSES) for event in effective(events))
    return Folded(closed=closed, open=not closed)


def _in_order(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """As a page reads them that is asked for no day."""
    return sorted(events, key=lambda event: event.fold_key(source_word=True))


def _fold(facts: FactRegistry, tell: Callable[[Sequence[RecordedEvent]], Folded]) -> Fold:
    """How a lane's stream stands, by its lane's facts and a telling of them."""

    def read(envelope: str, clear: str) -> RecordedEvent:
        """The event as far as it lies in the clear; what is sealed is out of reach."""
        values = clear_values(clear)
        lines = Envelope.from_text(envelope)
        codec = facts.codecs.get(lines.lane, f"{lines.type}/{lines.schema}")
        fields = frozenset(spec.number for spec in codec.fields) if codec else frozenset()
        entry = Entry(envelope, leaf_hash(envelope), values, fields - values.keys())
        return RecordedEvent.from_entry(entry, facts)

    return lambda history: tell([read(*one) for one in history])


LISTS: Final[Mapping[Lane, ListRules]] = {
    Lane.BISTAND: ListRules(
        _fold(FactRegistry(bistand.FACTS), _bistand),
        kinds=_types(bistand.CaseOpened),
        begins=_types(
            bistand.DecisionGranted, bistand.DecisionPartiallyGranted, bistand.DecisionRejected
        ),
        ends=_types(bistand.BiståndEnded),
        closes=_types(bistand.CaseClosed),
    ),
    # The tenancy has no event that closes a case. It is closed when each lease has ended.
    Lane.HYRA: ListRules(
        _fold(FactRegistry(hyra.FACTS), _hyra),
        kinds=_types(hyra.CaseOpened),
        begins=_types(hyra.LeaseSigned),
        ends=_types(hyra.LeaseTerminated),
        closed_by_ends=True,
    ),
    Lane.KOPPLING: ListRules(
        _fold(FactRegistry(koppling.FACTS), _koppling), kinds=_types(koppling.CaseJoined)
    ),
    # What may still be appealed, and what is known to be over by a sealed field alone, stays open.
    Lane.TILLSYN: ListRules(
        _fold(FactRegistry(tillsyn.FACTS), _tillsyn),
        kinds=_types(
            matters.JOMatterOpened,
            matters.IVOMatterOpened,
            requests.DocumentRequested,
            lex_sarah.LexSarahReported,
            lex_sarah.LexSarahAssessed,
            tillsyn.GallringsspärrSet,
            tillsyn.GallringDecided,
        ),
        closes=_types(*_TILLSYN_CLOSES),
    ),
}
"""Lane to the rules of its list."""
