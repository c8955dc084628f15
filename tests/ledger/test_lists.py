"""Lists: what the projector makes of the logs whatever happens to it, and who sees it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from random import Random  # noqa: TID251 - from a seed that is shown
from typing import Any, Final
from uuid import UUID, uuid5

import pytest
from psycopg.rows import dict_row

from domain.bistand import events as bistand
from domain.bistand.state import fold as fold_bistand
from domain.hyra import events as hyra
from domain.hyra.state import fold as fold_hyra
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact, codec_of, specs_of
from domain.kernel.registry import FactRegistry
from domain.kernel.shapes import HolderChanged
from domain.kernel.values import format_instant
from domain.koppling import events as koppling
from domain.koppling.state import fold as fold_koppling
from ledger import lists
from ledger.codec import Entry, Lane
from ledger.connections import DESTROYER, PROJECTOR, Connections, reader
from ledger.errors import LedgerError
from ledger.lists import ListStopped, Projector, catch_up, health, rebuild
from ledger.reading import ReadContext, reading
from projections.case import tenancy_status
from projections.clocks import Clocks
from projections.lists import LISTS
from tests.ledger.appending import chances, draw_seed
from tests.ledger.store_fixtures import (
    DEADLINE_S,
    NAMND,
    NIL,
    OFFICER,
    OTHER_NAMND,
    PLACES,
    Sealed,
    Store,
    effects,
    fresh,
    key_id,
    refused,
    register,
    sealed,
    supervising,
    until,
)

RULES: Final = {lane: LISTS[lane] for lane in (Lane.BISTAND, Lane.HYRA, Lane.KOPPLING)}
FACTS: Final = {
    Lane.BISTAND: FactRegistry(bistand.FACTS),
    Lane.HYRA: FactRegistry(hyra.FACTS),
    Lane.KOPPLING: FactRegistry(koppling.FACTS),
}
ORDINARY: Final = {
    Lane.BISTAND: ("DecisionGranted", "BiståndEnded", "CaseClosed", "ApplicationReceived"),
    Lane.HYRA: ("LeaseSigned", "LeaseTerminated", "DisturbanceReported"),
    Lane.KOPPLING: ("CaseJoined", "LetterSent"),
}
DAY: Final = date(2024, 3, 1)
DAYS: Final = ("2024-02-28", "2024-02-29", "2024-03-01")
TIMES: Final = (
    *(f"day {day}" for day in DAYS),
    *(f"instant {day}T23:30:00.000000Z" for day in DAYS),
    "period 2024-02-28/2024-03-01",
    "unknown",
)
COLUMNS: Final = (
    "stream, holder, kind, opened, latest, latest_type, version, epoch, idx,"
    " cardinality(begun) AS begun, cardinality(ended) AS ended, open, bistand, hyra"
)


@pytest.fixture
def connections(store: Store) -> Iterator[Connections]:
    """Connections of the projector and the readers."""
    roles = (PROJECTOR, *(reader(lane) for lane in Lane))
    made = Connections({role: store.dsn(role) for role in roles})
    yield made
    made.close()


# ---------------------------------------------------------------- histories


class Writer:
    """Appends a random sequence to streams of its own: also what no officer would be let do."""

    def __init__(self, store: Store, random: Random, lanes: tuple[Lane, ...]) -> None:
        self.store, self.random, self.lanes = store, random, lanes
        self.streams: dict[UUID, tuple[Lane, UUID, list[str]]] = {}

    def step(self) -> None:
        """Append once."""
        if not self.streams or self.random.random() < 0.15:
            lane = self.random.choice(self.lanes)
            kind = "CaseJoined" if lane is Lane.KOPPLING else "CaseOpened"
            if lane is not Lane.KOPPLING and self.random.random() < 0.2:
                kind = "PersonRegistered"
            stream = fresh()
            self.streams[stream] = (lane, NAMND, [])
            self._append(stream, [kind])
            return
        stream = self.random.choice(list(self.streams))
        lane, _, types = self.streams[stream]
        chance = self.random.random()
        if chance < 0.08:
            self._move(stream)
        elif chance < 0.6 and len(types) > 1:
            self._correct(stream)
        else:
            self._append(stream, self.random.choices(ORDINARY[lane], k=self.random.randint(1, 3)))

    def _append(self, stream: UUID, types: list[str], *, corrects: int | None = None) -> None:
        lane, holder, before = self.streams[stream]
        events = []
        for version, type_ in enumerate(types, len(before) + 1):
            says = {32: "2024-02-29" if type_ == "CaseClosed" else self._id(stream)}
            if type_ == "CaseJoined":
                says |= {33: self._id(stream)}
            if corrects:
                says |= {9: f"{lane}/{stream}/{corrects}", 10: "skrivfel"}
            if self.random.random() < 0.1:
                says |= {6: self.random.choice(DAYS), 7: "paraplyet"}
            occurred = self.random.choice(TIMES)
            events.append(sealed(lane, stream, version, f"{type_}/1", occurred=occurred, says=says))
        self.store.append(lane, events, namnd=holder)
        before += types

    def _id(self, stream: UUID) -> str | None:
        """One of few: a lease is ended twice, a stream is joined again. Or none that is known."""
        number = self.random.randrange(4)
        return str(uuid5(stream, str(number))) if number else None

    def _say(self, stream: UUID, type_: str, named: object, **given: object) -> None:
        lane, holder, types = self.streams[stream]
        event = sealed(lane, stream, len(types) + 1, f"{type_}/1", says={32: named})
        self.store.append(lane, [event], namnd=holder, **given)
        types.append(type_)

    def _move(self, stream: UUID) -> None:
        lane, holder, types = self.streams[stream]
        to = OTHER_NAMND if holder == NAMND else NAMND
        given = effects({"kind": "holder_to", "ref": to})
        self._say(stream, "HolderChanged", str(to), effects=given)
        self.streams[stream] = (lane, to, types)

    def _correct(self, stream: UUID) -> None:
        """Propose a correction or a mark of anything, also of a mark; or approve something."""
        lane, _, types = self.streams[stream]
        version = self.random.randrange(1, len(types) + 1)
        if self.random.random() < 0.3:
            self._say(stream, "CorrectionApproved", f"{lane}/{stream}/{version}")
        elif types[version - 1] in ORDINARY[lane] and self.random.random() < 0.5:
            self._append(stream, [types[version - 1]], corrects=version)
        else:
            self._say(stream, "EntryMarkedErroneous", f"{lane}/{stream}/{version}")
        if self.random.random() < 0.5:
            self._say(stream, "CorrectionApproved", f"{lane}/{stream}/{len(types)}")


def histories(store: Store, lane: Lane) -> dict[UUID, list[RecordedEvent]]:
    """The streams of a lane as the domain reads them without keys, in log order."""
    streams: dict[UUID, list[RecordedEvent]] = {}
    for envelope, clear in store.rows(
        "SELECT envelope, clear FROM ledger.event WHERE lane = %s AND stream <> %s"
        " ORDER BY epoch, idx",
        lane.value,
        NIL,
    ):
        values = {
            int(number): json.loads(value)
            for number, value in re.findall(r"^([0-9]+) (.*)$", clear, re.MULTILINE)
        }
        type_ = FACTS[lane].get(lane, envelope.split("\n")[8].partition("/")[0], 1)
        fields = {spec.number for spec in codec_of(type_).fields} if type_ else set()
        entry = Entry(envelope, bytes(32), values, frozenset(fields - values.keys()))
        event = RecordedEvent.from_entry(entry, FACTS[lane])
        streams.setdefault(event.stream, []).append(event)
    return streams


def stands(lane: Lane, history: list[RecordedEvent]) -> dict[str, Any]:
    """How a stream stands by the domain's own fold, as its case's page shows it."""
    read = Clocks(now=history[-1].recorded).known_to(history)
    if lane is Lane.KOPPLING:
        streams = fold_koppling(history).streams
        joined = {"bistand": streams.get(Lane.BISTAND), "hyra": streams.get(Lane.HYRA)}
        return {"begun": 0, "ended": 0, "open": True} | joined
    if lane is Lane.BISTAND:
        case = fold_bistand(read)
        made = [one for one in case.decisions.values() if one.granted or one.rejected or one.ended]
        counted = {"begun": len(made), "ended": sum(1 for one in made if one.ended)}
        return counted | {"open": case.closed is None, "bistand": None, "hyra": None}
    tenancies = fold_hyra(read).tenancies.values()
    leases = [tenancy_status(one, DAY) for one in tenancies if one.signed or one.terminated]
    running = [status for status in leases if status != "har upphört"]
    counted = {"begun": len(leases), "ended": len(leases) - len(running)}
    return counted | {"open": bool(running) or not leases, "bistand": None, "hyra": None}


def folded(store: Store, lane: Lane) -> dict[UUID, dict[str, Any]]:
    """What a list must say, by stream."""
    said: dict[UUID, dict[str, Any]] = {}
    for stream, history in histories(store, lane).items():
        first, last = history[0], history[-1]
        if type_of(first) not in RULES[lane].kinds:
            continue
        holder = last.fact.to_namnd if isinstance(last.fact, HolderChanged) else last.namnd
        said[stream] = stands(lane, history) | {
            "kind": type_of(first),
            "opened": format_instant(first.recorded),
            "latest": format_instant(last.recorded),
            "latest_type": type_of(last),
            "version": last.version,
            "epoch": last.epoch,
            "idx": last.index,
            "holder": holder,
        }
    return said


def type_of(event: RecordedEvent) -> str:
    """The name of an event's type."""
    return event.fact.TYPE if isinstance(event.fact, Fact) else event.fact.type


def listed(store: Store, lane: Lane) -> dict[UUID, dict[str, Any]]:
    """What the list says, by stream."""
    with store.connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM ledger.list_stream s WHERE lane = %s AND build ="  # noqa: S608
            " (SELECT build FROM ledger.list_build WHERE lane = s.lane AND shown)",
            (lane.value,),
        ).fetchall()
    for row in rows:
        for name in ("opened", "latest"):
            row[name] = row[name].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {row.pop("stream"): row for row in rows}


def at_end(store: Store) -> bool:
    """Whether each list has come to the end of its log."""
    return bool(
        store.value(
            "SELECT count(*) = %s FROM ledger.list_build b WHERE shown AND (epoch, idx) ="
            " (SELECT epoch, next_index - 1 FROM ledger.lane_head h WHERE h.lane = b.lane)",
            len(RULES),
        )
    )


def opened_case(lane: Lane, stream: UUID) -> list[Sealed]:
    """The first events of a case that the list shows."""
    return [
        sealed(lane, stream, version, f"{type_}/1", says={32: str(uuid5(stream, "first"))})
        for version, type_ in enumerate(("CaseOpened", *ORDINARY[lane][:1]), 1)
    ]


def lease_terminated(stream: UUID, version: int) -> Sealed:
    """The end of the lease of `opened_case`."""
    says = {32: str(uuid5(stream, "first"))}
    return sealed(Lane.HYRA, stream, version, "LeaseTerminated/1", says=says)


# ---------------------------------------------------------------- making


def test_a_list_says_what_all_events_say_however_often_its_projector_is_killed(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch, *, full: bool
) -> None:
    monkeypatch.setattr(lists, "BATCH", 7)
    monkeypatch.setattr(lists, "_RETRY_S", 0.01)
    seed, steps = draw_seed(), 400 if full else 40
    for namnd in (NAMND, OTHER_NAMND):
        register(store, namnd)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            writer = Writer(store, chances(seed, number), tuple(RULES))
            for _ in range(steps):
                writer.step()
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    killing = chances(seed, "kills")
    kills = 0
    with Projector(connections, RULES):
        for one in writers:
            one.start()
        while any(one.is_alive() for one in writers):
            writers[killing.randrange(6)].join(timeout=killing.random() / 10)
            kills += len(
                store.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = %s AND datname = current_database()",
                    PROJECTOR,
                )
            )
        until("list at the end of its log", lambda: at_end(store))
    assert not failures, failures
    assert kills > 1
    for lane in RULES:
        expected = folded(store, lane)
        assert len(expected) > 3
        assert listed(store, lane) == expected


Said = tuple[str, dict[int, object]] | tuple[str, dict[int, object], str]
"""A type, its clear fields, and when it happened. A number in a field that refers is a version."""
A, B, C = (str(fresh()) for _ in "ABC")


@pytest.mark.parametrize(
    ("lane", "history", "told"),
    [
        pytest.param(
            Lane.HYRA,
            [
                *(("LeaseSigned", {32: A}), ("LeaseSigned", {32: B}), ("LeaseTerminated", {32: A})),
                *(("LeaseTerminated", {9: 4, 32: A}), ("CorrectionApproved", {32: 5})),
                *(("EntryMarkedErroneous", {32: 5}), ("CorrectionApproved", {32: 7})),
            ],
            {"begun": 2, "ended": 0, "open": True},
            id="a correction in force is marked: the end is taken back",
        ),
        pytest.param(
            Lane.HYRA,
            [
                *(("LeaseSigned", {32: A}), ("LeaseTerminated", {32: A})),
                *(("EntryMarkedErroneous", {32: 3}), ("CorrectionApproved", {32: 4})),
                *(("EntryMarkedErroneous", {32: 5}), ("CorrectionApproved", {32: 6})),
            ],
            {"begun": 1, "ended": 1, "open": False},
            id="a mark whose approval was a mistake: the lease has ended",
        ),
        pytest.param(
            Lane.HYRA,
            [
                *(("LeaseSigned", {32: A}), ("LeaseSigned", {32: B})),
                *(("LeaseTerminated", {32: A}), ("LeaseTerminated", {32: A})),
            ],
            {"begun": 2, "ended": 1, "open": True},
            id="one lease is ended twice: the other runs",
        ),
        pytest.param(
            Lane.HYRA,
            [
                *(("LeaseSigned", {32: A}), ("LeaseTerminated", {32: A})),
                *(("EntryMarkedErroneous", {32: 3}), ("EntryMarkedErroneous", {32: 3})),
                *(("CorrectionApproved", {32: 4}), ("CorrectionApproved", {32: 5})),
            ],
            {"begun": 1, "ended": 0, "open": True},
            id="two marks on one end: it is taken back once",
        ),
        pytest.param(
            Lane.HYRA,
            [("LeaseSigned", {32: A}), ("LeaseTerminated", {32: None, 33: "okand"})],
            {"begun": 1, "ended": 0, "open": True},
            id="which lease has ended is not known: none is closed by that",
        ),
        pytest.param(
            Lane.KOPPLING,
            [
                *(("CaseJoined", {32: None, 33: B}), ("CaseJoined", {32: C})),
                *(("EntryMarkedErroneous", {32: 3}), ("CorrectionApproved", {32: 4})),
            ],
            {"bistand": UUID(A), "hyra": UUID(B)},
            id="a process joined by mistake: the joinings before it are in force again",
        ),
        pytest.param(
            Lane.KOPPLING,
            [
                *(("CaseJoined", {32: C, 33: B}), ("CaseJoined", {9: 2, 32: None, 33: B})),
                ("CorrectionApproved", {32: 3}),
            ],
            {"bistand": UUID(A), "hyra": UUID(B)},
            id="a joining that is corrected: what the correction leaves out is not joined",
        ),
        pytest.param(
            Lane.BISTAND,
            [
                ("CaseClosed", {}, "day 2024-03-01"),
                ("ApplicationReceived", {}, "day 2024-03-02"),
            ],
            {"open": True},
            id="something happens after the closing: the case goes on",
        ),
        pytest.param(
            Lane.BISTAND,
            [
                ("ApplicationReceived", {}, "day 2024-03-02"),
                ("CaseClosed", {}, "day 2024-03-01"),
            ],
            {"open": True},
            id="as well where the closing is recorded late",
        ),
        pytest.param(
            Lane.BISTAND,
            [
                ("CaseClosed", {32: "2024-02-29"}, "day 2024-03-01"),
                ("JournalNoteEntered", {}, "day 2024-02-29"),
                ("PartyAdded", {}, "day 2024-03-07"),
            ],
            {"open": False},
            id="what is recorded late, or is no part of the process, reopens nothing",
        ),
        pytest.param(
            Lane.BISTAND,
            [
                *(("CaseClosed", {}), ("CaseClosed", {9: 2}), ("CorrectionApproved", {32: 3})),
                *(("EntryMarkedErroneous", {32: 2}), ("CorrectionApproved", {32: 5})),
            ],
            {"open": True},
            id="a closing that was corrected and then marked",
        ),
    ],
)
def test_a_list_tells_of_a_case_what_its_page_tells(
    store: Store, connections: Connections, lane: Lane, history: list[Said], told: dict[str, object]
) -> None:
    """Also where each event comes in a batch of its own."""
    at_once, one_by_one = fresh(), fresh()
    for stream in (at_once, one_by_one):
        first = "CaseJoined" if lane is Lane.KOPPLING else "CaseOpened"
        events = [sealed(lane, stream, 1, f"{first}/1", says={32: A})]
        for version, (type_, fields, *occurred) in enumerate(history, 2):
            says = {
                number: f"{lane}/{stream}/{value}" if isinstance(value, int) else value
                for number, value in fields.items()
            }
            on = occurred[0] if occurred else "day 2024-02-29"
            events.append(sealed(lane, stream, version, f"{type_}/1", occurred=on, says=says))
        store.append(lane, events)
    catch_up(connections, {lane: RULES[lane]})
    assert listed(store, lane)[at_once].items() >= told.items()
    with lists.connected(connections) as projector:
        ((build,),) = projector.execute(
            "SELECT ledger.list_begin(%s, %s)", (lane.value, RULES[lane].to_json())
        ).fetchall()
        while lists.take(projector, lane, build, RULES[lane], 1):
            pass
        projector.execute("SELECT ledger.list_show(%s, %s)", (lane.value, build))
    assert listed(store, lane)[one_by_one].items() >= told.items()
    assert listed(store, lane) == folded(store, lane)


def stopped(connections: Connections) -> list[Lane]:
    """The lanes whose list has stopped."""
    return list(health(connections, RULES).stopped)


def test_an_event_is_listed_as_soon_as_it_is_stored(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_POLL_S", 1000.0)  # so it is the NOTIFY that wakes
    with Projector(connections, RULES) as projector:
        until("list", lambda: at_end(store))
        stream = fresh()
        store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
        until("row", lambda: stream in listed(store, Lane.HYRA))
        projector._stopping.set()
        store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))  # so that it sees that


def test_of_two_projectors_one_projects_and_the_other_takes_over(
    store: Store, connections: Connections
) -> None:
    with Projector(connections, RULES), Projector(connections, RULES):
        until("list", lambda: at_end(store))
        active = (
            "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND datname = current_database()"
        )
        ((first,),) = store.rows(active, lists._PROJECTING)
        store.rows("SELECT pg_terminate_backend(%s)", first)
        stream = fresh()
        store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
        until("row", lambda: stream in listed(store, Lane.HYRA))
        ((second,),) = store.rows(active, lists._PROJECTING)
        assert second != first


def test_an_event_that_cannot_be_taken_stops_its_own_list_alone(
    store: Store, connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    before, other, after = fresh(), fresh(), fresh()
    store.append(Lane.HYRA, opened_case(Lane.HYRA, before))
    catch_up(connections, RULES)
    poison = sealed(Lane.HYRA, before, 3, "HolderChanged/1", says={32: "ingen nämnd"})
    # All before it are still taken.
    store.append(Lane.HYRA, opened_case(Lane.HYRA, other))
    (at,) = store.append(Lane.HYRA, [poison])
    store.append(Lane.HYRA, opened_case(Lane.HYRA, after))
    with Projector(connections, RULES):
        until("stopped list", lambda: stopped(connections) == [Lane.HYRA])
        stream = fresh()
        store.append(Lane.BISTAND, opened_case(Lane.BISTAND, stream))
        until("row of the other lane", lambda: stream in listed(store, Lane.BISTAND))
    assert listed(store, Lane.HYRA).keys() == {before, other}
    told = [json.loads(one.getMessage()) for one in caplog.records if one.name == "liggaren"]
    assert told == [{"list_stopped": f"hyra/{at.epoch}/{at.index}"}]
    with seen(connections, Lane.HYRA) as opened:
        page = lists.page(opened, None, 10, open_=None)
    assert page is not None
    assert page.shown == lists.Shown((at.epoch, at.index - 1), stopped=True)
    with pytest.raises(ListStopped):
        rebuild(connections, RULES)
    assert listed(store, Lane.HYRA).keys() == {before, other}, "the one that was shown stays"


def test_a_log_that_is_another_stops_the_list_until_it_is_made_anew(
    store: Store, connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    stream = fresh()
    store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    catch_up(connections, RULES)
    with store.connect() as owner:
        owner.execute("ALTER TABLE ledger.leaf DISABLE TRIGGER refuse_update")
        owner.execute("UPDATE ledger.leaf SET hash = sha256('x') WHERE lane = 'hyra'")
    store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    catch_up(connections, RULES)
    assert stopped(connections) == [Lane.HYRA]
    catch_up(connections, RULES)
    told = [json.loads(one.getMessage()) for one in caplog.records if one.name == "liggaren"]
    assert told == [{"list_stopped": "hyra/log"}], "once"
    assert listed(store, Lane.HYRA).keys() == {stream}
    rebuild(connections, RULES)
    assert stopped(connections) == []
    assert listed(store, Lane.HYRA) == folded(store, Lane.HYRA)


def test_a_list_made_anew_while_it_is_read_is_never_seen_half(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 5)
    for _ in range(20):
        store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    catch_up(connections, RULES)
    seen_rows: list[int] = []

    def look(_lane: Lane, _taken: int) -> None:
        with seen(connections, Lane.HYRA) as opened:
            page = lists.page(opened, None, 100, open_=None)
        assert page is not None
        seen_rows.append(len(page.rows))

    store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    before = store.value("SELECT build FROM ledger.list_build WHERE lane = 'hyra' AND shown")
    rebuild(connections, {Lane.HYRA: RULES[Lane.HYRA]}, look)
    assert set(seen_rows) == {20}, "the one that was shown, until the swap"
    assert len(seen_rows) > 5
    look(Lane.HYRA, 0)
    assert seen_rows[-1] == 21
    assert store.rows(
        "SELECT DISTINCT lane::text, build FROM ledger.list_stream WHERE lane = 'hyra'"
    ) == [("hyra", before + 1)], "the old one is gone"


def test_a_list_under_way_never_takes_the_place_of_one_that_has_come_further(
    store: Store, connections: Connections
) -> None:
    catch_up(connections, RULES)
    store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    with lists.connected(connections) as projector:
        ((build,),) = projector.execute(
            "SELECT ledger.list_begin('hyra', %s)", (RULES[Lane.HYRA].to_json(),)
        ).fetchall()
        assert projector.execute("SELECT ledger.list_show('hyra', %s)", (build,)).fetchone() == (
            False,
        )


def test_other_rules_make_the_list_anew(store: Store, connections: Connections) -> None:
    stream = fresh()
    store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    catch_up(connections, RULES)
    assert listed(store, Lane.HYRA)[stream]["begun"] == 1
    catch_up(connections, RULES | {Lane.HYRA: replace(RULES[Lane.HYRA], begins=())})
    assert listed(store, Lane.HYRA)[stream]["begun"] == 0


def decided(store: Store, lane: Lane, stream: UUID) -> UUID:
    """Decide and begin the destruction of a whole stream. Returns the decision."""
    decision = fresh()
    effect = {"kind": "destroy_decided", "ref": decision, "lane": lane.value, "stream": stream}
    effect |= {"subject": None}
    store.append(Lane.TILLSYN, [supervising(effect)], effects=effects(effect))
    store.rows("SELECT ledger.begin_destroy(%s)", decision)
    return decision


def test_a_stream_destroyed_whole_leaves_the_list_and_no_rebuild_brings_it_back(
    store: Store, connections: Connections
) -> None:
    gone, kept = fresh(), fresh()
    for stream in (gone, kept):
        store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    catch_up(connections, RULES)
    decision = decided(store, Lane.HYRA, gone)
    with store.connect(DESTROYER) as destroyer:
        keys = [key_id(gone, place).bytes for place in PLACES]
        destroyer.execute("SELECT ledger.destroy(%s, %s)", (decision, keys))
    assert listed(store, Lane.HYRA).keys() == {kept}
    catch_up(connections, RULES)
    rebuild(connections, RULES)
    assert listed(store, Lane.HYRA).keys() == {kept}
    with store.connect(DESTROYER) as destroyer:
        destroyer.execute("SELECT ledger.rewrite_files()")


def test_a_destruction_waits_for_the_batch_that_has_read_the_stream(
    store: Store, connections: Connections
) -> None:
    stream = fresh()
    catch_up(connections, RULES)
    store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    decision = decided(store, Lane.HYRA, stream)
    keys = [key_id(stream, place).bytes for place in PLACES]
    with store.connect(DESTROYER) as destroyer, lists.connected(connections) as projector:
        with projector.transaction():
            projector.execute("SELECT ledger.list_advance('hyra', NULL, 100)")
            destroying = threading.Thread(
                target=destroyer.execute,
                args=("SELECT ledger.destroy(%s, %s)", (decision, keys)),
            )
            destroying.start()
            until(
                "destroyer that waits",
                lambda: bool(
                    store.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
                        " AND wait_event_type = 'Lock'",
                        destroyer.info.backend_pid,
                    )
                ),
            )
        destroying.join()
    assert listed(store, Lane.HYRA) == {}


def test_a_list_begun_while_a_stream_is_destroyed_keeps_no_row_of_it(
    store: Store, connections: Connections
) -> None:
    gone, kept = fresh(), fresh()
    for stream in (gone, kept):
        store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    catch_up(connections, RULES)
    decision = decided(store, Lane.HYRA, gone)
    keys = [key_id(gone, place).bytes for place in PLACES]
    with store.connect(DESTROYER) as destroyer:
        with destroyer.transaction():
            destroyer.execute("SELECT ledger.destroy(%s, %s)", (decision, keys))
            rebuilding = threading.Thread(
                target=rebuild, args=(connections, {Lane.HYRA: RULES[Lane.HYRA]})
            )
            rebuilding.start()
            until(
                "rebuild that waits",
                lambda: bool(
                    store.value(
                        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                        " WHERE locktype = 'advisory' AND NOT granted"
                        " AND datname = current_database()"
                    )
                ),
            )
        rebuilding.join()
    assert listed(store, Lane.HYRA).keys() == {kept}


def test_a_projector_that_waits_for_a_rebuild_elsewhere_can_be_stopped(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()
    monkeypatch.setattr(lists, "sleep", lambda _: waits.set())
    with lists.connected(connections) as elsewhere:
        for lane in RULES:
            elsewhere.execute("SELECT pg_advisory_lock(%s, %s)", (lists._REBUILDING, lane.code))
        with Projector(connections, RULES):
            assert waits.wait(DEADLINE_S)
    assert listed(store, Lane.HYRA) == {}


def test_a_projector_goes_on_after_a_mistake_of_its_own(
    store: Store,
    connections: Connections,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(lists, "_RETRY_S", 0.01)
    right, mistakes = lists._rules_of, iter([ValueError("19121212-1212")])

    def mistaken(*given: Any) -> object:  # noqa: ANN401
        for mistake in mistakes:
            raise mistake
        return right(*given)

    monkeypatch.setattr(lists, "_rules_of", mistaken)
    with Projector(connections, RULES):
        until("list", lambda: at_end(store))
    told = [one.getMessage() for one in caplog.records if one.name == "liggaren"]
    assert told == ['{"lists_wait": "ValueError"}'], "and nothing of what it was about"


def test_a_list_is_late_when_an_event_has_waited_for_it_too_long(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LATE_S", 86_400.0)
    assert health(connections, RULES) == lists.Health((), ()), "not yet: nothing has waited long"
    monkeypatch.setattr(lists, "LATE_S", 0.0)
    assert health(connections, RULES).late == tuple(RULES), "there is no list at all"
    catch_up(connections, RULES)
    assert health(connections, RULES).late == ()
    store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    assert health(connections, RULES).late == (Lane.HYRA,)
    catch_up(connections, {Lane.HYRA: RULES[Lane.HYRA]})
    store.rows("SELECT ledger.list_stop('hyra', NULL)")
    store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
    assert health(connections, RULES) == lists.Health((Lane.HYRA,), ()), "stopped is told as that"


def test_a_projector_that_goes_on_making_mistakes_leaves_its_lists_late(
    store: Store, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up(connections, RULES)
    mistakes = threading.Semaphore(0)

    def mistaken(*_: Any) -> object:  # noqa: ANN401
        mistakes.release()
        raise TypeError

    monkeypatch.setattr(lists, "LATE_S", 0.0)
    monkeypatch.setattr(lists, "_RETRY_S", 0.01)
    monkeypatch.setattr(lists, "take", mistaken)
    with Projector(connections, RULES):
        store.append(Lane.HYRA, opened_case(Lane.HYRA, fresh()))
        for _ in range(3):
            assert mistakes.acquire(timeout=DEADLINE_S)
        assert health(connections, RULES).late == (Lane.HYRA,)


# ---------------------------------------------------------------- reading


@contextmanager
def seen(
    connections: Connections, lane: Lane, namnd: UUID = NAMND, actor: UUID = OFFICER
) -> Iterator[Any]:
    """An open read of a lane's list."""
    context = ReadContext(actor, namnd, "test", "case.list")
    with reading(connections, lane, context) as opened:
        yield opened


def rows_of(connections: Connections, lane: Lane, namnd: UUID = NAMND, **given: Any) -> list[UUID]:  # noqa: ANN401
    """The streams that a nämnd sees in a lane's list."""
    with seen(connections, lane, namnd) as opened:
        page = lists.page(opened, given.get("after"), 100, open_=given.get("open_"))
    assert page is not None
    return [row.stream for row in page.rows]


def test_a_nämnd_sees_its_own_rows_and_a_moved_stream_at_once(
    store: Store, connections: Connections
) -> None:
    register(store, OTHER_NAMND)
    own, foreign, moving = fresh(), fresh(), fresh()
    store.append(Lane.HYRA, opened_case(Lane.HYRA, own))
    store.append(Lane.HYRA, opened_case(Lane.HYRA, foreign), namnd=OTHER_NAMND)
    store.append(Lane.HYRA, opened_case(Lane.HYRA, moving))
    catch_up(connections, RULES)
    assert rows_of(connections, Lane.HYRA) == [moving, own]
    assert rows_of(connections, Lane.HYRA, OTHER_NAMND) == [foreign]
    moved = sealed(Lane.HYRA, moving, 3, "HolderChanged/1", says={32: str(OTHER_NAMND)})
    given = effects({"kind": "holder_to", "ref": OTHER_NAMND})
    store.append(Lane.HYRA, [moved], effects=given)
    assert rows_of(connections, Lane.HYRA) == [own], "also by a list that is behind"
    catch_up(connections, RULES)
    assert rows_of(connections, Lane.HYRA, OTHER_NAMND) == [moving, foreign]
    with seen(connections, Lane.HYRA) as opened:
        held = opened.connection.execute("SELECT stream FROM ledger.list_stream").fetchall()
    assert held == [(own,)], "whatever the query"


def test_a_reader_of_one_process_sees_no_row_of_the_other(
    store: Store, connections: Connections
) -> None:
    for lane in (Lane.BISTAND, Lane.HYRA):
        store.append(lane, opened_case(lane, fresh()))
    catch_up(connections, RULES)
    for table in ("list_stream", "list_build", "readable_listed", "readable_list"):
        with seen(connections, Lane.HYRA) as opened:
            lanes = opened.connection.execute(
                f"SELECT DISTINCT lane FROM ledger.{table}"  # noqa: S608 - our own words
            ).fetchall()
        assert lanes == [("hyra",)]


def test_without_an_open_read_a_list_is_refused_also_where_it_is_empty(store: Store) -> None:
    with store.connect(reader(Lane.HYRA)) as connection:
        for view in ("readable_listed", "readable_list"):
            with refused("LG002"):
                connection.execute(f"SELECT * FROM ledger.{view}")  # noqa: S608


def test_a_list_is_paged_from_the_latest_and_filtered_by_whether_it_is_open(
    store: Store, connections: Connections
) -> None:
    streams = [fresh() for _ in range(5)]
    for stream in streams:
        store.append(Lane.HYRA, opened_case(Lane.HYRA, stream))
    store.append(Lane.HYRA, [lease_terminated(streams[0], 3)])
    catch_up(connections, RULES)
    order = [streams[0], *reversed(streams[1:])]
    found: list[UUID] = []
    after = None
    while True:
        with seen(connections, Lane.HYRA) as opened:
            page = lists.page(opened, after, 2, open_=None)
        assert page is not None
        found += [row.stream for row in page.rows]
        after = page.next
        if after is None:
            break
    assert found == order
    assert rows_of(connections, Lane.HYRA, open_=True) == order[1:]
    assert rows_of(connections, Lane.HYRA, open_=False) == order[:1]


# ---------------------------------------------------------------- across


def joined(store: Store, namnd: UUID = NAMND) -> dict[Lane, UUID]:
    """A case with both processes."""
    streams = {lane: fresh() for lane in (Lane.BISTAND, Lane.HYRA, Lane.KOPPLING)}
    for lane in (Lane.BISTAND, Lane.HYRA):
        store.append(lane, opened_case(lane, streams[lane]), namnd=namnd)
    says = {32: str(streams[Lane.BISTAND]), 33: str(streams[Lane.HYRA])}
    event = sealed(Lane.KOPPLING, streams[Lane.KOPPLING], 1, "CaseJoined/1", says=says)
    store.append(Lane.KOPPLING, [event], namnd=namnd)
    return streams


def both(connections: Connections, namnd: UUID = NAMND, actor: UUID = OFFICER) -> list[int]:
    """What reads of both processes leave in the read log."""
    reads = []
    for lane in (Lane.BISTAND, Lane.HYRA):
        with seen(connections, lane, namnd, actor) as opened:
            reads.append(lists.read_id(opened))
    return reads


def across(
    connections: Connections,
    reads: list[int],
    namnd: UUID = NAMND,
    limit: int = 100,
    **given: Any,  # noqa: ANN401
) -> lists.AcrossPage:
    """A page of the list of both processes."""
    with seen(connections, Lane.KOPPLING, namnd) as opened:
        return lists.across(opened, reads, given.get("after"), limit, open_=given.get("open_"))


def test_the_list_of_both_processes_shows_the_nämnds_cases_the_latest_first(
    store: Store, connections: Connections
) -> None:
    cases = [joined(store) for _ in range(3)]
    joined(store, OTHER_NAMND)
    store.append(Lane.HYRA, [lease_terminated(cases[0][Lane.HYRA], 3)])
    catch_up(connections, RULES)
    first = across(connections, both(connections), limit=2)
    rest = across(connections, both(connections), after=first.next)
    rows = [*first.rows, *rest.rows]
    assert [row.case for row in rows] == [cases[n][Lane.KOPPLING] for n in (0, 2, 1)]
    assert rest.next is None
    for row, case in zip(rows, (cases[0], cases[2], cases[1]), strict=True):
        assert {lane: one.stream for lane, one in row.streams.items()} == case
    assert rows[0].streams[Lane.HYRA].open is False
    assert rows[0].open, "the other process is"
    close = sealed(Lane.BISTAND, cases[0][Lane.BISTAND], 3, "CaseClosed/1")
    store.append(Lane.BISTAND, [close])
    catch_up(connections, RULES)
    closed = across(connections, both(connections), open_=False)
    assert [row.case for row in closed.rows] == [cases[0][Lane.KOPPLING]]


def test_a_list_across_shows_and_knows_of_each_process_only_to_whoever_has_just_read_it(
    store: Store, connections: Connections
) -> None:
    older, newer = joined(store), joined(store)
    store.append(Lane.HYRA, [lease_terminated(older[Lane.HYRA], 3)])
    closed = sealed(Lane.BISTAND, newer[Lane.BISTAND], 3, "CaseClosed/1")
    store.append(Lane.BISTAND, [closed])
    catch_up(connections, RULES)
    of_bistand, of_hyra = both(connections)
    open_in = {
        (): (True, True),
        (of_bistand,): (True, False),
        (of_hyra,): (False, True),
        (of_bistand, of_hyra): (True, True),
    }
    for reads, expected in open_in.items():
        lanes = {Lane.BISTAND: of_bistand, Lane.HYRA: of_hyra, Lane.KOPPLING: None}
        shown = {lane for lane, read in lanes.items() if read is None or read in reads}
        rows = across(connections, list(reads)).rows
        assert {frozenset(row.streams) for row in rows} == {frozenset(shown)}
        assert all(row.latest == max(one.latest for one in row.streams.values()) for row in rows)
        told = {row.case: row.open for row in rows}
        assert (told[older[Lane.KOPPLING]], told[newer[Lane.KOPPLING]]) == expected
    newest = [row.case for row in across(connections, [of_hyra]).rows]
    assert newest == [older[Lane.KOPPLING], newer[Lane.KOPPLING]]


def test_a_read_that_is_somebody_elses_anothers_or_old_shows_nothing_across(
    store: Store, connections: Connections
) -> None:
    joined(store)
    catch_up(connections, RULES)
    of_bistand, of_hyra = both(connections)
    with seen(connections, Lane.KOPPLING) as opened:
        of_koppling = lists.read_id(opened)
    attempts: tuple[list[int], ...] = (
        [of_hyra, of_hyra],
        [of_bistand, of_koppling],
        both(connections, actor=fresh()),
        both(connections, OTHER_NAMND),
        [of_hyra, max(of_koppling, of_hyra) + 100],
    )
    for reads in attempts:
        with pytest.raises(LedgerError) as caught:
            across(connections, reads)
        assert caught.value.code == "ledger.not_allowed"
    store.rows("ALTER TABLE ledger.read_log DISABLE TRIGGER refuse_update")
    store.rows("UPDATE ledger.read_log SET at = at - interval '2 minutes'")
    with pytest.raises(LedgerError):
        across(connections, [of_bistand, of_hyra])
    assert len(across(connections, both(connections)).rows) == 1


def test_what_is_counted_by_id_has_its_id_in_the_clear_where_the_sql_reads_it() -> None:
    for lane, rules in RULES.items():
        for type_ in (*rules.begins, *rules.ends):
            fact = FACTS[lane].require(lane, type_)
            (field,) = [spec for spec in specs_of(fact) if spec.number == 32]
            assert not field.sealed
            assert field.name in {"decision_id", "lease_id"}
