"""Whose protection counts for a stream: that of all its persons, and of whom they are read as.

What leads to one of them leads to the other. Each stream that is read has its row in the read log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import UnknownFact
from domain.kernel.guards import registers
from domain.kernel.persons import merges_in, parted, stream_key
from domain.kernel.process import LaneProcess
from domain.kernel.protection import Shield, merged_into, shield_of
from domain.kernel.shapes import CaseOpened, PartyAdded, PersonRegistered, party_of
from ledger.reading import Reading

CORRECTING: Final = ("EntryMarkedErroneous", "CorrectionApproved")
NAMING: Final = ("CaseOpened", "PartyAdded", "PartyLeft", *CORRECTING)
"""The types that make somebody party to a case, or no longer."""

Registered = tuple[UUID, Sequence[RecordedEvent], Shield]
"""A person's stream, what of it may be shown, and what is protected of them."""


def with_persons(
    process: LaneProcess, opened: Reading, stream: UUID, own: Sequence[RecordedEvent]
) -> tuple[Shield, list[tuple[UUID, Sequence[RecordedEvent]]]]:
    """The streams of the persons that a stream names, and what of them is protected: the strongest
    shield among them. A person's own stream also has those of the cases they are or were party to:
    who is named with somebody leads to them.

    Args:
        process: the lane's.
        opened: the read.
        stream: a stream of the lane.
        own: all its events.
    """
    # Nothing of who was named by mistake is shown, whatever the time asked about. But what was said
    # of the case may have been said of them: their mark counts.
    parties = persons_named(effective(own))
    found = list(registered_as(process, opened, parties, parted(own)))
    struck = [one for one in persons_named(own) if one not in parties]
    of_struck = list(registered_as(process, opened, struck, {}))
    shield = own_shield(own, stream)
    if own and isinstance(own[0].fact, PersonRegistered):
        into = registered_as(process, opened, merged_into(own), {})
        theirs, cases = _entries_and_cases(process, opened, [(stream, (), shield), *into])
        shield = max(shield, theirs)
        for case in cases:
            opened.log(case)
            shield = max(shield, with_persons(process, opened, case, process.history(case))[0])
    shield = max(shield, shield_of_all(process, opened, [*found, *of_struck]))
    return shield, [(one, events) for one, events, _ in found if events]


def shield_of_all(process: LaneProcess, opened: Reading, known: Sequence[Registered]) -> Shield:
    """What is protected of persons, with those who are or were read as them."""
    return _entries_and_cases(process, opened, known)[0] if known else Shield.NOTHING


def _entries_and_cases(
    process: LaneProcess, opened: Reading, known: Sequence[Registered]
) -> tuple[Shield, list[UUID]]:
    """What is protected of persons and of those who are or were read as them, of whom nothing is
    shown; and the cases that they are or were party to.
    """
    shield = max(theirs for _, _, theirs in known)
    heads = [stream for stream, _, _ in known]
    seen, cases = {*heads}, list[UUID]()
    while heads:
        macs = process.lookup_macs(opened.context.namnd, [stream_key(one) for one in heads])
        others = [one for one in opened.found(macs) if one not in seen]
        merged: list[UUID] = []
        for other in others:
            seen.add(other)
            if not opened.versions(other, (PersonRegistered.__name__,)):
                cases.append(other)
                continue
            opened.log(other)
            history = process.history(other)
            if any(stream in heads for stream, _ in merged_into(history)):
                shield = max(shield, shield_of(history, other))
                merged.append(other)
        heads = merged
    return shield, cases


def own_shield(own: Sequence[RecordedEvent], stream: UUID) -> Shield:
    """What a stream itself says of protection: a person's its mark, a case's whether all who have
    been entered as its parties can be read, and anybody is party still.
    """
    first = own[0].fact if own else None
    if isinstance(first, PersonRegistered):
        return shield_of(own, stream)
    unknown = any(
        isinstance(event.fact, UnknownFact) and event.fact.type in NAMING for event in own
    )
    naming = [event for event in own if isinstance(event.fact, CaseOpened | PartyAdded)]
    counting = {one.ref for one in effective(naming and own)}
    named = all(party_of(one.fact) for one in naming)
    if unknown or not named or (naming and not any(one.ref in counting for one in naming)):
        return Shield.IDENTITY
    return Shield.NOTHING


def registered_as(
    process: LaneProcess,
    opened: Reading,
    persons: Iterable[tuple[UUID, UUID]],
    left: Mapping[UUID, tuple[int, int]],
) -> Iterator[Registered]:
    """The streams of persons, each with a row in the log before it is read. Also of those whom they
    are read as. Nothing of one that is another person's, or can't be read: then nobody knows of a
    mark. Of somebody who has left, as it was when they did: what they are called since may be what
    the other must not know. Their mark is today's nonetheless, and that of whoever they are read as
    today or were before, of whom nothing is shown.

    Args:
        process: the lane's.
        opened: the read.
        persons: stream and person.
        left: the streams of those who have left, each with the place in the log.
    """
    to_read = list(persons)
    until: dict[UUID, tuple[int, int] | None] = {**left}
    unshown: list[tuple[UUID, UUID]] = []
    for stream, person in to_read:  # grows where somebody is read as another
        opened.log(stream)
        end = until.get(stream)
        whole = process.history(stream)
        history = [event for event in whole if end is None or (event.epoch, event.index) < end]
        if not registers(history, person):
            yield stream, (), Shield.IDENTITY
        else:
            # Who they have become since they left stands in nothing that is shown here.
            since = min(shield_of(whole, stream), Shield.WHEREABOUTS if end else Shield.IDENTITY)
            yield stream, history, max(shield_of(history, stream), since)
            for merge in merges_in(history).values():
                into = (merge.into_stream, merge.into)
                if into not in to_read:
                    to_read.append(into)
                    until[merge.into_stream] = end
                elif end is None:
                    until[merge.into_stream] = None
            unshown += merged_into(whole)
    seen = {*to_read}
    for one in unshown:  # grows likewise
        if one not in seen:
            seen.add(one)
            stream, person = one
            opened.log(stream)
            whole = process.history(stream)
            known = registers(whole, person)
            yield stream, (), shield_of(whole, stream) if known else Shield.IDENTITY
            unshown += merged_into(whole)


def persons_named(events: Iterable[RecordedEvent]) -> list[tuple[UUID, UUID]]:
    """The streams of persons that a stream names, each with the person."""
    named = (party_of(event.fact) for event in events)
    return list(dict.fromkeys(one for one in named if one))
