"""Ten thousand random histories (five hundred in CI) in a ledger, and carried over to another.

At full scale they lie in four ledgers, one test each, so that a part can be run by itself.

They are recorded as they say, by import and by command; read back alike; exported, carried over to
an empty ledger and exported again, line for line the same. Then some change hands, go on with late
facts and corrections, and come home. What else a file does not carry - spärr, gallring, that a
nämnd succeeds another - comes after. Both ledgers are whole at the end.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random  # noqa: TID251 - from a seed
from typing import Final
from uuid import UUID

import pytest
from pydantic.alias_generators import to_camel

from api.acting import Acting
from api.clock import utc_now
from api.exporting import OURSELVES, import_lines
from api.importing import Importer, ImportRefused, Plan
from api.reading import CaseRead, StreamRead
from domain.bistand import events as bistand
from domain.hyra import events as hyra
from domain.kernel.actor import Actor, Role
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact
from domain.kernel.process import Saying
from domain.kernel.shapes import PersonRegistered
from domain.kernel.values import EventRef
from domain.system.events import NämndSucceeded, OfficerRegistered
from domain.tillsyn.events import GallringsspärrSet
from ledger.codec import Lane
from ledger.fsck import fsck
from ledger.reading import ReadContext
from tests.histories.making import (
    CARRIED,
    CARRIER,
    OFFICERS,
    RECORDABLE,
    History,
    continued,
    recorded,
)
from tests.histories.test_views import tell
from tests.whole import ALMA, NAMND, OTHER_NAMND, Whole, by, decide, saying

KEPT: Final = (*CARRIED, *(fact for fact in RECORDABLE if fact.lane is Lane.SYSTEM))
EVENTS: Final = {Lane.BISTAND: bistand, Lane.HYRA: hyra}
AT_ONCE: Final = 100
"""So many histories are in one file."""
TURNS: Final = ("persons registered", "what else is said of persons", "the rest")
"""In which order commands are given."""
MOVED_AT_ONCE: Final = 2
"""So many of their streams change hands and go on."""
SAID: Final = (
    "acted_by", "delegation", "claimed_recorded", "source", "corrects", "correction_reason", "note",
)  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The seeds of each ledger's histories, by hundreds."""
    if "hundreds" in metafunc.fixturenames:
        full = metafunc.config.getoption("full")
        parts = [range(at, at + 25) for at in range(0, 100, 25)] if full else [range(5)]
        metafunc.parametrize("hundreds", parts, ids=str)


@pytest.mark.one_server
def test_random_histories_are_kept_and_carried_over_as_they_are(
    whole: Whole, second_whole: Whole, hundreds: range
) -> None:
    for one in (whole, second_whole):
        one.register_namnder()
        for officer in (*OFFICERS, CARRIER):
            registered = saying(OfficerRegistered(name="Prov Provlund"), officer, 1)
            one.processes.system.record([registered], by())
    ends: dict[UUID, EventRef] = {}
    second_ends: dict[UUID, EventRef] = {}
    seen: set[type] = set()
    for hundred in hundreds:
        first = hundred * AT_ONCE
        histories = [recorded(seed, KEPT) for seed in range(first, first + AT_ONCE)]
        record(whole, histories)
        told = read_back(whole, histories)
        once = exported(told)
        carry(second_whole, histories, once)
        again = exported(read_back(second_whole, histories, carried=True))
        require_same(histories, once, again)
        if hundred == hundreds[0]:  # once more, and nothing is added
            for one, file in ((whole, carried_in(histories)), (second_whole, once)):
                plan = carry(one, histories, file)
                assert (plan.recorded, plan.batches) == (len(file), ())
        seen |= {type(event.fact) for history in histories for event in history.events}
        last = {e.stream: e.ref for h in histories for e in h.events if e.lane in EVENTS}
        second_ends |= last
        for stream in Random(first).sample([*last], MOVED_AT_ONCE):  # noqa: S311 - the same ones
            last[stream] = move_and_go_on(whole, last[stream], first)
        ends |= last
    assert {fact.__name__ for fact in KEPT if fact not in seen} == set()
    for one, at in ((whole, ends), (second_whole, second_ends)):
        some = Random(1).sample([*at.values()], 60)  # noqa: S311 - the same ones
        move_hold_and_destroy(one, some)
        assert not fsck(one.ledger).faults


@contextmanager
def replayable(history: History) -> Iterator[None]:
    """Say how the history that failed is made again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"history: tests.histories.making.recorded({history.seed}, KEPT)")
        raise


# ---------------------------------------------------------------- into a ledger


def record(whole: Whole, histories: Sequence[History]) -> None:
    """Record what came from another system by import, and the rest by command."""
    carry(whole, histories, carried_in(histories))
    for lane in Lane:
        for turn in TURNS:  # whoever is named is registered before
            record_by_command(whole, lane, histories, turn)


def carried_in(histories: Sequence[History]) -> list[bytes]:
    """The file of another system: lane by lane, so that it takes few appends."""
    events = [
        event
        for history in histories
        for event in history.events
        if event.common.source and event.lane is not Lane.SYSTEM
    ]
    return [line_of(event) for event in sorted(events, key=lambda event: event.lane)]


def carry(whole: Whole, histories: Sequence[History], file: Sequence[bytes]) -> Plan:
    """Import a file. Returns what was to be done."""
    acting = Acting(Actor(CARRIER, "Prov Provlund", frozenset(Role)), NAMND, "Provnämnden")
    importer = Importer(whole.processes, acting)
    try:
        plan = importer.check(file, utc_now(), lambda *_: None)
    except ImportRefused as refused:
        seeds = {str(event.stream): one.seed for one in histories for event in one.events}
        for fault in refused.faults:
            line = json.loads(file[fault.line - 1])
            refused.add_note(f"recorded({seeds[line['stream']]}, KEPT): {line['type']}, {fault}")
        raise
    importer.record(plan, utc_now, lambda *_: None)
    return plan


def line_of(event: RecordedEvent) -> bytes:
    """An event as a line of another system's file."""
    assert isinstance(event.fact, Fact)
    fact, common = (
        kept.model_dump(mode="json", by_alias=True, exclude_none=True)
        for kept in (event.fact, event.common)
    )
    line = {
        "lane": event.lane,
        "stream": str(event.stream),
        "type": event.fact.TYPE,
        "occurred": str(event.occurred),
        "fact": fact,
        **{name: common[name] for name in map(to_camel, SAID) if name in common},
    }
    return json.dumps(line).encode()


def turn_of(event: RecordedEvent, first: RecordedEvent) -> str:
    """When an event of a stream that begins so is recorded."""
    registered, of_persons, beside = TURNS
    if not isinstance(first.fact, PersonRegistered):
        return beside
    return registered if event is first else of_persons


def record_by_command(whole: Whole, lane: Lane, histories: Sequence[History], turn: str) -> None:
    """Record what officers have said in a lane when it has its turn, each in their own name, in as
    few appends as may be."""
    streams: dict[UUID, list[tuple[RecordedEvent, Saying]]] = {}
    for history in histories:
        for event, said in zip(history.events, history.sayings, strict=True):
            if event.lane is lane:
                streams.setdefault(event.stream, []).append((event, said))
    queues = [
        deque(
            (event, said)
            for event, said in stream
            if (not event.common.source or lane is Lane.SYSTEM)
            and turn_of(event, stream[0][0]) == turn
        )
        for stream in streams.values()
    ]
    while any(queues):
        for officer in (*OFFICERS, CARRIER):
            part: list[Saying] = []
            for queue in queues:
                while queue and queue[0][0].common.actor == officer and len(part) < AT_ONCE:
                    part.append(queue.popleft()[1])
            if part:
                first = {one.stream: one.version for one in reversed(part)}
                seen = {
                    of: [event for event, _ in streams[of][: at - 1]] for of, at in first.items()
                }
                whole.processes[lane].record(part, by(officer), seen)


# ---------------------------------------------------------------- and out again


def read_back(
    whole: Whole, histories: Sequence[History], *, carried: bool = False
) -> dict[Lane, list[RecordedEvent]]:
    """What the ledger keeps of the histories, which is what was said.

    Args:
        whole: the ledger.
        histories: what was recorded in it.
        carried: by import alone: then what was said by command has a source as well.
    """
    told = [event for history in histories for event in history.events]
    if carried:
        told = [event for event in told if event.lane is not Lane.SYSTEM]
    found: dict[Lane, list[RecordedEvent]] = {}
    for lane in {event.lane for event in told}:
        process = whole.processes[lane]
        with process.reading(ReadContext(ALMA, NAMND, "test", "test.view")):
            for stream in dict.fromkeys(event.stream for event in told if event.lane is lane):
                found.setdefault(lane, []).extend(process.history(stream))
    kept = {event.ref: event for events in found.values() for event in events}
    assert kept.keys() == {event.ref for event in told}
    for history in histories:
        with replayable(history):
            for event in history.events:
                if event.ref in kept:
                    require_as_said(kept[event.ref], event, carried=carried)
    return found


def require_as_said(stored: RecordedEvent, event: RecordedEvent, *, carried: bool) -> None:
    """Require that what is kept is what was said; who entered it here is behind it elsewhere."""
    assert not stored.missing
    assert (stored.fact, stored.occurred) == (event.fact, event.occurred)
    names = set(SAID)
    if carried and not event.common.source:
        names -= {"acted_by", "claimed_recorded", "source"}
        assert stored.common.source == OURSELVES
        assert stored.common.acted_by == (event.common.acted_by or event.common.actor)
    if not carried:
        assert stored.common.actor == event.common.actor
    for name in names:
        assert getattr(stored.common, name) == getattr(event.common, name), name


def exported(found: dict[Lane, list[RecordedEvent]]) -> list[bytes]:
    """What was read as lines for import; what the organisation has is not a case's."""
    read: dict[Lane, StreamRead] = {
        lane: StreamRead(lane=lane, stream=NAMND, events=tuple(events), entries=(), size=None)
        for lane, events in found.items()
        if lane is not Lane.SYSTEM
    }
    return [line.encode() for line in import_lines(CaseRead(case=NAMND, streams=read, hidden={}))]


def require_same(
    histories: Sequence[History], once: Sequence[bytes], again: Sequence[bytes]
) -> None:
    seeds = {str(event.stream): history.seed for history in histories for event in history.events}
    first, second = (
        {f"{line['stream']}/{line['version']}": line for line in map(json.loads, lines)}
        for lines in (once, again)
    )
    assert first.keys() == second.keys()
    for key, line in first.items():
        assert second[key] == line, f"recorded({seeds[line['stream']]}, KEPT)"


# ---------------------------------------------------------------- what a file does not carry


def move_and_go_on(whole: Whole, last: EventRef, seed: int) -> EventRef:
    """Let a stream go to the other nämnd and back, with more recorded in it after each move.

    Whoever holds it reads all of it as it was said; who has given it away reads nothing.

    Args:
        whole: the ledger.
        last: the stream's last event.
        seed: what is recorded.

    Returns:
        What is its last event then.
    """
    lane, stream, process = last.lane, last.stream, whole.processes[last.lane]
    told = read(whole, lane, stream, NAMND)
    for gives, takes, ground in (
        (NAMND, OTHER_NAMND, "succession"),
        (OTHER_NAMND, NAMND, "overlamnat"),
    ):
        before, moved = told, EVENTS[lane].HolderChanged(to_namnd=takes, ground=ground)
        process.record([saying(moved, stream, before[-1].version + 1)], by(namnd=gives))
        after = read(whole, lane, stream, takes)
        assert after[:-1] == before
        assert after[-1].fact == moved
        assert not read(whole, lane, stream, gives)
        more = continued(seed, after, KEPT)
        for event, said in zip(more.events, more.sayings, strict=True):
            process.record([said], by(event.common.actor, takes))
        told = read(whole, lane, stream, takes)
        assert told[: len(after)] == after
        for kept, event in zip(told[len(after) :], more.events, strict=True):
            require_as_said(kept, event, carried=False)
            assert kept.namnd == takes
        tell({lane: told}, seed)
    return told[-1].ref


def read(whole: Whole, lane: Lane, stream: UUID, namnd: UUID) -> list[RecordedEvent]:
    """A stream as a nämnd reads it; nothing of one that it does not hold."""
    process = whole.processes[lane]
    with process.reading(ReadContext(ALMA, namnd, "test", "test.view"), stream):
        return process.history(stream)


def move_hold_and_destroy(whole: Whole, ends: Sequence[EventRef]) -> None:
    """Let some streams change hands, some be held and some be destroyed; and one nämnd succeed the
    other.

    Args:
        whole: the ledger.
        ends: the last events of streams of the two processes.
    """
    tillsyn, third = whole.processes.tillsyn, len(ends) // 3
    for last in ends[:third]:
        changed = EVENTS[last.lane].HolderChanged(to_namnd=OTHER_NAMND, ground="overlamnat")
        moved = saying(changed, last.stream, last.version + 1)
        whole.processes[last.lane].record([moved], by())
    for last in ends[third : 2 * third]:
        command = by()
        fact = GallringsspärrSet(target_lane=last.lane, legal_ground="tillsynsarende")
        held = replace(saying(fact, tillsyn.new_stream(command), 1), target=last.stream)
        tillsyn.record([held], command)
    for last in ends[2 * third :]:
        tillsyn.carry_out(decide(whole, last.stream, lane=last.lane), by())
    succeeded = NämndSucceeded(predecessor=NAMND, successor=OTHER_NAMND, day="2024-05-01")
    whole.processes.system.record([saying(succeeded, NAMND, 2)], by())
