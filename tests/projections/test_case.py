import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.bistand.events import (
    ApplicationReceived,
    BiståndEnded,
    CaseClosed,
    CaseOpened,
    CorrectionApproved,
    DecisionGranted,
    DecisionNotified,
    PartyAdded,
)
from domain.hyra.events import (
    DisturbanceReported,
    LeaseSigned,
    LeaseTerminated,
    TerminationNoticeIssued,
)
from domain.kernel.codes import MissingReference
from domain.kernel.fact import Fact
from domain.koppling.events import CaseJoined
from ledger.codec import Lane
from projections.case import CaseView, case_view, to_json, to_text
from projections.clocks import Clocks
from projections.words import Told
from tests.kernel.facts import BO, NOW, Stream
from tests.projections.views import history, names, recorded

D1, LEASE = UUID(int=0xD1), UUID(int=0xA1)


def section(view: CaseView, title: str) -> dict[str, Told]:
    (found,) = [part for lane in view.lanes for part in lane.sections if part.title == title]
    return dict(found.rows)


def status(title: str, lane: Lane, on: date, *facts: Fact) -> Told:
    stream = Stream()
    for fact in facts:
        stream.add(fact)
    view = case_view({lane: stream.events}, Clocks(now=NOW, gallde=on))
    return section(view, title)["Läge"]


GRANTED = DecisionGranted(decision_id=D1, start="2020-10-01", end="2021-09-30")
ENDED = BiståndEnded(decision_id=D1, effective="2021-02-12")
SIGNED = LeaseSigned(lease_id=LEASE, start="2020-10-01", end="2021-09-30")
NOTICE = TerminationNoticeIssued(lease_id=LEASE, ends_at="2021-02-12")


@pytest.mark.parametrize(
    ("on", "facts", "words"),
    [
        ("2020-09-30", [GRANTED], "börjar 2020-10-01"),
        ("2020-10-01", [GRANTED], "löper"),
        ("2021-09-30", [GRANTED], "löper"),
        ("2021-10-01", [GRANTED], "tiden gick ut 2021-09-30, inget avslut är registrerat"),
        ("2021-02-11", [GRANTED, ENDED], "avslutas 2021-02-12"),
        ("2021-02-12", [GRANTED, ENDED], "avslutat"),
        ("2021-02-12", [GRANTED, BiståndEnded(decision_id=D1)], "avslutat"),
    ],
)
def test_how_a_decision_stands(on: str, facts: list[Fact], words: str) -> None:
    assert status("Beslut 1", Lane.BISTAND, date.fromisoformat(on), *facts) == words


@pytest.mark.parametrize(
    ("on", "facts", "words"),
    [
        ("2020-09-30", [SIGNED], "börjar 2020-10-01"),
        ("2020-10-01", [SIGNED], "löper"),
        ("2021-10-01", [SIGNED], "avtalets tid gick ut 2021-09-30, inget slut är registrerat"),
        ("2020-10-01", [SIGNED, DisturbanceReported(lease_id=LEASE)], "löper"),
        ("2021-03-01", [SIGNED, NOTICE], "uppsagt till 2021-02-12"),
        ("2021-03-01", [SIGNED, TerminationNoticeIssued(lease_id=LEASE)], "uppsagt"),
        ("2021-03-01", [SIGNED, NOTICE, LeaseTerminated(lease_id=LEASE)], "har upphört"),
    ],
)
def test_how_a_tenancy_stands(on: str, facts: list[Fact], words: str) -> None:
    assert status("Hyresavtal 1", Lane.HYRA, date.fromisoformat(on), *facts) == words


def test_what_was_never_registered_is_said_so() -> None:
    on = date(2021, 1, 1)
    assert (
        status(str(D1), Lane.BISTAND, on, ENDED.model_copy(update={"effective": on})) == "avslutat"
    )
    notified = DecisionNotified(decision_id=D1)
    assert status(str(D1), Lane.BISTAND, on, notified) == "beslutet är inte registrerat"
    reported = DisturbanceReported(lease_id=LEASE)
    assert status(str(LEASE), Lane.HYRA, on, reported) == "avtalet är inte registrerat"
    lone = TerminationNoticeIssued(lease_missing=MissingReference.FINNS_INTE)
    stream = Stream()
    stream.add(lone)
    view = case_view({Lane.HYRA: stream.events}, Clocks(now=NOW))
    assert section(view, "Avtal som inte anges")["Hyresavtalet anges inte"] == "finns inte"


def test_the_end_of_one_process_leaves_the_other_as_it_is() -> None:
    told = history("fall-2")
    view = case_view(recorded(told), Clocks(now=NOW, gallde=date(2021, 3, 1)), names(told))
    assert section(view, "Beslut 1")["Läge"] == "avslutat"
    assert section(view, "Hyresavtal 1")["Läge"] == "uppsagt till 2021-02-12"


def test_a_case_is_shown_as_it_was_known_then() -> None:
    told = history("fall-2")
    then = datetime(2021, 1, 31, tzinfo=UTC)
    view = case_view(recorded(told), Clocks(now=NOW, gallde=then.date(), kant=then), names(told))
    assert section(view, "Beslut 2")["Läge"] == "löper"
    assert "Verkan från" not in section(view, "Beslut 2")


def test_a_correction_counts_whenever_it_was_approved() -> None:
    stream = Stream()
    first = stream.add(GRANTED)
    second = stream.add(GRANTED.model_copy(update={"full_grant": True}), corrects=first.ref)
    stream.add(CorrectionApproved(approved=second.ref), by=BO)
    view = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW, gallde=date(2020, 9, 2)))
    assert section(view, "Beslut 1")["Bifall helt enligt ansökan"] == "ja"


def test_a_case_that_goes_on_after_its_closing_is_not_called_closed() -> None:
    stream = Stream()
    stream.record(CaseOpened(party=UUID(int=1), person_stream=UUID(int=2)), on=date(2020, 1, 1))
    stream.record(CaseClosed(), on=date(2020, 2, 1))
    assert "Ärendet är avslutat" in to_text(
        case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW))
    )
    stream.record(ApplicationReceived(), on=date(2020, 3, 1))
    told = to_text(case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)))
    assert "Ärendet är avslutat" not in told
    assert "Ärendet avslutades men har fortsatt" in told
    then = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW, gallde=date(2020, 2, 15)))
    assert "Ärendet är avslutat" in to_text(then)


def test_the_parties_are_named_where_the_register_names_them() -> None:
    told = history("fall-1")
    view = case_view(recorded(told), Clocks(now=NOW), names(told))
    names_shown = [
        dict(part.rows)["Namn"]
        for lane in view.lanes
        for part in lane.sections
        if part.title == "Part"
    ]
    assert names_shown == ["Lena Provström"] * 2
    stream = Stream()
    person, other = UUID(int=0x11), UUID(int=0x12)
    stream.add(CaseOpened(party=person, person_stream=person))
    stream.add(PartyAdded(co_party=other, person_stream=other))
    unnamed = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW))
    assert section(unnamed, "Medpart") == {"Person": str(other)}


def test_a_case_as_json_and_as_text() -> None:
    told = history("fall-1")
    view = case_view(recorded(told), Clocks(now=NOW, gallde=date(2030, 1, 1)), names(told))
    data = json.loads(json.dumps(to_json(view)))
    assert [lane["label"] for lane in data["lanes"]] == ["BESLUT", "HYRA", "KOPPLING"]
    assert data["forecast"] is True
    text = to_text(view)
    assert max(map(len, text.splitlines())) <= 100
    assert "prognos" in text


def test_the_text_begins_with_each_stream_and_its_version() -> None:
    told = history("fall-1")
    by_lane = recorded(told)
    view = case_view(by_lane, Clocks(now=NOW), names(told))
    head = to_text(view).splitlines()[: len(view.heading.streams) + 3]
    for stream in view.heading.streams:
        last = max(one.version for one in by_lane[stream.lane] if one.stream == stream.stream)
        assert stream.version == last
        (line,) = [line for line in head if f"{stream.lane}/{stream.stream} " in line]
        assert f"version {last}" in line
    streams = to_json(view)["streams"]
    assert isinstance(streams, list)
    assert streams[0] == {
        "lane": "bistand",
        "stream": str(view.heading.streams[0].stream),
        "version": view.heading.streams[0].version,
        "ofPerson": False,
    }


def test_a_process_with_nothing_to_show_says_so_and_a_joining_has_no_empty_heading() -> None:
    stream, joining = Stream(), Stream(id=UUID(int=0x6))
    stream.add(ApplicationReceived())
    joining.add(CaseJoined(bistand_stream=stream.id))
    by_lane = {Lane.BISTAND: stream.events, Lane.KOPPLING: joining.events}
    text = to_text(case_view(by_lane, Clocks(now=NOW, gallde=date(1990, 1, 1))))
    head, *lanes = text.split("\n\n")[1:]
    assert "KOPPLING  koppling/" in head
    said = "  Inget som visas här hade hänt eller var känt då."
    assert [lane.splitlines() for lane in lanes] == [["BESLUT", "─" * 100, said]]


def test_a_list_of_answers_is_a_list() -> None:
    stream = Stream()
    answers = {"needs_extensive_support": "ja", "options_exhausted": "nej"}
    stream.add(DecisionGranted(decision_id=D1, assessment=answers))
    view = case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW))
    told = ("behov av omfattande stöd: ja", "andra möjligheter är uttömda: nej")
    assert section(view, "Beslut 1")["Bedömt"] == told
    lines = to_text(view).splitlines()
    assert lines[lines.index("  Bedömt:") + 1 :][:2] == [f"  - {answer}" for answer in told]


def test_words_of_one_s_own_stand_with_what_the_list_has_not() -> None:
    stream = Stream()
    stream.add(
        DecisionGranted(
            decision_id=D1,
            grounds=["missbruk", "utanfor_katalogen"],
            grounds_text="skuldsatt",
            conditions=["sobriety"],
            conditions_text="närmare i bilaga",
        )
    )
    found = section(case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)), "Beslut 1")
    assert found["Grunder"] == "missbruk, annan grund: skuldsatt"
    assert "Grunder, med egna ord" not in found
    assert found["Villkor, med egna ord"] == "närmare i bilaga"


def test_another_ground_has_its_own_label() -> None:
    stream = Stream()
    stream.add(
        BiståndEnded(decision_id=D1, ground="utanfor_katalogen", ground_text="villkorsbrott")
    )
    found = section(case_view({Lane.BISTAND: stream.events}, Clocks(now=NOW)), str(D1))
    assert found["Annan grund"] == "villkorsbrott"
    assert "Grund" not in found
