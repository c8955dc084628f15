"""How a case stood: what was true on a day, as known at a moment, each process by itself."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import chain
from textwrap import wrap
from typing import Any, Final
from uuid import UUID

from domain.bistand import state as bistand
from domain.bistand.events import DecisionPartiallyGranted
from domain.hyra import state as hyra
from domain.hyra.events import (
    CoTenantTookOver,
    EvictionExecuted,
    ForfeitureNoticeIssued,
    HeadLeaseTransferred,
    LeaseExtended,
    NoticeLapsed,
    NoticeWithdrawn,
    TakeoverOutcome,
    TerminationNoticeIssued,
    TribunalDecided,
    TribunalOutcome,
)
from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import CO_PARTY, PARTY
from domain.kernel.noted import Noted
from domain.kernel.persons import Person, persons_in, read_as, slots_left
from domain.kernel.shapes import PersonDetailsChanged
from domain.koppling import state as koppling
from domain.system import state as system
from domain.tillsyn import state as tillsyn
from ledger.codec import Json, Lane
from projections.clocks import Clocks
from projections.decided import decision_status, execution_status, occupancy_status
from projections.heading import Heading, heading_of
from projections.matter import in_force, standing
from projections.naming import words_of
from projections.plain import lines_of
from projections.texts import LANES
from projections.words import Told, Words, in_one_line, labelled, occurred, wording


@dataclass(frozen=True, slots=True)
class Section:
    """One thing in a process: a decision, a tenancy, the party. Labels and values in words."""

    title: str
    rows: tuple[tuple[str, Told], ...]


@dataclass(frozen=True, slots=True)
class LaneView:
    """One process as it stood."""

    lane: Lane
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case as it stood, and what stands over it."""

    heading: Heading
    lanes: tuple[LaneView, ...]


def case_view(
    events_by_lane: Mapping[Lane, Sequence[RecordedEvent]],
    clocks: Clocks,
    names: Mapping[UUID, str] | None = None,
) -> CaseView:
    """Return the case as it stood.

    Args:
        events_by_lane: the case's stream in each lane, with the streams of its persons there.
        clocks: at which times to look.
        names: what officers and nämnder are called, by id.
    """
    known = clocks.known_to(chain.from_iterable(events_by_lane.values()))
    counted = [event for event in effective(known) if clocks.happened(event)]
    # Who somebody is does not begin on the day it was entered; what changed, does.
    identity = [
        event
        for event in known
        if clocks.happened(event) or not isinstance(event.fact, PersonDetailsChanged)
    ]
    telling = _Telling(clocks.day, words_of(identity, names or {}), persons_in(identity))
    views = [
        LaneView(lane, tuple(tell(telling, [event for event in counted if event.lane is lane])))
        for lane, tell in _LANES.items()
        if lane in events_by_lane
    ]
    return CaseView(heading_of(events_by_lane, clocks, telling.words), tuple(views))


def to_json(view: CaseView) -> dict[str, Json]:
    """Return the case as JSON."""
    return {
        **view.heading.to_json(),
        "lanes": [
            {
                "lane": lane.lane.value,
                "label": LANES[lane.lane],
                "sections": [
                    {
                        "title": section.title,
                        "rows": [
                            {"label": label, "value": in_one_line(told)}
                            for label, told in section.rows
                        ],
                    }
                    for section in lane.sections
                ],
            }
            for lane in view.lanes
        ],
    }


def to_text(view: CaseView) -> str:
    """Return the case as plain text, no line wider than 100 columns."""
    lines = view.heading.lines(100)
    for lane in view.lanes:
        if lane.lane is Lane.KOPPLING and not lane.sections:
            continue  # which processes it joins stands over the view
        lines += ["", LANES[lane.lane], "─" * 100]
        if not lane.sections:
            lines.append("  Inget som visas här hade hänt eller var känt då.")
        for section in lane.sections:
            lines.append(section.title)
            for label, told in section.rows:
                for line in lines_of(label, told):
                    lines += wrap(line, 100, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells the state of each process on a day."""

    day: date
    words: Words
    persons: Mapping[UUID, Person]

    def tell_bistand(self, events: Sequence[RecordedEvent]) -> Iterator[Section]:
        state = reduce(bistand.evolve, events, bistand.BistandCase())
        yield from self.parties(state, events)
        for title, facts in (
            ("Ansökan", state.applications),
            ("Inledd utredning", state.investigations_opened),
            ("Avslutad utredning", state.investigations_closed),
        ):
            yield from (Section(title, self.rows(fact)) for fact in facts)
        for decision in state.decisions.values():
            yield self.decision(decision)
        for fact in state.unplaced:
            yield Section("Beslut som inte anges", self.rows(fact, self.title(fact)))
        yield from self.each(state.others)
        if state.closing:
            title = "Ärendet är avslutat" if state.closed else "Ärendet avslutades men har fortsatt"
            yield Section(title, self.rows(state.closing))

    def tell_hyra(self, events: Sequence[RecordedEvent]) -> Iterator[Section]:
        state = reduce(hyra.evolve, events, hyra.HyraCase())
        yield from self.parties(state, events)
        for tenancy in state.tenancies.values():
            yield self.tenancy(tenancy)
        yield from (Section("Avtal som inte anges", self.rows(fact)) for fact in state.unplaced)
        yield from self.each(state.others)

    def tell_koppling(self, events: Sequence[RecordedEvent]) -> Iterator[Section]:
        state = reduce(koppling.evolve, events, koppling.KopplingCase())
        yield from (Section("Koppling", self.rows(link)) for link in state.links)
        yield from self.each(
            (*state.letters, *state.disclosures, *state.same_papers, *state.same_persons)
        )

    def tell_tillsyn(self, events: Sequence[RecordedEvent]) -> Iterator[Section]:
        steps = reduce(tillsyn.evolve, events, tillsyn.TillsynCase()).steps
        yield from self.status("Ärendet", standing(steps, self.day))
        yield from self.each(steps)

    def tell_system(self, events: Sequence[RecordedEvent]) -> Iterator[Section]:
        acts = reduce(system.evolve, events, system.SystemState()).acts
        yield from self.status("Sammanträdet", standing(acts, self.day))
        yield from self.status("Version", in_force(acts, self.day))
        yield from self.each(acts)

    def status(self, title: str, words: str | None) -> Iterator[Section]:
        if words is not None:
            yield Section(title, (("Läge", words),))

    def each(self, noted: Iterable[Noted[Any]]) -> Iterator[Section]:
        yield from (Section(self.title(one), self.rows(one)) for one in noted)

    def title(self, noted: Noted[Any]) -> str:
        return wording(noted.fact).title_on(noted.occurred.day)

    def parties(
        self, state: bistand.BistandCase | hyra.HyraCase, events: Sequence[RecordedEvent]
    ) -> Iterator[Section]:
        named = [(state.opened.fact.party, state.opened.fact.person_stream)] if state.opened else []
        named += [(added.fact.co_party, added.fact.person_stream) for added in state.parties]
        left = slots_left(events) or frozenset()
        shown: set[UUID] = set()
        for number, (person, stream) in enumerate(named):
            known = None
            if isinstance(stream, UUID):  # it can be stored otherwise, or destroyed
                head = read_as(self.persons, stream)
                if head in shown:
                    continue
                shown.add(head)
                known = self.persons.get(head)
            rows = labelled(known.registered, self.words) if known else []
            title = "Medpart" if number else "Part"
            if (CO_PARTY if number else PARTY) in left:
                title += ", har lämnat ärendet"
            yield Section(title, tuple(rows or [("Person", self.words.value(person))]))

    def decision(self, decision: bistand.Decision) -> Section:
        rows: list[tuple[str, Told]] = [("Läge", decision_status(decision, self.day))]
        rows += [
            (label, words)
            for label, words in (
                ("Verkställighet", execution_status(decision)),
                occupancy_status(decision),
            )
            if words
        ]
        in_part = decision.granted and isinstance(decision.granted.fact, DecisionPartiallyGranted)
        granted = "Delvis beviljat" if in_part else "Beviljat"
        for heading, made in ((granted, decision.granted), ("Avslaget", decision.rejected)):
            if made:
                rows += self.rows(made, heading, leave_out={"decision_id"})
        for one in decision.about:
            rows += self.rows(one, self.title(one), leave_out={"decision_id"})
        return Section(self.words.value(decision.id).capitalize(), tuple(rows))

    def tenancy(self, tenancy: hyra.Tenancy) -> Section:
        rows: list[tuple[str, Told]] = [("Läge", tenancy_status(tenancy, self.day))]
        if tenancy.signed:
            rows += self.rows(tenancy.signed, "Undertecknat", leave_out={"lease_id"})
        for one in tenancy.about:
            rows += self.rows(one, self.title(one), leave_out={"lease_id"})
        return Section(self.words.value(tenancy.id).capitalize(), tuple(rows))

    def rows(
        self, noted: Noted[Any], heading: str = "Dag", leave_out: Collection[str] = ()
    ) -> tuple[tuple[str, Told], ...]:
        return (
            (heading, occurred(noted.occurred)),
            *labelled(noted.fact, self.words, leave_out),
        )


_LANES: Final[Mapping[Lane, Callable[[_Telling, Sequence[RecordedEvent]], Iterator[Section]]]] = {
    Lane.BISTAND: _Telling.tell_bistand,
    Lane.HYRA: _Telling.tell_hyra,
    Lane.KOPPLING: _Telling.tell_koppling,
    Lane.TILLSYN: _Telling.tell_tillsyn,
    Lane.SYSTEM: _Telling.tell_system,
}


def tenancy_status(tenancy: hyra.Tenancy, day: date) -> str:
    """How a tenancy stands on a day, by what is recorded. Not a legal assessment."""
    if tenancy.terminated:
        return "har upphört"
    ending = _ending(tenancy)
    if ending:
        return ending
    if tenancy.signed is None:
        return "avtalet är inte registrerat"
    extended = tenancy.all(LeaseExtended)
    start: object = tenancy.signed.fact.start
    end: object = extended[-1].fact.end if extended else tenancy.signed.fact.end
    if isinstance(end, date) and end < day:
        return f"avtalets tid gick ut {end}, inget slut är registrerat"
    if isinstance(start, date) and day < start:
        return f"börjar {start}"
    return "löper"


def _ending(tenancy: hyra.Tenancy) -> str | None:
    """By what the tenancy is on its way to end: the last act that nothing has taken back."""
    if tenancy.all(EvictionExecuted):
        return "avhysning är verkställd, inget slut är registrerat"
    if tenancy.all(HeadLeaseTransferred):
        return "hyresgästen har tagit över huvudhyresavtalet, inget slut är registrerat"
    over = [
        one.fact.notice_id
        for one in tenancy.about
        if isinstance(one.fact, NoticeWithdrawn | NoticeLapsed) and one.fact.notice_id
    ]
    words: str | None = None
    for one in tenancy.about:
        match one.fact:
            case TerminationNoticeIssued(notice_id=id_, ends_at=day) if id_ not in over:
                words = f"uppsagt till {day}" if isinstance(day, date) else "uppsagt"
            case ForfeitureNoticeIssued(notice_id=id_) if id_ not in over:
                words = "uppsagt på grund av förverkande"
            case TribunalDecided(outcome=TribunalOutcome.UPPHOR, move_by=day):
                by = f", avflyttning senast {day}" if isinstance(day, date) else ""
                words = f"ska upphöra efter prövning{by}"
            case (
                TribunalDecided(outcome=TribunalOutcome.FORLANGT)
                | CoTenantTookOver(outcome=TakeoverOutcome.OVERTAGET)
            ):
                words = None
            case _:
                pass
    return words
