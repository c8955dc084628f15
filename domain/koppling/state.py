"""What ties the processes of a case: its streams, the links that hold, and what has crossed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from uuid import UUID

from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted
from domain.koppling.events import (
    CaseJoined,
    DisclosureMade,
    LetterSent,
    LinkEnded,
    LinkMade,
    PersonsIdentified,
    SamePaperNoted,
)
from ledger.codec import Lane


@dataclass(frozen=True, slots=True)
class KopplingCase:
    """The case's ties.

    Args:
        streams: lane to the case's stream there.
        links: made and not ended.
        ended: the ends.
        letters: as they were sent.
        disclosures: as they were made.
        same_papers: pairs of documents that are one paper.
        same_persons: pairs of ids that are one person.
    """

    streams: Mapping[Lane, UUID] = field(default_factory=dict)
    links: tuple[Noted[LinkMade], ...] = ()
    ended: tuple[Noted[LinkEnded], ...] = ()
    letters: tuple[Noted[LetterSent], ...] = ()
    disclosures: tuple[Noted[DisclosureMade], ...] = ()
    same_papers: tuple[Noted[SamePaperNoted], ...] = ()
    same_persons: tuple[Noted[PersonsIdentified], ...] = ()


def fold(events: Iterable[Event]) -> KopplingCase:
    """Return the state after the events that count, in the order given."""
    return reduce(evolve, effective(events), KopplingCase())


def evolve(state: KopplingCase, event: Event) -> KopplingCase:
    """Return the state after one more event. Never raises on stored history."""
    match event.fact:
        case CaseJoined() as fact:
            streams = {**state.streams, **joined(fact)}
            state = replace(state, streams=streams)
        case LinkMade() as fact:
            state = replace(state, links=(*state.links, noted(event, fact)))
        case LinkEnded() as fact:
            links = tuple(link for link in state.links if link.ref != fact.link)
            state = replace(state, links=links, ended=(*state.ended, noted(event, fact)))
        case LetterSent() as fact:
            state = replace(state, letters=(*state.letters, noted(event, fact)))
        case DisclosureMade() as fact:
            state = replace(state, disclosures=(*state.disclosures, noted(event, fact)))
        case SamePaperNoted() as fact:
            state = replace(state, same_papers=(*state.same_papers, noted(event, fact)))
        case PersonsIdentified() as fact:
            state = replace(state, same_persons=(*state.same_persons, noted(event, fact)))
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def joined(fact: CaseJoined) -> dict[Lane, UUID]:
    """Lane to stream, of what the fact joins."""
    named: dict[Lane, object] = {Lane.BISTAND: fact.bistand_stream, Lane.HYRA: fact.hyra_stream}
    return {lane: stream for lane, stream in named.items() if isinstance(stream, UUID)}
