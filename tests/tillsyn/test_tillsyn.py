"""Gallringsspärr and gallring: each a stream, each with an effect that says what the fact says."""

from uuid import UUID

import pytest

from domain.kernel.codes import ErroneousReason, HolderGround
from domain.kernel.fact import GONE, Fact, UnknownFact
from domain.kernel.refused import Refused
from domain.tillsyn.decisions import destroy, destroyed, hold, lift, withdraw
from domain.tillsyn.events import (
    CorrectionApproved,
    EntryMarkedErroneous,
    GallringDecided,
    GallringExecuted,
    GallringGround,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
    HolderChanged,
    HoldGround,
    LiftReason,
    WithdrawalReason,
)
from domain.tillsyn.state import fold
from ledger.codec import Effect, EffectKind, Lane
from tests.kernel.facts import ALMA, BO, CARIN, DAY, Stream

CASE, PERSON = UUID(int=0xB), UUID(int=0x11)
OTHER_NAMND = UUID(int=0xF1)
HOLD = GallringsspärrSet(target_lane=Lane.BISTAND, legal_ground=HoldGround.TILLSYNSARENDE)
LIFTED = GallringsspärrLifted(reason=LiftReason.GRUNDEN_UPPHORD)
DECIDED = GallringDecided(target_lane=Lane.HYRA, level=1, legal_ground=GallringGround.SOL_16_1)


def refused(stream: Stream, fact: Fact, **told: object) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact, **told)
    return refusal.value.code


def done(stream: Stream, **otherwise: object) -> GallringExecuted:
    values = {
        "decision": stream.events[0].ref,
        "target_lane": Lane.HYRA,
        "level": 1,
        "indexes": (3, 4),
        "count": 2,
    }
    return GallringExecuted(**(values | otherwise))


def withdrawn(stream: Stream, reason: WithdrawalReason) -> GallringWithdrawn:
    return GallringWithdrawn(decision=stream.events[0].ref, reason=reason)


def test_a_hold_is_set_once_and_lifted_once() -> None:
    stream = Stream()
    stream.record(HOLD)
    assert (
        refused(stream, HOLD.model_copy(update={"target_lane": Lane.HYRA})) == "stream.already_open"
    )
    stream.record(LIFTED)
    assert fold(stream.events).lifted
    assert (
        refused(stream, LIFTED.model_copy(update={"reason": LiftReason.TIDEN_UTE}))
        == "hold.not_set"
    )


def test_a_mistaken_lift_cannot_be_marked_away() -> None:
    stream = Stream()
    stream.record(HOLD)
    lifted = stream.record(LIFTED)
    mark = EntryMarkedErroneous(entry=lifted.ref, reason=ErroneousReason.HANDE_INTE)
    assert refused(stream, mark) == "correction.has_effect"


def test_a_correction_of_nothing_is_refused_in_this_lane_too() -> None:
    stream = Stream()
    stream.record(HOLD)
    changed = HolderChanged(to_namnd=OTHER_NAMND, ground=HolderGround.SUCCESSION)
    stream.record(changed)
    assert refused(stream, CorrectionApproved(approved=stream.events[0].ref)) == (
        "correction.nothing_to_approve"
    )


def test_a_gallring_is_not_a_hold() -> None:
    stream = Stream()
    stream.record(DECIDED)
    assert refused(stream, LIFTED) == "hold.not_set"


def test_a_gallring_is_decided_then_executed_once_as_decided() -> None:
    stream = Stream()
    stream.record(DECIDED)
    assert refused(stream, done(stream, level=2)) == "gallring.not_decided"
    assert refused(stream, done(stream, target_lane=Lane.BISTAND)) == "gallring.not_decided"
    stream.record(done(stream), by=BO)
    assert refused(stream, done(stream, count=3)) == "gallring.not_decided"
    stream.add(UnknownFact(Lane.TILLSYN, "JOMatterOpened", 1, {}))
    assert fold(stream.events).executed


def test_a_gallring_is_withdrawn_once_and_then_not_executed() -> None:
    stream = Stream()
    stream.record(DECIDED)
    stream.record(withdrawn(stream, WithdrawalReason.SKA_BEVARAS))
    assert refused(stream, done(stream), by=BO) == "gallring.not_decided"
    again = withdrawn(stream, WithdrawalReason.FEL_AKT)
    assert refused(stream, again) == "gallring.not_decided"
    assert fold(stream.events).open is None


def test_an_executed_gallring_is_not_withdrawn_nor_one_that_another_stream_decides() -> None:
    stream, other = Stream(), Stream(id=UUID(int=0x6))
    stream.record(DECIDED)
    other.record(DECIDED)
    elsewhere = withdrawn(other, WithdrawalReason.FEL_AKT)
    assert refused(stream, elsewhere) == "gallring.not_decided"
    stream.record(done(stream), by=BO)
    late = withdrawn(stream, WithdrawalReason.FEL_AKT)
    assert refused(stream, late) == "gallring.not_decided"


def test_a_withdrawal_cannot_be_marked_away() -> None:
    stream = Stream()
    stream.record(DECIDED)
    taken_back = stream.record(withdrawn(stream, WithdrawalReason.SKA_BEVARAS))
    mark = EntryMarkedErroneous(entry=taken_back.ref, reason=ErroneousReason.HANDE_INTE)
    assert refused(stream, mark) == "correction.has_effect"


@pytest.mark.parametrize(
    ("decider", "executor"),
    [
        ({"by": ALMA}, {"by": ALMA}),
        ({"by": BO, "acted_by": ALMA}, {"by": ALMA}),
        ({"by": ALMA}, {"by": BO, "acted_by": ALMA}),
        ({"by": ALMA, "acted_by": BO}, {"by": ALMA, "acted_by": CARIN}),
    ],
)
def test_no_officer_is_behind_both_the_decision_and_the_execution(
    decider: dict[str, UUID], executor: dict[str, UUID]
) -> None:
    stream = Stream()
    stream.record(DECIDED, **decider)
    assert refused(stream, done(stream), **executor) == "gallring.same_person"


@pytest.mark.parametrize("said", [{"by": GONE}, {"by": ALMA, "acted_by": GONE}, {"by": None}])
def test_a_gallring_is_not_executed_where_its_decider_cannot_be_read(
    said: dict[str, object],
) -> None:
    stream = Stream()
    stream.add(DECIDED, **said)
    assert refused(stream, done(stream), by=BO) == "gallring.decider_unknown"


def test_a_hold_is_no_decision_to_destroy() -> None:
    stream = Stream()
    stream.record(HOLD)
    assert refused(stream, done(stream)) == "gallring.not_decided"


def test_an_effect_says_what_its_fact_says() -> None:
    own = UUID(int=0x5)
    assert hold(HOLD, own, CASE) == Effect(EffectKind.HOLD, own, Lane.BISTAND, CASE)
    assert lift(own) == Effect(EffectKind.LIFT, own)
    assert destroyed(own) == Effect(EffectKind.DESTROY_DONE, own)
    assert withdraw(own) == Effect(EffectKind.DESTROY_WITHDRAWN, own)
    assert destroy(DECIDED, own, CASE, PERSON) == Effect(
        EffectKind.DESTROY_DECIDED, own, Lane.HYRA, CASE, PERSON
    )


@pytest.mark.parametrize(("level", "subject"), [(1, None), (2, PERSON)])
def test_level_1_is_one_person_and_level_2_is_all(level: int, subject: UUID | None) -> None:
    fact = DECIDED.model_copy(update={"level": level})
    with pytest.raises(Refused, match=r"gallring\.level"):
        destroy(fact, UUID(int=0x5), CASE, subject)


def test_the_stream_concerned_is_named_in_no_fact() -> None:
    fields = {name for fact in (HOLD, DECIDED) for name in type(fact).model_fields}
    assert not {name for name in fields if "stream" in name or "case" in name or "person" in name}


@pytest.mark.parametrize("fact", [DECIDED, HOLD], ids=lambda fact: fact.TYPE)
def test_nobody_says_that_another_system_decided_on_gallring_or_set_a_spärr(fact: Fact) -> None:
    """What acts here is decided here, by whom its signature names."""
    said = {"source": "paraplyet", "claimed_recorded": DAY, "acted_by": CARIN}
    assert refused(Stream(), fact, **said) == "import.has_effect"
