"""Matters of supervision: each a stream with its steps, in whatever order they were taken."""

from datetime import date
from uuid import UUID

import pytest

from domain.kernel.codes import ErroneousReason, FindingAnswer, Organ
from domain.kernel.fact import Fact, UnknownFact
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.tillsyn.events import (
    CorrectionApproved,
    EntryMarkedErroneous,
    GallringsspärrSet,
    HoldGround,
)
from domain.tillsyn.fact import TillsynFact
from domain.tillsyn.lex_sarah import LexSarahAssessed, LexSarahReported, Misconduct
from domain.tillsyn.matters import (
    ExtensionGranted,
    FeeCaseDecided,
    FeeCaseOpened,
    ImmediateAdjustmentMade,
    IVOMatterOpened,
    IVOReplySent,
    IVORequestReceived,
    JODecisionMade,
    JOMatterOpened,
    JOOutcome,
    NämndTookNote,
    RemissReceived,
    ReplyDecided,
    ReplySent,
)
from domain.tillsyn.requests import DocumentRequested, RefusalAppealed, ReleaseRefused
from domain.tillsyn.reviews import DossierReleased, FindingAssessed, LogReviewDone
from domain.tillsyn.state import fold
from ledger.codec import Lane
from projections.words import Words
from tests.kernel.facts import BO, Stream

CASE = UUID(int=0xCA5E)
LATE_NOTE = EventRef(Lane.BISTAND, UUID(int=0xB), 9)
OPENED = JOMatterOpened(dnr="1234-2021", cases=(CASE,))
REMISS = RemissReceived(due="2021-08-16", questions="Varför skedde besöket?")
HOLD = GallringsspärrSet(target_lane=Lane.BISTAND, legal_ground=HoldGround.TILLSYNSARENDE)


def stream_of(*facts: Fact) -> Stream:
    stream = Stream()
    for fact in facts:
        stream.record(fact)
    return stream


def steps(stream: Stream) -> list[type[TillsynFact]]:
    return [type(step.fact) for step in fold(stream.events).steps]


def refused(stream: Stream, fact: Fact) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact)
    return refusal.value.code


def test_a_matter_at_jo_goes_from_remiss_to_the_note_in_the_namnd() -> None:
    stream = stream_of(OPENED)
    remiss = stream.record(REMISS, on=date(2021, 6, 14)).ref
    stream.record(ReplyDecided(request=remiss, organ=Organ.NAMND), on=date(2021, 8, 12))
    stream.record(ImmediateAdjustmentMade(request=remiss), on=date(2021, 8, 12))
    stream.record(ReplySent(request=remiss), on=date(2021, 8, 16))
    decided = stream.record(
        JODecisionMade(outcome=JOOutcome.ALLVARLIG_KRITIK), on=date(2022, 6, 21)
    )
    stream.record(NämndTookNote(decision_event=decided.ref, measures="Mallen är återkallad."))
    assert steps(stream) == [
        JOMatterOpened,
        RemissReceived,
        ReplyDecided,
        ImmediateAdjustmentMade,
        ReplySent,
        JODecisionMade,
        NämndTookNote,
    ]


def test_a_matter_is_opened_once() -> None:
    again = JOMatterOpened(dnr="5678-2021")
    assert refused(stream_of(OPENED), again) == "stream.already_open"
    assert refused(stream_of(DocumentRequested()), IVOMatterOpened()) == "matter.other_kind"


def test_a_step_may_be_recorded_out_of_order_and_without_what_it_answers() -> None:
    assert steps(stream_of(OPENED, ReplySent(), ExtensionGranted(due="2021-09-01"), REMISS)) == [
        JOMatterOpened,
        ReplySent,
        ExtensionGranted,
        RemissReceived,
    ]


def test_what_a_step_answers_is_in_the_matter() -> None:
    stream = stream_of(OPENED, REMISS)
    elsewhere = EventRef(Lane.TILLSYN, UUID(int=0xE), 2)
    opening, remiss = (event.ref for event in stream.events)
    for request in (elsewhere, opening):
        assert refused(stream, ReplySent(request=request)) == "matter.not_here"
    assert refused(stream, NämndTookNote(decision_event=remiss)) == "matter.not_here"
    assert refused(stream, FeeCaseDecided(fee_case=remiss)) == "matter.not_here"
    stream.record(ReplySent(request=remiss))


def test_the_fee_that_a_court_set_is_reported_to_the_namnd() -> None:
    stream = stream_of(IVOMatterOpened())
    opened = stream.record(FeeCaseOpened(fee_ore=5_000_000))
    decided = stream.record(
        FeeCaseDecided(fee_case=opened.ref, outcome="delvis", fee_ore=1_500_000)
    )
    stream.record(NämndTookNote(decision_event=decided.ref))
    assert Words().sentence(decided.fact) == (
        "Domstolen dömde om särskild avgift: IVO:s ansökan bifölls delvis."
        " Avgift: 15\u00a0000\u00a0kr."
    )


def test_what_was_never_asked_cannot_be_answered() -> None:
    stream = stream_of(OPENED)
    remiss = stream.record(REMISS).ref
    mark = stream.record(EntryMarkedErroneous(entry=remiss, reason=ErroneousReason.HANDE_INTE))
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    assert refused(stream, ReplySent(request=remiss)) == "matter.not_here"


def test_ivo_asks_and_is_answered_in_a_matter_that_jo_handed_over() -> None:
    stream = stream_of(OPENED)
    request = stream.record(IVORequestReceived(due="2021-10-01")).ref
    stream.record(IVOReplySent(request=request))
    assert len(steps(stream)) == 3


@pytest.mark.parametrize(
    ("first", "fact"),
    [
        (HOLD, REMISS),
        (HOLD, FindingAssessed(finding_id=CASE)),
        (DocumentRequested(), REMISS),
        (LexSarahReported(), ReleaseRefused()),
        (OPENED, LexSarahAssessed(misconduct=Misconduct.ALLVARLIGT)),
        (LogReviewDone(), REMISS),
    ],
    ids=lambda fact: fact.TYPE,
)
def test_a_stream_holds_one_kind_of_matter(first: Fact, fact: Fact) -> None:
    assert refused(stream_of(first), fact) == "matter.other_kind"


def test_a_spärr_is_never_set_inside_a_matter() -> None:
    assert refused(stream_of(OPENED), HOLD) == "stream.already_open"


def test_a_review_stands_alone_or_in_the_matter_it_belongs_to() -> None:
    given = DossierReleased(lanes=tuple(Lane)[:2], masked=False)
    assert steps(stream_of(OPENED, given)) == [JOMatterOpened, DossierReleased]
    assert steps(stream_of(given)) == [DossierReleased]
    assert steps(stream_of(LogReviewDone(rows=120), given)) == [LogReviewDone, DossierReleased]


def test_an_abuse_can_be_assessed_though_nobody_reported_it() -> None:
    finding = stream_of(
        FindingAssessed(
            finding_id=CASE,
            rule_id="R46",
            event_refs=(LATE_NOTE,),
            finding_answer=FindingAnswer.STAMMER,
        )
    ).events[0]
    stream = stream_of(LexSarahAssessed(event_refs=(finding.ref, LATE_NOTE)))
    assert steps(stream) == [LexSarahAssessed]


def test_a_refusal_that_is_appealed_is_the_requests_own() -> None:
    stream = stream_of(DocumentRequested(asked_items="Avtalet"))
    refusal = stream.record(ReleaseRefused(written_decision_offered=False)).ref
    assert (
        refused(stream, RefusalAppealed(refusal=EventRef(Lane.TILLSYN, CASE, 2)))
        == "matter.not_here"
    )
    stream.record(RefusalAppealed(refusal=refusal))


def test_a_matter_that_a_newer_program_opened_is_continued() -> None:
    stream = Stream()
    stream.add(UnknownFact(Lane.TILLSYN, "AuditMatterOpened", 1, {}))
    stream.record(REMISS)
    assert steps(stream) == [RemissReceived]
