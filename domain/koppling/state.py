"""What ties the processes of a case: its streams, and the links that hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from uuid import UUID

from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.noted import Noted, noted
from domain.koppling.events import CaseJoined, LinkEnded, LinkMade
from ledger.codec import Lane


@dataclass(frozen=True, slots=True)
class KopplingCase:
    """The case's ties.

    Args:
        streams: lane to the case's stream there.
        links: made and not ended.
        ended: the ends.
    """

    streams: Mapping[Lane, UUID] = field(default_factory=dict)
    links: tuple[Noted[LinkMade], ...] = ()
    ended: tuple[Noted[LinkEnded], ...] = ()


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
        case _:  # corrections have been taken into account; a type unknown here changes nothing
            pass
    return state


def joined(fact: CaseJoined) -> dict[Lane, UUID]:
    """Lane to stream, of what the fact joins."""
    named: dict[Lane, object] = {Lane.BISTAND: fact.bistand_stream, Lane.HYRA: fact.hyra_stream}
    return {lane: stream for lane, stream in named.items() if isinstance(stream, UUID)}
