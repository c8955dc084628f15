"""Corrections: what counts, and who may make it count.

An entry is never changed. It is recorded again with `corrects`, or marked erroneous; either counts
when another person's `CorrectionApproved` follows. Everything stays visible; `effective` says what
counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from domain.kernel.event import Event
from domain.kernel.fact import Fact
from domain.kernel.refused import Refused
from domain.kernel.shapes import CorrectionApproved, EntryMarkedErroneous
from domain.kernel.values import EventRef

E = TypeVar("E", bound=Event)


def effective(events: Iterable[E]) -> list[E]:
    """Return the events that count, in the order given. Total: never raises on stored history.

    Args:
        events: of any streams, as far as they are known to the view.
    """
    given = list(events)
    if not any(event.common.corrects or _marks(event) for event in given):
        return given  # as nearly always: nothing can have been replaced or taken back
    standing = Standing(given)
    return [event for event in given if standing.counts(event)]


def roots(events: Iterable[Event]) -> Mapping[EventRef, EventRef]:
    """The entry that each entry is a version of: its own, but for a correction that of the first.

    What follows on an entry, and by log order, follows on it in all its versions. Total.
    """
    given = list(events)
    if not any(event.common.corrects for event in given):
        return {event.ref: event.ref for event in given}
    standing = Standing(given)
    return {event.ref: standing.root(event) for event in given}


def _marks(event: Event) -> bool:
    return isinstance(event.fact, EntryMarkedErroneous)


class Standing:
    """What became of each entry: counts, waits, replaced, erroneous.

    A correction counts in place of what it corrects once another person has approved it; of
    several, the one approved last. A fact with an approved mark of error does not count, in any of
    its versions; a mark on a correction that is not in force withdraws that correction alone.
    Approvals and marks can themselves be marked.

    Args:
        events: of any streams.
        if_approved: a mark of error to take as approved, whoever has approved it or not.
    """

    def __init__(self, events: Iterable[Event], if_approved: Event | None = None) -> None:
        given = list(events)
        self._by_ref = {event.ref: event for event in given}
        self._approved: dict[EventRef, EventRef] = {}
        if if_approved:
            self._approved[if_approved.ref] = if_approved.ref
        self._marked: dict[EventRef, EventRef] = {}
        self._in_force: dict[EventRef, EventRef] = {}
        # From the latest to the first: approvals and marks only ever speak of earlier entries, so
        # whether they themselves count is settled before they are read.
        for event in sorted(given, key=lambda event: event.version, reverse=True):
            if event.ref not in self._marked:
                self._read(event)

    def counts(self, event: Event) -> bool:
        """Whether the event counts."""
        in_force = self._version(event) == event.ref
        return in_force and not self.waits(event) and not self.erroneous(event)

    def stands(self, event: Event) -> bool:
        """Whether the event has not been taken back: it counts, or waits to."""
        return self.counts(event) or (self.waits(event) and not self.erroneous(event))

    def erroneous(self, event: Event) -> bool:
        """Whether the event, or the fact it is a version of, has an approved mark of error."""
        return self.marked_by(event) is not None

    def marked_by(self, event: Event) -> EventRef | None:
        """The approved mark of error on the event, or on the fact it is a version of."""
        for entry in (event.ref, self.root(event), self._version(event)):
            if entry in self._marked:
                return self._marked[entry]
        return None

    def same_person(self, proposal: Event, approval: Event) -> bool:
        """Whether one officer is behind both. Who can't be read any more was compared when signing.

        Where both were carried over, with the entry they are about, who carried one is behind it
        only where nobody says who acted there. What was recorded here is changed by two officers
        here, whatever somebody says of another system.
        """
        entry = self._proposed_about(proposal)
        if entry and entry.common.source and proposal.common.source and approval.common.source:
            return not proposal.behind.isdisjoint(approval.behind)
        return not proposal.signers.isdisjoint(approval.signers)

    def approved_by(self, proposal: EventRef) -> EventRef | None:
        """The approval that made a correction or a mark count; None where it waits, or is none."""
        return self._approved.get(proposal)

    def waits(self, event: Event) -> bool:
        """Whether the event is a correction or a mark that nobody else has approved yet."""
        proposes = _marks(event) or bool(event.common.corrects)
        return proposes and event.ref not in self._approved

    def replaced_by(self, event: Event) -> EventRef | None:
        """The version that counts instead of this one, if another does."""
        version = self._version(event)
        return None if version == event.ref or self.waits(event) else version

    def root(self, event: Event) -> EventRef:
        """The entry a chain of corrections goes back to."""
        corrected = self._corrected(event)
        while corrected:
            event, corrected = corrected, self._corrected(corrected)
        return event.ref

    def _version(self, event: Event) -> EventRef:
        root = self.root(event)
        return self._in_force.get(root, root)

    def _read(self, event: Event) -> None:
        match event.fact:
            case CorrectionApproved(approved=EventRef() as proposal):
                self._approve(proposal, event)
            case EntryMarkedErroneous(entry=EventRef() as entry) if event.ref in self._approved:
                if self._earlier(entry, event):
                    self._marked[entry] = event.ref

    def _approve(self, proposal: EventRef, approval: Event) -> None:
        proposed = self._earlier(proposal, approval)
        if proposed and not self.same_person(proposed, approval):
            self._approved[proposal] = approval.ref
            if self._corrected(proposed):
                self._in_force.setdefault(self.root(proposed), proposal)

    def _earlier(self, ref: EventRef, than: Event) -> Event | None:
        event = self._by_ref.get(ref)
        earlier = event and event.stream == than.stream and event.version < than.version
        return event if earlier else None

    def _proposed_about(self, proposal: Event) -> Event | None:
        """The entry that a correction or a mark goes back to, as it was first recorded."""
        match proposal.fact:
            case EntryMarkedErroneous(entry=EventRef() as ref):
                about = self._earlier(ref, proposal)
            case _:
                about = self._corrected(proposal)
        return self._by_ref[self.root(about)] if about else None

    def _corrected(self, event: Event) -> Event | None:
        ref: object = event.common.corrects
        return self._earlier(ref, event) if isinstance(ref, EventRef) else None


def require_correctable(history: Sequence[Event], correction: Event) -> None:
    """Refuse a re-recorded fact that corrects no entry of its own type in its own stream.

    Raises:
        Refused: no such entry here, one that has had an effect, another type, or another person.
    """
    corrected = _changeable(history, correction.common.corrects)
    if type(corrected.fact) is not type(correction.fact):
        raise Refused(
            "correction.other_type",
            "En rättelse måste vara av samma händelsetyp som det den rättar.",
            remedy="Registrera händelsen för sig och markera den felaktiga som felregistrerad.",
        )
    assert isinstance(correction.fact, Fact)
    for field in correction.fact.NAMES.values():
        if getattr(corrected.fact, field) != getattr(correction.fact, field):
            raise Refused(
                "correction.other_person",
                "En rättelse kan inte byta vilken person ärendet gäller.",
                remedy="Markera posten som felregistrerad och öppna ett ärende för rätt person.",
            )


def require_markable(history: Sequence[Event], mark: Event) -> None:
    """Refuse a mark on an entry that is not in the stream.

    Raises:
        Refused: no such entry here, or one that has had an effect.
    """
    assert isinstance(mark.fact, EntryMarkedErroneous)
    _changeable(history, mark.fact.entry)


def require_approvable(history: Sequence[Event], approval: Event) -> None:
    """Refuse an approval that is not another person's, of something that waits for one.

    Raises:
        Refused: it is no proposal, it is approved already or taken back, or the same person signs
            twice.
    """
    assert isinstance(approval.fact, CorrectionApproved)
    proposal = _entry(history, approval.fact.approved)
    if not proposal.common.corrects and not isinstance(proposal.fact, EntryMarkedErroneous):
        raise Refused(
            "correction.nothing_to_approve",
            "Posten är varken en rättelse eller en markering om felregistrering.",
            remedy="Ange den post där rättelsen föreslås.",
        )
    standing = Standing(history)
    if standing.erroneous(proposal):
        raise Refused(
            "correction.not_waiting",
            "Posten väntar inte på godkännande: den är återtagen.",
            remedy="Läs ärendet på nytt. Behövs en ny rättelse, registrera den.",
        )
    if not standing.waits(proposal):
        raise Refused(
            "correction.already_approved",
            "Rättelsen eller markeringen är redan godkänd.",
            remedy="Inget mer behöver göras.",
        )
    if standing.same_person(proposal, approval):
        raise Refused(
            "correction.same_person",
            "En rättelse godkänns av en annan person än den som föreslog den.",
            remedy="Be en kollega med rätt att rätta i den här processen.",
        )


def _changeable(history: Sequence[Event], ref: EventRef | None) -> Event:
    """The entry, if it is one that a later entry can take back."""
    entry = _entry(history, ref)
    if isinstance(entry.fact, Fact) and entry.fact.EFFECT:
        raise Refused(
            "correction.has_effect",
            "Posten har redan verkat, och verkan försvinner inte med en rättelse.",
            remedy="Registrera det som gäller i stället: lyft spärren, eller byt nämnd på nytt.",
        )
    return entry


def _entry(history: Sequence[Event], ref: EventRef | None) -> Event:
    for event in history:
        if event.ref == ref:
            return event
    raise Refused(
        "reference.not_here",
        "Hänvisningen går till en post som inte finns i den här strömmen.",
        remedy="Kontrollera hänvisningen. Den skrivs process/ström/version.",
    )
