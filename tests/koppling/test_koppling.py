"""What ties the processes: streams that are one case, and links between their events."""

from uuid import UUID

import pytest

from domain.kernel.codes import ErroneousReason, MissingReference, SecrecyGround
from domain.kernel.fact import (
    NAMED,
    Fact,
    UnknownFact,
    fact_from_values,
    read_fact,
    specs_of,
    subjects_of,
    values_of,
)
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.koppling.events import (
    CaseJoined,
    CorrectionApproved,
    DisclosureKind,
    DisclosureMade,
    DisclosureRecipient,
    EntryMarkedErroneous,
    LetterAddressee,
    LetterSent,
    LinkEnded,
    LinkKind,
    LinkMade,
    PersonsIdentified,
    SamePaperNoted,
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
    stream.add(UnknownFact(Lane.KOPPLING, "LetterAnswered", 1, {}))
    assert refused(stream, LinkEnded(link=link, ground="dom")) == "link.not_here"


LETTER = UUID(int=0x1E)


def test_a_letter_names_by_place_the_terms_it_holds_out_as_reasons_to_lose_the_home() -> None:
    letter = LetterSent(
        letter_id=LETTER,
        concerns_lanes=(Lane.BISTAND, Lane.HYRA),
        to=LetterAddressee.PART,
        threat_refs={LEASE: (1, 2, 3, 4, 5, 6), GRANT: None},
    )
    (sent,) = fold(joined(letter).events).letters
    assert fact_from_values(LetterSent, values_of(sent.fact)) == letter
    elsewhere = letter.model_copy(update={"threat_refs": {EventRef(Lane.HYRA, ELSEWHERE, 2): (1,)}})
    assert refused(joined(), elsewhere) == "link.not_in_case"


def test_a_disclosure_is_recorded_with_a_ground_that_does_not_hold_or_with_none() -> None:
    stream = joined(
        DisclosureMade(
            kind=DisclosureKind.TILL_ANNAN_MYNDIGHET,
            recipient=DisclosureRecipient.POLIS,
            ground=SecrecyGround.OSL_10_27,
        ),
        DisclosureMade(recipient=DisclosureRecipient.HYRESVARD, disclosed_refs=(GRANT,)),
    )
    assert [made.fact.ground for made in fold(stream.events).disclosures] == ["10_27", None]
    beyond = DisclosureMade(disclosed_refs=(EventRef(Lane.BISTAND, ELSEWHERE, 1),))
    assert refused(stream, beyond) == "link.not_in_case"


def test_one_paper_filed_in_both_lanes_is_two_documents() -> None:
    paper = SamePaperNoted(bistand_document=UUID(int=0x1), hyra_document=UUID(int=0x2))
    assert [noted.fact for noted in fold(joined(paper).events).same_papers] == [paper]


def test_a_person_of_each_register_can_be_the_same_and_a_mistake_is_marked_by_two() -> None:
    same = PersonsIdentified(bistand_person=UUID(int=0x11), hyra_person=UUID(int=0x12))
    assert subjects_of(same) == {NAMED: UUID(int=0x11)}
    stream = joined(same)
    assert [noted.fact for noted in fold(stream.events).same_persons] == [same]
    mark = EntryMarkedErroneous(entry=stream.events[-1].ref, reason=ErroneousReason.FEL_ARENDE)
    proposed = stream.record(mark)
    stream.record(CorrectionApproved(approved=proposed.ref), by=BO)
    assert fold(stream.events).same_persons == ()


def test_no_id_of_a_person_and_no_recipient_is_clear() -> None:
    clear = {
        spec.name
        for fact in (LetterSent, DisclosureMade, PersonsIdentified)
        for spec in specs_of(fact)
        if not spec.sealed
    }
    assert clear == {"letter_id", "concerns_lanes", "method", "kind", "ground"}
