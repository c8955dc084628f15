from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.bistand.events import FACTS, BiståndEnded, CaseOpened, DecisionGranted, HolderChanged
from domain.kernel.actor import Role
from domain.kernel.event import Common, Event, RecordedEvent, known
from domain.kernel.fact import GONE, UnknownFact, codec_of
from domain.kernel.occurred import Occurred
from domain.kernel.process import command_in_lane
from domain.kernel.registry import FactRegistry
from ledger.codec import Effect, EffectKind, Entry, Json, Lane
from ledger.envelope import Envelope
from tests.kernel.facts import ALMA, BO, NAMND, NOW, Stream

REGISTRY = FactRegistry(FACTS)
PERSON, STREAM = UUID(int=0x11), UUID(int=0x5)
GRANTED = DecisionGranted(decision_id=UUID(int=1), insats="forsok", reasons_facts="Skäl.")


def entry(type_: str, values: dict[int, Json], missing: frozenset[int] = frozenset()) -> Entry:
    envelope = Envelope(
        ledger=UUID(int=0xE),
        lane=Lane.BISTAND,
        epoch=0,
        index=7,
        namnd=NAMND,
        stream=STREAM,
        version=1,
        type=type_,
        schema=1,
        occurred="day 2011-09-27",
        recorded=NOW,
        previous=None,
        root=bytes(32),
        sealed=bytes(32),
    )
    return Entry(envelope.to_text(), bytes(32), values, missing)


def told(fact: DecisionGranted | CaseOpened | HolderChanged, **more: object) -> Event:
    common = Common(actor=ALMA, role=Role.BISTANDSHANDLAGGARE, acted_by=BO)
    return Event(
        stream=STREAM,
        version=1,
        fact=fact,
        occurred=Occurred.on(date(2011, 9, 27)),
        common=common,
        **more,  # type: ignore[arg-type]
    )


def test_an_event_reads_back_as_it_was_told() -> None:
    event = told(GRANTED)
    draft = event.to_draft(codec_of(DecisionGranted))
    read = RecordedEvent.from_entry(entry(draft.codec.type, dict(draft.values)), REGISTRY)
    assert (read.fact, read.common, read.occurred) == (event.fact, event.common, event.occurred)
    assert (read.originator_id, read.originator_version) == (draft.stream, draft.version)
    assert (read.index, read.namnd, read.recorded) == (7, NAMND, NOW)
    assert str(read.ref) == f"bistand/{STREAM}/1"


def test_the_first_event_names_the_person_of_its_slot() -> None:
    opened = CaseOpened(party=PERSON, person_stream=UUID(int=2))
    assert told(opened).to_draft(codec_of(CaseOpened)).subjects == {1: PERSON}
    assert told(GRANTED).subjects == {}


def test_an_event_with_an_effect_cannot_be_told_without_it() -> None:
    changed = HolderChanged(to_namnd=NAMND, ground="succession")
    effect = Effect(EffectKind.HOLDER_TO, NAMND)
    assert told(changed, effect=effect).to_draft(codec_of(HolderChanged)).effect == effect
    with pytest.raises(AssertionError):
        told(changed).to_draft(codec_of(HolderChanged))
    with pytest.raises(AssertionError):
        told(GRANTED, effect=effect).to_draft(codec_of(DecisionGranted))


def test_an_event_is_not_kept_as_another_type() -> None:
    with pytest.raises(AssertionError):
        told(GRANTED).to_draft(codec_of(BiståndEnded))


def test_a_type_of_a_newer_program_is_shown_as_unknown() -> None:
    read = RecordedEvent.from_entry(
        entry("FollowUpForgotten", {1: str(ALMA), 32: "2013-05-15"}), REGISTRY
    )
    assert read.fact == UnknownFact(Lane.BISTAND, "FollowUpForgotten", 1, {32: "2013-05-15"})
    assert read.common.actor == ALMA
    assert read.subjects == {}


def test_officers_whose_names_are_destroyed_sign_nothing() -> None:
    read = RecordedEvent.from_entry(
        entry("DecisionGranted", {32: str(PERSON)}, frozenset({1, 2, 3, 4})), REGISTRY
    )
    actor: object = read.common.actor
    assert actor is GONE
    assert read.signers == frozenset()


@pytest.mark.parametrize(
    ("claimed", "source_word", "expected"),
    [
        (None, True, NOW),
        (date(2011, 9, 27), False, NOW),
        (date(2011, 9, 27), True, datetime(2011, 9, 27, 21, 59, 59, 999_999, tzinfo=UTC)),
        (datetime(2011, 9, 27, 8, tzinfo=UTC), True, datetime(2011, 9, 27, 8, tzinfo=UTC)),
        ("för länge sedan", True, NOW),
    ],
)
def test_known_is_the_ledgers_clock_or_the_source_systems_word(
    claimed: object, *, source_word: bool, expected: datetime
) -> None:
    event = Stream().next(GRANTED, recorded=NOW, claimed_recorded=claimed)
    assert known(event, source_word=source_word) == expected


def test_one_command_sent_to_both_processes_joins_nothing() -> None:
    command = UUID(int=7)
    ids = {command_in_lane(lane, command) for lane in Lane}
    assert len(ids) == len(Lane)
    assert command not in ids
    assert {id_.version for id_ in ids} == {8}
