"""What ties the processes: streams that are one case, and links between their events."""

from uuid import UUID

import pytest

from domain.kernel.codes import ErroneousReason, MissingReference
from domain.kernel.fact import Fact, UnknownFact, read_fact
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.koppling.events import (
    CaseJoined,
    CorrectionApproved,
    EntryMarkedErroneous,
    LinkEnded,
    LinkKind,
    LinkMade,
)
from domain.koppling.state import fold
from ledger.codec import Lane
from tests.kernel.facts import BO, Stream

BISTAND, HYRA, ELSEWHERE = UUID(int=0xB), UUID(int=0xC), UUID(int=0xD)
GRANT = EventRef(Lane.BISTAND, BISTAND, 4)
LEASE = EventRef(Lane.HYRA, HYRA, 2)


def joined(*facts: Fact) -> Stream:
    stream = Stream()
    stream.record(CaseJoined(bistand_stream=BISTAND, hyra_stream=HYRA))
    for fact in facts:
        stream.record(fact)
    return stream


def refused(stream: Stream, fact: Fact) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact)
    return refusal.value.code


def test_processes_join_a_case_one_by_one() -> None:
    stream = Stream()
    stream.record(CaseJoined(bistand_stream=BISTAND))
    stream.record(CaseJoined(hyra_stream=HYRA))
    assert fold(stream.events).streams == {Lane.BISTAND: BISTAND, Lane.HYRA: HYRA}


def test_a_case_has_one_stream_in_a_lane() -> None:
    assert refused(joined(), CaseJoined(hyra_stream=ELSEWHERE)) == "case.already_joined"
    stream = joined()
    stream.record(CaseJoined(hyra_stream=ELSEWHERE), corrects=stream.events[0].ref)


def test_a_joining_joins_something() -> None:
    with pytest.raises(Refused, match="joins_nothing"):
        read_fact(CaseJoined, {})


def test_a_link_names_events_of_the_case() -> None:
    other = EventRef(Lane.HYRA, ELSEWHERE, 2)
    link = LinkMade(kind=LinkKind.VERKSTALLER, from_event=other, to_event=GRANT)
    assert refused(joined(), link) == "link.not_in_case"


def test_a_link_whose_other_end_is_unknown_says_why() -> None:
    link = LinkMade(
        kind=LinkKind.VERKSTALLER,
        from_event=LEASE,
        to_missing=MissingReference.ALDRIG_REGISTRERAD,
    )
    assert len(fold(joined(link).events).links) == 1


def test_a_link_that_never_held_is_marked_so_by_two() -> None:
    stream = joined(LinkMade(kind=LinkKind.FOLJER_AV, from_event=LEASE, to_event=GRANT))
    mark = EntryMarkedErroneous(entry=stream.events[-1].ref, reason=ErroneousReason.HANDE_INTE)
    proposed = stream.record(mark)
    stream.record(CorrectionApproved(approved=proposed.ref), by=BO)
    assert fold(stream.events).links == ()


def test_a_link_ends_once() -> None:
    stream = joined(LinkMade(kind=LinkKind.ABEROPAR, from_event=LEASE, to_event=GRANT))
    link = stream.events[-1].ref
    stream.record(LinkEnded(link=link))
    case = fold(stream.events)
    assert case.links == ()
    assert len(case.ended) == 1
    stream.add(UnknownFact(Lane.KOPPLING, "LetterSent", 1, {}))
    assert refused(stream, LinkEnded(link=link, ground="dom")) == "link.not_here"
