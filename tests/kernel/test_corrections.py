"""What counts after corrections, as tables: each row a stream, and which of its events count."""

from uuid import UUID

import pytest

from domain.bistand.events import CaseClosed, CaseOpened, CorrectionApproved, EntryMarkedErroneous
from domain.kernel.codes import ErroneousReason
from domain.kernel.corrections import Standing, effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import GONE
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.tillsyn.events import GallringsspärrSet
from ledger.codec import Lane
from tests.kernel.facts import ALMA, BO, CARIN, DAY, Stream

PERSON, OTHER = UUID(int=0x11), UUID(int=0x12)
OFFICERS = {"alma": ALMA, "bo": BO, "carin": CARIN}


def opened() -> Stream:
    stream = Stream()
    stream.add(CaseOpened(party=PERSON, person_stream=UUID(int=2)))
    return stream


def at(version: int) -> EventRef:
    return EventRef(Lane.BISTAND, Stream().id, version)


def written(*lines: str) -> Stream:
    """A stream told in words: `closed`, `corrects 2`, `approves 3 by bo`, `marks 2 by alma`."""
    stream = opened()
    for number, line in enumerate(lines):
        what, _, officer = line.partition(" by ")
        verb, _, version = what.partition(" ")
        by = OFFICERS[officer or "alma"]
        note = f"{number}"  # the same thing said twice would be refused
        match verb:
            case "closed":
                stream.record(CaseClosed(), by=by, note=note)
            case "corrects":
                stream.record(CaseClosed(), by=by, note=note, corrects=at(int(version)))
            case "approves":
                stream.record(CorrectionApproved(approved=at(int(version))), by=by, note=note)
            case _:
                assert verb == "marks"
                mark = EntryMarkedErroneous(entry=at(int(version)), reason="hande_inte")
                stream.record(mark, by=by, note=note)
    return stream


@pytest.mark.parametrize(
    ("lines", "counting"),
    [
        # an event is at version 2 when it is the first line
        (["closed"], {2}),
        (["closed", "corrects 2"], {2}),
        (["closed", "corrects 2", "approves 3 by bo"], {3}),
        # two corrections: the one approved last counts
        (["closed", "corrects 2", "corrects 2", "approves 3 by bo"], {3}),
        (["closed", "corrects 2", "corrects 2", "approves 4 by bo", "approves 3 by bo"], {3}),
        # a correction of a correction
        (["closed", "corrects 2", "approves 3 by bo", "corrects 3", "approves 5 by bo"], {5}),
        # what never happened
        (["closed", "marks 2"], {2}),
        (["closed", "marks 2", "approves 3 by bo"], set()),
        (["closed", "corrects 2", "approves 3 by bo", "marks 3", "approves 5 by bo"], set()),
        (["closed", "corrects 2", "approves 3 by bo", "marks 2", "approves 5 by bo"], set()),
        # a correction nobody approved is withdrawn; what it would have corrected stands
        (["closed", "corrects 2", "marks 3", "approves 4 by bo"], {2}),
        # a mark that was itself a mistake
        (["closed", "marks 2", "approves 3 by bo", "marks 3", "approves 5 by bo"], {2}),
        # an approval that was itself a mistake
        (["closed", "corrects 2", "approves 3 by bo", "marks 4", "approves 5 by bo"], {2}),
    ],
)
def test_what_counts(lines: list[str], counting: set[int]) -> None:
    stream = written(*lines)
    closed = [event for event in effective(stream.events) if isinstance(event.fact, CaseClosed)]
    assert {event.version for event in closed} == counting


def test_nothing_is_hidden_and_each_entry_says_what_became_of_it() -> None:
    stream = written("closed", "corrects 2", "approves 3 by bo", "corrects 3")
    _, original, correction, _, waiting = stream.events
    standing = Standing(stream.events)
    assert standing.replaced_by(original) == correction.ref
    assert standing.counts(correction)
    assert standing.waits(waiting)
    assert standing.replaced_by(waiting) is None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["closed", "corrects 2", "approves 3 by alma"], "correction.same_person"),
        (["closed", "marks 2", "approves 3 by alma"], "correction.same_person"),
        (["closed", "approves 2 by bo"], "correction.nothing_to_approve"),
        (["closed", "approves 9 by bo"], "reference.not_here"),
        (["closed", "marks 9"], "reference.not_here"),
        (["closed", "corrects 9"], "reference.not_here"),
        (["closed", "corrects 1"], "correction.other_type"),
        (
            ["closed", "corrects 2", "approves 3 by bo", "approves 3 by carin"],
            "correction.already_approved",
        ),
        (
            ["closed", "marks 2", "approves 3 by bo", "approves 3 by carin"],
            "correction.already_approved",
        ),
        (
            [
                "closed",
                "corrects 2",
                "corrects 2",
                "approves 3 by bo",
                "marks 3",
                "approves 6 by carin",
                "approves 3 by bo",
            ],
            "correction.not_waiting",
        ),
        (
            ["closed", "corrects 2", "marks 3", "approves 4 by bo", "approves 3 by bo"],
            "correction.not_waiting",
        ),
    ],
)
def test_a_correction_that_cannot_be_one_is_refused(lines: list[str], code: str) -> None:
    written(*lines[:-1])
    with pytest.raises(Refused) as refusal:
        written(*lines)
    assert refusal.value.code == code


@pytest.mark.parametrize("proposal", ["corrects 2", "marks 2"])
def test_the_same_approval_again_is_told_that_nothing_more_is_to_be_done(proposal: str) -> None:
    stream = written("closed", proposal)
    stream.record(CorrectionApproved(approved=at(3)), by=BO)
    with pytest.raises(Refused) as refusal:
        stream.record(CorrectionApproved(approved=at(3)), by=BO)
    assert refusal.value.code == "correction.already_approved"
    assert "redan godkänd" in refusal.value.message
    assert "anteckningen" not in refusal.value.remedy


def test_nobody_approves_their_own_act_through_a_colleague_who_types_it_in() -> None:
    stream = opened()
    stream.record(CaseClosed(), by=ALMA)
    stream.record(CaseClosed(last_note=DAY), by=BO, acted_by=ALMA, corrects=at(2))
    with pytest.raises(Refused, match=r"correction\.same_person"):
        stream.record(CorrectionApproved(approved=at(3)), by=CARIN, acted_by=ALMA)
    stream.record(CorrectionApproved(approved=at(3)), by=CARIN)


def test_an_approval_by_the_same_person_that_was_stored_all_the_same_does_not_count() -> None:
    stream = written("closed", "corrects 2")
    stream.add(CorrectionApproved(approved=at(3)), by=ALMA)
    assert [event.version for event in effective(stream.events)] == [1, 2, 4]


def test_a_correction_cannot_change_whose_case_it_is() -> None:
    stream = opened()
    with pytest.raises(Refused, match=r"correction\.other_person"):
        stream.record(CaseOpened(party=OTHER, person_stream=UUID(int=3)), corrects=at(1))
    corrected = stream.record(CaseOpened(party=PERSON, person_stream=UUID(int=3)), corrects=at(1))
    assert corrected.subjects == {}


def test_what_has_had_an_effect_is_not_taken_back() -> None:
    stream = Stream()
    spärr = GallringsspärrSet(target_lane=Lane.BISTAND, legal_ground="tillsynsarende")
    first = stream.record(spärr)
    with pytest.raises(Refused, match=r"correction\.has_effect"):
        stream.record(spärr, corrects=first.ref)


def test_references_to_what_comes_later_or_lies_elsewhere_change_nothing() -> None:
    stream = written("closed")
    elsewhere = Stream(id=UUID(int=0x6))
    elsewhere.add(CaseClosed(), corrects=at(2))
    elsewhere.add(CorrectionApproved(approved=elsewhere.events[0].ref), by=BO)
    elsewhere.add(CorrectionApproved(approved=at(2)), by=BO)
    mark = elsewhere.add(EntryMarkedErroneous(entry=at(2), reason="hande_inte"))
    elsewhere.add(CorrectionApproved(approved=mark.ref), by=BO)
    elsewhere.add(CaseClosed(), corrects=EventRef(Lane.BISTAND, elsewhere.id, 9))
    events: list[RecordedEvent] = [*stream.events, *elsewhere.events]
    assert at(2) in {event.ref for event in effective(events)}


@pytest.mark.parametrize("through", ["the entry", "a correction of it"])
def test_what_was_recorded_here_is_not_changed_by_one_who_carries_over_two_names(
    through: str,
) -> None:
    there = {"source": "paraplyet", "claimed_recorded": DAY, "by": ALMA}
    stream = opened()
    closed = stream.record(CaseClosed(), by=CARIN)
    corrected = closed
    if through == "a correction of it":
        corrected = stream.record(CaseClosed(), corrects=closed.ref, acted_by=BO, **there)
    forged = stream.record(CaseClosed(last_note=DAY), corrects=corrected.ref, acted_by=BO, **there)
    with pytest.raises(Refused, match=r"correction\.same_person"):
        stream.record(CorrectionApproved(approved=forged.ref), acted_by=CARIN, **there)
    stream.add(CorrectionApproved(approved=forged.ref), acted_by=CARIN, **there)
    assert closed in effective(stream.events)
    assert forged not in effective(stream.events)


def test_who_carried_over_a_proposal_and_its_approval_is_behind_neither() -> None:
    there = {"source": "paraplyet", "claimed_recorded": DAY}
    stream = Stream()
    stream.record(CaseOpened(party=UUID(int=1), person_stream=UUID(int=2)))
    entry = stream.record(CaseClosed(), **there)
    mark = EntryMarkedErroneous(entry=entry.ref, reason=ErroneousReason.HANDE_INTE)
    proposal = stream.record(mark, acted_by=BO, **there)
    approval = CorrectionApproved(approved=proposal.ref)
    with pytest.raises(Refused):  # the same person of the other system
        stream.record(approval, acted_by=BO, **there)
    with pytest.raises(Refused):  # here and now, by who carried it over
        stream.record(approval)
    stream.record(approval, acted_by=CARIN, **there)


def test_who_carried_over_is_behind_what_nobody_is_said_to_have_done() -> None:
    there = {"source": "paraplyet", "claimed_recorded": DAY}
    stream = Stream()
    stream.record(CaseOpened(party=UUID(int=1), person_stream=UUID(int=2)))
    entry = stream.record(CaseClosed(), **there)
    mark = EntryMarkedErroneous(entry=entry.ref, reason=ErroneousReason.HANDE_INTE)
    approval = CorrectionApproved(approved=stream.record(mark, by=ALMA, **there).ref)
    for officer in (None, ALMA):
        with pytest.raises(Refused):
            stream.record(approval, by=ALMA, acted_by=officer, **there)
    stream.record(approval, by=ALMA, acted_by=CARIN, **there)  # as it is exported and carried on


@pytest.mark.parametrize("gone", ["actor", "acted_by"])
def test_who_signed_in_another_system_was_compared_when_signing(gone: str) -> None:
    stream = Stream()
    stream.add(CaseOpened(party=UUID(int=1), person_stream=UUID(int=2)))
    entry = stream.add(CaseClosed(), source="paraplyet")
    unread = {"by" if gone == "actor" else gone: GONE, "source": "paraplyet"}
    mark = EntryMarkedErroneous(entry=entry.ref, reason=ErroneousReason.HANDE_INTE)
    proposal = stream.add(mark, **unread)
    stream.add(CorrectionApproved(approved=proposal.ref), **unread)
    assert [event.version for event in effective(stream.events)] == [1, 3, 4]
