import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bistand.events import (
    ApplicationReceived,
    BiståndEnded,
    CaseOpened,
    CorrectionApproved,
    DecisionGranted,
    EntryMarkedErroneous,
)
from domain.bistand.events import PersonRegistered as Registered
from domain.kernel.codes import CorrectionReason
from domain.kernel.event import Common, RecordedEvent
from domain.kernel.fact import GONE, UnknownFact, fact_from_values
from domain.kernel.occurred import SEALED, UNKNOWN, Occurred
from domain.kernel.shapes import PersonRegistered
from domain.kernel.values import EventRef
from ledger.codec import Lane
from projections import case
from projections.clocks import Clocks
from projections.plain import WIDTH, to_text
from projections.registry import REGISTRY
from projections.trail import Change, Row, Settled, State, to_json, trail
from scripts.histories import NAMES
from tests.kernel.facts import ALMA, BO, DAY, NOW, Stream
from tests.kernel.strategies import facts, references, stored
from tests.projections.views import history, names, only, recorded

PERSON, D1 = UUID(int=0x11), UUID(int=0xD1)
CLOCKS = Clocks(now=NOW)


def opened() -> Stream:
    stream = Stream()
    stream.record(CaseOpened(party=PERSON, person_stream=UUID(int=2)))
    return stream


def rows(stream: Stream, clocks: Clocks = CLOCKS) -> tuple[Row, ...]:
    return trail({Lane.BISTAND: stream.events}, clocks, {ALMA: "Alma", BO: "Bo"}).rows


def test_a_correction_shows_both_values_and_says_which_counts() -> None:
    stream = opened()
    first = stream.record(DecisionGranted(decision_id=D1, start="2020-10-01"))
    second = stream.record(
        DecisionGranted(decision_id=D1, start="2020-11-01"),
        corrects=first.ref,
        correction_reason="fel_tidpunkt",
    )
    assert [row.state for row in rows(stream)][1:] == [State.COUNTS, State.WAITS]
    stream.record(CorrectionApproved(approved=second.ref), by=BO)
    _, wrong, right, approval = rows(stream)
    assert (wrong.state, right.state) == (State.REPLACED, State.COUNTS)
    assert "2020-10-01" in wrong.sentence
    assert "2020-11-01" in right.sentence
    assert wrong.replaced_by == "Beslut om bifall 2020-09-01 (BESLUT, nr 3)"
    assert right.corrects == "Beslut om bifall 2020-09-01 (BESLUT, nr 2)"
    assert approval.actor == "Bo"
    assert approval.sentence.endswith("godkände Beslut om bifall 2020-09-01 (BESLUT, nr 3).")


def lines(text: str) -> list[str]:
    """The lines of a text trail of BESLUT alone, without the columns."""
    return [line[11:54].strip() for line in text.splitlines()]


def test_the_text_says_by_number_what_replaced_what_and_who_approved_it() -> None:
    stream = opened()
    first = stream.record(DecisionGranted(decision_id=D1, start="2020-10-01"))
    second = stream.record(
        DecisionGranted(decision_id=D1, start="2020-11-01"),
        corrects=first.ref,
        correction_reason=CorrectionReason.FEL_TIDPUNKT,
    )
    said = lines(to_text(trail({Lane.BISTAND: stream.events}, CLOCKS, {ALMA: "Alma", BO: "Bo"})))
    assert "VÄNTAR PÅ GODKÄNNANDE" in said
    assert "Rättar nr 2: fel tidpunkt" in said
    stream.record(CorrectionApproved(approved=second.ref), by=BO)
    said = lines(to_text(trail({Lane.BISTAND: stream.events}, CLOCKS, {ALMA: "Alma", BO: "Bo"})))
    assert "STRUKEN, ersatt av nr 3" in said
    assert said.index("Rättar nr 2: fel tidpunkt") + 1 == said.index(
        "Föreslagen av Alma, godkänd av Bo (nr 4)"
    )


def test_the_text_says_by_number_what_marked_an_entry_and_who_approved_it() -> None:
    stream = opened()
    wrong = stream.record(ApplicationReceived())
    mark = stream.record(EntryMarkedErroneous(entry=wrong.ref, reason="hande_inte"))
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    said = lines(to_text(trail({Lane.BISTAND: stream.events}, CLOCKS, {ALMA: "Alma", BO: "Bo"})))
    assert "STRUKEN, FELREGISTRERAD enligt nr 3" in said
    assert "Föreslagen av Alma, godkänd av Bo (nr 4)" in said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("skrivfel", "skrivfel"),
        ("utanfor_katalogen", "annat skäl, se anteckningen"),
        (None, "skäl inte angivet"),
        (GONE, "[gallrad eller oläslig]"),
    ],
    ids=str,
)
def test_a_correction_says_why(reason: object, said: str) -> None:
    stream = opened()
    first = stream.record(ApplicationReceived())
    stream.record(
        ApplicationReceived(channel="post"),
        corrects=first.ref,
        correction_reason=CorrectionReason(reason) if isinstance(reason, str) else reason,
        note="Kuvertet återfanns.",
    )
    view = trail({Lane.BISTAND: stream.events}, CLOCKS)
    assert [row.correction_reason for row in view.rows] == ["", "", said]
    data: Any = to_json(view)["rows"]
    assert [row["correctionReason"] for row in data] == [None, None, said]
    text = " ".join(lines(to_text(view)))
    assert f"Rättar nr 2: {said} Anteckning: Kuvertet återfanns." in text


def test_a_reason_without_what_it_corrects_is_shown_too() -> None:
    stream = opened()
    stream.add(ApplicationReceived(), correction_reason=CorrectionReason.SKRIVFEL)
    text = to_text(trail({Lane.BISTAND: stream.events}, CLOCKS))
    assert "Skäl för rättelsen: skrivfel" in lines(text)


def test_a_correction_of_what_is_not_shown_says_so() -> None:
    stream = opened()
    elsewhere = EventRef(Lane.BISTAND, UUID(int=0x99), 2)
    stream.add(ApplicationReceived(), corrects=elsewhere, correction_reason="skrivfel")
    said = " ".join(lines(to_text(trail({Lane.BISTAND: stream.events}, CLOCKS))))
    assert "Rättar en händelse som inte visas här (BESLUT): skrivfel" in said


def test_rows_are_numbered_as_they_stand_and_named_by_that_number() -> None:
    told = history("fall-2")
    view = trail(recorded(told), CLOCKS, names(told))
    assert [row.number for row in view.rows] == list(range(1, len(view.rows) + 1))
    data: Any = to_json(view)["rows"]
    assert [row["number"] for row in data] == [row.number for row in view.rows]
    (lease,) = [row for row in view.rows if row.type == "LeaseSigned"]
    (grant,) = [row for row in view.rows if row.links and row.type == "DecisionGranted"]
    assert lease.links == (f"verkställer {grant.title} 2020-09-25 (BESLUT, nr {grant.number})",)


def test_what_had_not_happened_then_has_no_number() -> None:
    stream = opened()
    first = stream.record(DecisionGranted(decision_id=D1))
    second = stream.record(DecisionGranted(decision_id=D1, full_grant=True), corrects=first.ref)
    stream.record(CorrectionApproved(approved=second.ref), by=BO, on=DAY + timedelta(days=90))
    view = trail({Lane.BISTAND: stream.events}, Clocks(now=NOW, gallde=DAY), {ALMA: "A", BO: "B"})
    assert [row.number for row in view.rows] == [1, 2, 3]
    assert "Föreslagen av A, godkänd av B" in lines(to_text(view))


def test_the_text_begins_with_each_stream_and_its_version_now() -> None:
    told = history("fall-2")
    by_lane = recorded(told)
    view = trail(by_lane, Clocks(now=NOW, gallde=date(1999, 1, 1)), names(told))
    head = to_text(view).partition("─")[0]
    for lane, events in by_lane.items():
        for stream in {event.stream for event in events}:
            version = max(event.version for event in events if event.stream == stream)
            (line,) = [line for line in head.splitlines() if str(stream) in line]
            assert f"{lane}/{stream} " in line
            assert f"version {version} nu" in line


def test_a_persons_stream_is_told_apart_from_the_cases() -> None:
    told = history("fall-2")
    by_lane = recorded(told)
    heads = trail(by_lane, CLOCKS, names(told)).heading.streams
    assert [(head.lane, head.of_person) for head in heads] == [
        (Lane.BISTAND, False), (Lane.BISTAND, True),
        (Lane.HYRA, False), (Lane.HYRA, True),
        (Lane.KOPPLING, False),
    ]  # fmt: skip
    (person,) = {
        event.stream for event in by_lane[Lane.HYRA] if isinstance(event.fact, PersonRegistered)
    }
    assert heads[3].stream == person
    assert heads[3].name == heads[1].name != ""


def test_each_row_of_the_text_says_its_number_and_its_version_in_its_stream() -> None:
    stream, person = opened(), Stream(id=UUID("abcdef01-0000-4000-8000-000000000000"))
    person.add(Registered(person=PERSON, name="Lena", number_kind="saknas"), on=SEALED)
    view = trail({Lane.BISTAND: [*stream.events, *person.events]}, CLOCKS)
    margin = [line[:11].strip() for line in to_text(view).split("─┼─")[1].splitlines()[1:]]
    assert [part for part in margin if part] == [
        "2020-09-01", "nr 1", "version 1",
        "utan dag", "nr 2", "version 1", "abcdef01…",
    ]  # fmt: skip


@pytest.mark.parametrize("claimed", [None, DAY])
@pytest.mark.parametrize("kant", [None, datetime(2020, 9, 2, tzinfo=UTC)])
def test_whose_word_counts_is_said_where_something_is_imported(
    claimed: date | None, kant: datetime | None
) -> None:
    stream = opened()
    stream.add(ApplicationReceived(), claimed_recorded=claimed)
    clocks = Clocks(now=NOW, kant=kant, source_word=False)
    view = trail({Lane.BISTAND: stream.events}, clocks)
    state = case.case_view({Lane.BISTAND: stream.events}, clocks)
    for text in (to_text(view), case.to_text(state)):
        assert ("importerat enligt liggarens klocka" in text) is bool(claimed)


def test_a_correction_says_what_it_changes_and_who_signed_it() -> None:
    stream = opened()
    first = stream.record(DecisionGranted(decision_id=D1, start="2020-10-01", end="2021-03-31"))
    second = stream.record(
        DecisionGranted(decision_id=D1, start="2020-11-01", until_further_notice=True),
        on=DAY + timedelta(1),
        corrects=first.ref,
        correction_reason="fel_tidpunkt",
    )
    assert rows(stream)[2].settled is None
    stream.record(CorrectionApproved(approved=second.ref), by=BO, on=DAY + timedelta(2))
    _, wrong, right, approval = rows(stream)
    assert right.changes == (
        Change("Dag", "2020-09-01", "2020-09-02"),
        Change("Från och med", "2020-10-01", "2020-11-01"),
        Change("Till och med", "2021-03-31", ""),
        Change("Tills vidare", "", "ja"),
    )
    assert wrong.changes == approval.changes == ()
    assert wrong.settled == right.settled == Settled(second.ref, approval.ref, "Alma", "Bo")
    assert approval.settled is None
    assert (right.corrected, approval.refs) == (first.ref, (second.ref,))


def test_what_was_marked_says_who_signed_it() -> None:
    stream = opened()
    wrong = stream.record(ApplicationReceived())
    mark = stream.record(EntryMarkedErroneous(entry=wrong.ref, reason="hande_inte"))
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    _, struck, marked, approval = rows(stream)
    assert struck.settled == marked.settled == Settled(mark.ref, approval.ref, "Alma", "Bo")


def test_what_never_happened_is_struck() -> None:
    stream = opened()
    wrong = stream.record(ApplicationReceived())
    mark = stream.record(EntryMarkedErroneous(entry=wrong.ref, reason="hande_inte"))
    assert [row.state for row in rows(stream)] == [State.COUNTS, State.COUNTS, State.WAITS]
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    assert rows(stream)[1].state is State.ERRONEOUS


@pytest.mark.parametrize(
    ("claimed", "source_word", "lateness"),
    [
        (None, True, "registrerat 2270 dagar efteråt"),
        (date(2020, 9, 1), True, ""),
        (date(2020, 9, 2), True, "registrerat 1 dag efteråt enligt källsystemet"),
        (date(2020, 9, 2), False, "registrerat 2270 dagar efteråt"),
        (date(2020, 8, 1), True, ""),
    ],
)
def test_a_late_entry_says_how_late(
    claimed: date | None, *, source_word: bool, lateness: str
) -> None:
    stream = opened()
    stream.record(
        ApplicationReceived(),
        claimed_recorded=claimed,
        source="gamla-systemet" if claimed else None,
        recorded=datetime(2026, 11, 19, 12, tzinfo=UTC),
    )
    clocks = Clocks(now=NOW, source_word=source_word)
    (row,) = [row for row in rows(stream, clocks) if row.type == "ApplicationReceived"]
    assert row.lateness == lateness
    assert row.claimed == (f"{claimed}" if claimed else "")


def test_a_view_knows_only_what_was_known_then() -> None:
    stream = Stream()
    stream.add(
        CaseOpened(party=PERSON, person_stream=UUID(int=2)),
        recorded=datetime(2020, 9, 1, 12, tzinfo=UTC),
    )
    stream.add(
        ApplicationReceived(),
        recorded=datetime(2021, 6, 21, 12, tzinfo=UTC),
        claimed_recorded=date(2020, 9, 1),
    )
    then = datetime(2021, 1, 1, tzinfo=UTC)
    assert len(rows(stream, Clocks(now=NOW, kant=then))) == 2
    assert len(rows(stream, Clocks(now=NOW, kant=then, source_word=False))) == 1
    assert len(rows(stream, Clocks(now=NOW, kant=stream.events[1].recorded))) == 2


@pytest.mark.parametrize(
    ("occurred", "gallde", "seen"),
    [
        (Occurred.on(DAY), DAY, True),
        (Occurred.on(DAY), DAY - timedelta(days=1), False),
        (Occurred.between(DAY, DAY + timedelta(days=9)), DAY, True),
        (Occurred.at(datetime(2020, 9, 1, 8, tzinfo=UTC)), DAY, True),
        (
            Occurred.at(datetime(2020, 9, 1, 8, tzinfo=UTC)),
            datetime(2020, 9, 1, 7, 59, tzinfo=UTC),
            False,
        ),
        (Occurred.on(DAY), datetime(2020, 9, 1, 0, 1, tzinfo=UTC), True),
        (UNKNOWN, DAY, False),  # became known later
        (SEALED, NOW.date(), True),
    ],
    ids=str,
)
def test_a_view_is_cut_at_what_had_happened(
    occurred: Occurred, gallde: date | datetime, *, seen: bool
) -> None:
    stream = opened()
    stream.add(ApplicationReceived(), on=occurred)
    clocks = Clocks(now=NOW, gallde=gallde)
    assert any(row.type == "ApplicationReceived" for row in rows(stream, clocks)) is seen


def test_a_correction_approved_later_corrects_the_view_of_a_day_before() -> None:
    stream = opened()
    first = stream.record(DecisionGranted(decision_id=D1))
    second = stream.record(DecisionGranted(decision_id=D1, full_grant=True), corrects=first.ref)
    stream.record(CorrectionApproved(approved=second.ref), by=BO, on=DAY + timedelta(days=90))
    on_the_day = rows(stream, Clocks(now=NOW, gallde=DAY))
    assert [row.state for row in on_the_day] == [State.COUNTS, State.REPLACED, State.COUNTS]


@pytest.mark.parametrize(
    ("gallde", "forecast"),
    [
        (None, False),
        (NOW.date(), False),
        (NOW.date() + timedelta(days=1), True),
        (NOW + timedelta(seconds=1), True),
        (NOW, False),
    ],
)
def test_a_look_ahead_says_that_it_is_a_forecast(
    gallde: date | datetime | None, *, forecast: bool
) -> None:
    clocks = Clocks(now=NOW, gallde=gallde, kant=NOW)
    assert clocks.forecast is forecast
    assert ("prognos" in clocks.in_words(imported=False)) is forecast
    assert clocks.to_json()["forecast"] is forecast


def test_what_is_destroyed_or_unknown_is_shown_as_such() -> None:
    stream = opened()
    stream.add(
        fact_from_values(DecisionGranted, {35: "forsok"}, frozenset({32, 41})),
        missing=frozenset({32, 41}),
    )
    stream.add(
        UnknownFact(Lane.BISTAND, "FollowUpDone", 1, {32: "2013-05-15"}), missing=frozenset({33})
    )
    _, destroyed, unknown = rows(stream)
    assert destroyed.missing == ("Beslut", "Grunder")
    assert destroyed.sentence.startswith("[gallrad eller oläslig]: försökslägenhet beviljades")
    assert (unknown.type, unknown.title) == ("FollowUpDone", "Okänd händelsetyp")
    assert unknown.details == (("Fält 32", "2013-05-15"),)
    assert unknown.missing == ("Fält 33",)
    text = to_text(trail({Lane.BISTAND: stream.events}, CLOCKS))
    assert "Saknas: Beslut, Grunder" in text


def test_who_acted_is_told_apart_from_who_entered_it() -> None:
    told = history("fall-2")
    view = trail(recorded(told), CLOCKS, names(told))
    (notice,) = [row for row in view.rows if row.type == "TerminationNoticeIssued"]
    assert (notice.actor, notice.role) == ("Hanna Testlund", "hyreshandläggare")
    assert notice.acted_by == "Berit Provberg"


def test_links_stand_with_both_events() -> None:
    told = history("fall-2")
    view = trail(recorded(told), CLOCKS, names(told))
    links = {row.type: row.links for row in view.rows if row.links}
    assert links["LeaseSigned"] == ("verkställer Beslut om bifall 2020-09-25 (BESLUT, nr 8)",)
    assert links["DecisionGranted"] == (
        "Hyresavtal undertecknat 2020-09-01 (HYRA, nr 7) verkställer detta",
    )


def test_a_link_is_not_shown_before_it_was_made() -> None:
    told = history("fall-2")
    before = Clocks(now=NOW, gallde=date(2020, 9, 25))
    view = trail(recorded(told), before, names(told))
    assert view.rows
    assert not any(row.links for row in view.rows)


def test_an_event_of_a_lane_that_is_not_shown_is_told_of_without_its_id() -> None:
    told = history("fall-2")
    seen = recorded(told)
    del seen[Lane.BISTAND]
    said = json.dumps(to_json(trail(seen, CLOCKS, names(told))), ensure_ascii=False)
    assert "bistand/" not in said
    assert "en händelse som inte visas här (BESLUT)" in said


@pytest.mark.parametrize(("lane", "other"), [(Lane.HYRA, "BESLUT"), (Lane.BISTAND, "HYRA")])
def test_one_lane_alone_says_nothing_of_the_other(lane: Lane, other: str) -> None:
    told = history("fall-2")
    view = trail(only(recorded(told), lane), CLOCKS, names(told))
    assert view.rows
    said = json.dumps(to_json(view), ensure_ascii=False)
    assert other not in said
    assert not any(row.links for row in view.rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_fits_a_terminal_and_the_json_is_json(name: str) -> None:
    told = history(name)
    by_lane = recorded(told)
    view = trail(by_lane, CLOCKS, names(told))
    text = to_text(view)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "│ HYRA" in text
    assert json.loads(json.dumps(to_json(view)))["rows"][0]["laneLabel"] == "BESLUT"
    assert [row.ref for row in view.rows] == [row.ref for row in trail(by_lane, CLOCKS).rows]


def test_every_precision_fits_its_column() -> None:
    stream = opened()
    for occurred in (
        Occurred.between(DAY, DAY + timedelta(days=9)),
        Occurred.at(datetime(2020, 9, 1, 8, tzinfo=UTC)),
        UNKNOWN,
        SEALED,
    ):
        stream.add(ApplicationReceived(), on=occurred, note="En anteckning.", delegation="2.1")
    text = to_text(trail({Lane.BISTAND: stream.events}, CLOCKS))
    for shown in ("2020-09-10 ", "10:00 ", "okänd dag ", "utan dag ", "En anteckning."):
        assert shown in text


any_stored = st.sampled_from(REGISTRY.facts).flatmap(stored)
any_fact = st.sampled_from(REGISTRY.facts).flatmap(facts)
occurrences = st.sampled_from([UNKNOWN, SEALED, Occurred.on(DAY), Occurred.at(NOW)])


@st.composite
def histories(draw: st.DrawFn) -> dict[Lane, list[RecordedEvent]]:
    """Events as they may lie in any store, in two streams of each lane."""
    streams: dict[tuple[Lane, int], Stream] = {}
    for fact in draw(st.lists(any_stored | any_fact, max_size=8)):
        number = draw(st.integers(1, 2))
        stream = streams.setdefault((fact.lane, number), Stream(id=UUID(int=number)))
        told = {
            "on": draw(occurrences),
            "corrects": draw(st.none() | references | st.sampled_from(_refs(stream))),
        }
        stream.add(fact, **told)
    by_lane: dict[Lane, list[RecordedEvent]] = {}
    for (lane, _), stream in streams.items():
        by_lane.setdefault(lane, []).extend(stream.events)
    return by_lane


def _refs(stream: Stream) -> list[object]:
    return [None, *(event.ref for event in stream.events)]


@settings(deadline=None)
@given(
    by_lane=histories(),
    source_word=st.booleans(),
    gallde=st.sampled_from([None, DAY, NOW]),
)
def test_any_stored_history_can_be_told_and_folded(
    by_lane: dict[Lane, list[RecordedEvent]], *, source_word: bool, gallde: date | datetime | None
) -> None:
    clocks = Clocks(now=NOW, gallde=gallde, source_word=source_word)
    view = trail(by_lane, clocks)
    json.dumps(to_json(view))
    to_text(view)
    state = case.case_view(by_lane, clocks)
    json.dumps(case.to_json(state))
    case.to_text(state)


def test_the_trail_holds_everything_that_is_known() -> None:
    by_lane = recorded(history("fall-1"))
    view = trail(by_lane, CLOCKS)
    assert {row.ref for row in view.rows} == {e.ref for lane in by_lane.values() for e in lane}
    assert Common.model_fields.keys() >= {"actor", "role", "acted_by", "delegation", "note"}


def test_a_decision_says_what_was_granted() -> None:
    stream = opened()
    stream.record(DecisionGranted(decision_id=D1, insats="traning", start="2020-10-01"))
    stream.record(DecisionGranted(decision_id=UUID(int=0xD2)))
    _, named, unnamed = rows(stream)
    said = "Beslut 1: träningslägenhet beviljades, från och med 2020-10-01."
    assert (named.sentence, unnamed.sentence) == (said, "Beslut 2.")


@pytest.mark.parametrize(
    ("fact", "said", "details"),
    [
        (
            BiståndEnded(decision_id=D1, ground="utanfor_katalogen", ground_text="villkorsbrott"),
            "avslutades. Annan grund: villkorsbrott.",
            (),
        ),
        (
            BiståndEnded(decision_id=D1, ground="utanfor_katalogen"),
            "avslutades. Annan grund.",
            (),
        ),
        (
            BiståndEnded(decision_id=D1, ground="dom", ground_text="mål 1-20"),
            "avslutades. Angiven grund: dom.",
            (("Grund, med egna ord", "mål 1-20"),),
        ),
        (
            BiståndEnded(decision_id=D1, ground_text="x"),
            "avslutades.",
            (("Grund, med egna ord", "x"),),
        ),
    ],
)
def test_a_ground_that_the_list_has_not_is_told_in_its_own_words(
    fact: BiståndEnded, said: str, details: tuple[tuple[str, str], ...]
) -> None:
    stream = opened()
    stream.add(fact)
    row = rows(stream)[-1]
    assert row.sentence.endswith(said)
    assert row.details == details


def test_the_text_says_when_it_was_recorded_where_that_was_another_day() -> None:
    stream = opened()
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    for note, days, claimed in (("same", 0, None), ("later", 1, None), ("imported", 9, DAY)):
        stream.add(
            ApplicationReceived(),
            note=note,
            recorded=noon + timedelta(days=days),
            claimed_recorded=claimed,
        )
    by_note = {row.note: row for row in rows(stream)}
    assert by_note["same"].registered_that_day
    text = " ".join(to_text(trail({Lane.BISTAND: stream.events}, CLOCKS)).replace("│", "").split())
    assert f"registrerat {DAY} 14:00" not in text
    assert by_note["later"].registered == f"registrerat {DAY + timedelta(days=1)} 14:00"
    assert f"{by_note['later'].registered}, 1 dag efteråt" in text
    assert "registrerat 1 dag efteråt" not in text, "said once"
    said = f"importerat; enligt källsystemet registrerat {DAY}, i liggaren 2020-09-10"
    assert by_note["imported"].registered == said
    assert said in text


def test_a_trail_without_events_says_so() -> None:
    text = to_text(trail({Lane.BISTAND: opened().events}, Clocks(now=NOW, gallde=date(1999, 1, 1))))
    assert "Inga händelser" in text
    assert "Inga händelser" not in to_text(trail({Lane.BISTAND: opened().events}, CLOCKS))
