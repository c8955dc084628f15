"""A file of events: checked whole, recorded in its own order, once."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest

from api import importing
from api.acting import Acting, Purpose
from api.clock import utc_now
from api.exporting import import_lines
from api.importing import Importer, ImportRefused, Plan
from api.problems import Problem
from api.reading import ReadGateway
from domain.bistand.events import CaseOpened, HolderChanged
from domain.kernel.actor import Actor, Role
from domain.kernel.refused import Refused
from domain.koppling.events import LetterSent
from domain.system.events import OfficerRegistered
from ledger.codec import Lane
from ledger.destroy import destroy
from ledger.reading import ReadContext
from tests.whole import ALMA, BO, NAMND, OTHER_NAMND, Whole, by, decide, saying

pytestmark = pytest.mark.one_server

SOURCE = "paraplyet"
ROLES = frozenset(
    {
        Role.BISTANDSHANDLAGGARE,
        Role.HYRESHANDLAGGARE,
        Role.ENHETSCHEF,
        Role.MIGRERINGSANSVARIG,
    }
)


def line(lane: str, stream: str, type_: str, fact: Mapping[str, Any], **more: Any) -> bytes:  # noqa: ANN401
    said = {"occurred": "day 2011-06-14", "claimedRecorded": "2011-06-15", "source": SOURCE}
    body = {"lane": lane, "stream": stream, "type": type_, "fact": fact, **said, **more}
    return json.dumps(body, ensure_ascii=False).encode()


PERSON = {"person": "$p-1", "name": "Lena Provström", "numberKind": "saknas"}
CASE = [
    line("bistand", "person-1", "PersonRegistered", PERSON, occurred="sealed"),
    line("bistand", "arende-1", "CaseOpened",
         {"party": "$p-1", "personStream": "$bistand/person-1"}),
    line("bistand", "arende-1", "ApplicationReceived", {"text": "Jag söker $p-1 @home."}, id="a1"),
    line("hyra", "person-1", "PersonRegistered", PERSON, occurred="sealed"),
    line("hyra", "arende-1", "CaseOpened", {"party": "$p-1", "personStream": "$hyra/person-1"}),
    line("koppling", "arende-1", "CaseJoined",
         {"bistandStream": "$bistand/arende-1", "hyraStream": "$hyra/arende-1"}),
    line("bistand", "arende-1", "InvestigationOpened", {"trigger": "@a1"}),
    line("hyra", "arende-1", "LeaseSigned", {"leaseId": "$avtal-1", "start": "2011-11-01"}),
]  # fmt: skip


def importer(whole: Whole, namnd: UUID = NAMND) -> Importer:
    return Importer(whole.processes, Acting(Actor(ALMA, "Alma", ROLES), namnd, "Nämnden"))


def check(whole: Whole, lines: Iterable[bytes]) -> Plan:
    return importer(whole).check(lines, utc_now(), lambda *_: None)


def carry(whole: Whole, lines: Iterable[bytes], *, batches: int | None = None) -> Plan:
    one = importer(whole)
    plan = one.check(lines, utc_now(), lambda *_: None)
    one.record(replace(plan, batches=plan.batches[:batches]), utc_now, lambda *_: None)
    return plan


def stored(whole: Whole, lane: Lane) -> list[Any]:
    with whole.superuser() as connection:
        rows = connection.execute(
            "SELECT stream FROM ledger.stream_head WHERE lane = %s AND stream <> %s",
            (lane.value, UUID(int=0)),
        ).fetchall()
    process = whole.processes[lane]
    with process.reading(ReadContext(ALMA, NAMND, "test", "test")):
        events = [event for (stream,) in rows for event in process.history(stream)]
    return sorted(events, key=lambda event: event.index)


def register_officers(whole: Whole) -> None:
    for officer in (ALMA, BO):
        registered = OfficerRegistered(name="Prov Provlund")
        whole.processes.system.record([saying(registered, officer, 1)], by())


def faults(whole: Whole, lines: Iterable[bytes]) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refused:
        check(whole, lines)
    return [(fault.line, fault.field, fault.code) for fault in refused.value.faults]


def test_the_lines_of_a_lane_are_recorded_in_the_files_order_with_names_made_ids(
    whole: Whole,
) -> None:
    plan = carry(whole, CASE)
    assert (plan.total, plan.recorded) == (8, 0)
    bistand = stored(whole, Lane.BISTAND)
    assert [type(event.fact).__name__ for event in bistand] == [
        "PersonRegistered", "CaseOpened", "ApplicationReceived", "InvestigationOpened",
    ]  # fmt: skip
    person, opened, application, investigation = bistand
    assert opened.fact.party == person.fact.person
    assert opened.fact.person_stream == person.stream
    assert investigation.fact.trigger == application.ref
    assert application.common.source == SOURCE
    assert str(application.common.claimed_recorded) == "2011-06-15"


def test_a_name_in_free_text_stays_as_it_was_written(whole: Whole) -> None:
    carry(whole, CASE)
    assert stored(whole, Lane.BISTAND)[2].fact.text == "Jag söker $p-1 @home."


def test_an_events_name_stands_for_it_also_as_what_a_letter_threatens_with(whole: Whole) -> None:
    letter = line("koppling", "arende-1", "LetterSent",
                  {"letterId": "$brev-1", "threatRefs": {"@a1": [1, 2]}})  # fmt: skip
    carry(whole, [*CASE, letter])
    application = stored(whole, Lane.BISTAND)[2]
    (sent,) = (e for e in stored(whole, Lane.KOPPLING) if isinstance(e.fact, LetterSent))
    assert sent.fact.threat_refs == {application.ref: (1, 2)}


def test_two_names_of_one_event_lose_nothing_of_what_is_said_under_either(whole: Whole) -> None:
    case = uuid5(BO, "akt")
    party = {"party": "$p-1", "personStream": "$bistand/person-1"}
    lines = [
        CASE[0],
        line("bistand", str(case), "CaseOpened", party),
        line("bistand", str(case), "ApplicationReceived", {}, id="a"),
        line("koppling", "arende-1", "CaseJoined", {"bistandStream": str(case)}),
        line("koppling", "arende-1", "LetterSent",
             {"letterId": "$brev", "threatRefs": {"@a": [1], f"bistand/{case}/2": [2]}}),
    ]  # fmt: skip
    assert faults(whole, lines) == [(5, "threatRefs", "import.line")]


def test_one_name_is_different_streams_in_the_two_processes(whole: Whole) -> None:
    carry(whole, CASE)
    streams = {lane: {e.stream for e in stored(whole, lane)} for lane in (Lane.BISTAND, Lane.HYRA)}
    assert streams[Lane.BISTAND].isdisjoint(streams[Lane.HYRA])


def test_the_same_file_twice_adds_nothing(whole: Whole) -> None:
    carry(whole, CASE)
    plan = carry(whole, CASE)
    assert (plan.recorded, plan.batches) == (8, ())
    assert len(stored(whole, Lane.BISTAND)) == 4


def exported(whole: Whole) -> list[bytes]:
    case = next(event.stream for event in stored(whole, Lane.KOPPLING))
    acting = Acting(Actor(ALMA, "Alma", ROLES), NAMND, "Nämnden")
    read = ReadGateway(whole.processes).case(acting, case, Purpose.UTLAMNANDE, "case.export")
    return [one.encode() for one in import_lines(read)]


def test_export_gives_back_what_was_imported(whole: Whole) -> None:
    carry(whole, CASE)
    plan = check(whole, exported(whole))
    assert (plan.total, plan.recorded) == (8, 8)


def test_an_export_carried_over_to_an_empty_ledger_is_exported_alike_there(
    whole: Whole, second_whole: Whole
) -> None:
    carry(whole, CASE)
    carry(second_whole, exported(whole))
    assert exported(second_whole) == exported(whole)


def test_a_note_that_says_nothing_is_not_one_that_was_never_written(whole: Whole) -> None:
    again = [
        line("bistand", "arende-1", "ApplicationReceived", {}, note=note) for note in ("", "a")
    ]
    without = line("bistand", "arende-1", "ApplicationReceived", {})
    carry(whole, [*CASE, *again, without])
    notes = [json.loads(one).get("note") for one in exported(whole)]
    assert [note for note in notes if note is not None] == ["", "a"]


@pytest.mark.parametrize("batches", [1, 2])
def test_an_interrupted_import_goes_on_where_it_was(whole: Whole, batches: int) -> None:
    carry(whole, CASE, batches=batches)
    plan = carry(whole, CASE)
    assert 0 < plan.recorded < 8
    assert len(stored(whole, Lane.BISTAND)) == 4
    assert len(stored(whole, Lane.HYRA)) == 3


def test_what_is_said_again_after_it_was_taken_back_is_recorded_again(whole: Whole) -> None:
    register_officers(whole)
    said = line("bistand", "arende-1", "JournalNoteEntered", {"text": "Hembesök."})
    carry(whole, CASE)
    carry(whole, file := [*CASE, said])
    note = stored(whole, Lane.BISTAND)[-1].ref
    mark = {"entry": str(note), "reason": "hande_inte"}
    approved = {"approved": "@m"}
    file += [
        line("bistand", "arende-1", "EntryMarkedErroneous", mark, id="m", actedBy=str(ALMA)),
        line("bistand", "arende-1", "CorrectionApproved", approved, actedBy=str(BO)),
    ]
    carry(whole, file)
    carry(whole, file := [*file, said])
    assert len(stored(whole, Lane.BISTAND)) == 4 + 4
    assert carry(whole, file).recorded == len(file)


def test_a_recorded_line_that_says_something_else_now_is_named(whole: Whole) -> None:
    carry(whole, CASE)
    changed = [
        *CASE[:2],
        line("bistand", "arende-1", "ApplicationReceived", {"text": "Annat."}, id="a1"),
        *CASE[3:],
    ]
    assert faults(whole, changed) == [(3, "", "import.other_content")]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (b"{", ("", "body.not_json")),
        (line("drift", "arende-1", "ApplicationReceived", {}), ("lane", "import.line")),
        (line("bistand", "arende 1", "ApplicationReceived", {}), ("stream", "import.line")),
        (line("hyra", "arende-1", "ApplicationReceived", {}), ("", "fact.other_lane")),
        (line("bistand", "arende-1", "ApplicationReceived", {"channel": "fax"}),
         ("channel", "fact.unknown_code")),
        (line("bistand", "arende-1", "InvestigationOpened", {"trigger": "@nothing"}),
         ("trigger", "import.line")),
        (line("bistand", "arende-1", "ApplicationReceived", {}, actedBy="@nothing"),
         ("actedBy", "import.line")),
        (line("bistand", "arende-1", "ApplicationReceived", {}, target="$p-1"),
         ("target", "fact.wrong_form")),
        (line("bistand", "arende-1", "ApplicationReceived", {}, target=str(BO)),
         ("target", "fact.unknown_field")),
        (line("bistand", "arende-1", "ApplicationReceived", {}, occurred="day 2999-01-01"),
         ("occurred", "occurred.future")),
        (line("bistand", "arende-9", "ApplicationReceived", {}), ("", "stream.not_open")),
        (line("bistand", "arende-1", "ApplicationReceived", {}, version=9),
         ("", "import.version")),
        (line("bistand", "arende-9", "ApplicationReceived", {}, version=0),
         ("version", "import.line")),
        (line("bistand", "arende-9", "ApplicationReceived", {}, version=True),
         ("version", "import.line")),
        (b'{"lane": ["bistand"]}', ("lane", "import.line")),
        (b'{"lane": {}}', ("lane", "import.line")),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_of_the_file_is_recorded(
    whole: Whole, bad: bytes, expected: tuple[str, str]
) -> None:
    assert faults(whole, [*CASE, bad]) == [(9, *expected)]
    assert stored(whole, Lane.BISTAND) == []


def test_all_bad_lines_are_named(whole: Whole) -> None:
    assert [number for number, _, _ in faults(whole, [b"{", *CASE, b"[]", b"nej"])] == [1, 10, 11]


def test_a_process_belongs_to_one_case_of_the_file(whole: Whole) -> None:
    other = line("koppling", "arende-2", "CaseJoined", {"bistandStream": "$bistand/arende-1"})
    assert faults(whole, [*CASE, other]) == [(9, "", "case.joined_elsewhere")]


@pytest.mark.parametrize("also", [0, 7])
def test_a_process_belongs_to_one_case_also_when_the_first_was_recorded_before(
    whole: Whole, also: int
) -> None:
    carry(whole, CASE)
    other = line("koppling", "arende-2", "CaseJoined", {"bistandStream": "$bistand/arende-1"})
    assert faults(whole, [*CASE[:also], other]) == [(also + 1, "", "case.joined_elsewhere")]


def joins(case: str, stream: str = "arende-1", **more: Any) -> bytes:  # noqa: ANN401
    fact = {"bistandStream": f"$bistand/{stream}"}
    return line("koppling", case, "CaseJoined", fact, **more)


def taken_back(case: str, entry: str) -> list[bytes]:
    """An entry with an `id` is marked erroneous by one officer, and by another."""
    mark = {"entry": f"@{entry}", "reason": "fel_arende"}
    approved = {"approved": f"@m-{entry}"}
    return [
        line("koppling", case, "EntryMarkedErroneous", mark, id=f"m-{entry}", actedBy=str(ALMA)),
        line("koppling", case, "CorrectionApproved", approved, id=f"a-{entry}", actedBy=str(BO)),
    ]


def test_a_process_that_was_joined_before_it_existed_belongs_to_that_case_alone(
    whole: Whole,
) -> None:
    carry(whole, [joins("arende-2")])
    assert faults(whole, CASE) == [(6, "", "case.joined_elsewhere")]
    assert faults(whole, [joins("arende-3")]) == [(1, "", "case.joined_elsewhere")]


def test_a_process_joined_by_another_while_a_file_was_checked_is_refused_when_it_is_recorded(
    whole: Whole,
) -> None:
    one = importer(whole)
    plan = one.check(CASE, utc_now(), lambda *_: None)
    carry(whole, [joins("arende-2")])
    with pytest.raises(Refused) as refused:
        one.record(plan, utc_now, lambda *_: None)
    assert refused.value.code == "case.joined_elsewhere"


@pytest.mark.parametrize("split", [0, 1, 2, 3])
def test_what_was_joined_wrong_and_taken_back_is_joined_right_in_the_same_file_or_the_next(
    whole: Whole, split: int
) -> None:
    register_officers(whole)
    lines = [joins("fel", id="j"), *taken_back("fel", "j"), joins("ratt")]
    carry(whole, lines[:split])
    assert carry(whole, lines).recorded == split
    assert faults(whole, [*lines, joins("annat")]) == [(5, "", "case.joined_elsewhere")]


def test_a_mark_that_nobody_approved_takes_no_process_from_its_case(whole: Whole) -> None:
    register_officers(whole)
    lines = [joins("fel", id="j"), taken_back("fel", "j")[0], joins("ratt")]
    assert faults(whole, lines) == [(3, "", "case.joined_elsewhere")]


def test_a_joining_does_not_count_again_where_the_file_has_joined_the_process_to_another(
    whole: Whole,
) -> None:
    register_officers(whole)
    lines = [
        joins("fel", id="j"),
        *taken_back("fel", "j"),
        joins("ratt"),
        *taken_back("fel", "a-j"),
    ]
    assert faults(whole, lines) == [(6, "", "case.joined_elsewhere")]


def test_lanes_take_turns_by_the_window_and_what_ties_them_comes_last(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "WINDOW", 6)
    monkeypatch.setattr(importing, "BATCH", 2)
    plan = check(whole, CASE)
    assert [(batch.lane.value, len(batch.sayings)) for batch in plan.batches] == [
        ("bistand", 2), ("bistand", 1), ("hyra", 2), ("koppling", 1), ("bistand", 1), ("hyra", 1),
    ]  # fmt: skip
    carry(whole, CASE)
    assert check(whole, CASE).recorded == 8


@pytest.mark.parametrize("before", [0, 4])
def test_a_file_is_checked_alike_a_line_at_a_time(
    whole: Whole, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(importing, "WINDOW", 1)
    lines = [*CASE, *a_couple_that_separates()]
    carry(whole, lines[:before])
    other = line("koppling", "arende-2", "CaseJoined", {"bistandStream": "$bistand/arende-1"})
    assert faults(whole, [*lines, other]) == [(16, "", "case.joined_elsewhere")]
    assert carry(whole, lines).recorded == before
    assert check(whole, lines).recorded == len(lines) == len(stored(whole, Lane.BISTAND)) + 4


def test_who_is_said_to_have_acted_is_a_registered_officer(whole: Whole) -> None:
    bad = line("bistand", "arende-1", "ApplicationReceived", {}, actedBy=str(BO))
    assert faults(whole, [*CASE, bad]) == [(9, "actedBy", "officer.not_registered")]


def test_a_case_is_opened_for_a_person_the_file_or_the_ledger_has(whole: Whole) -> None:
    assert faults(whole, CASE[1:3]) == [(1, "", "person.not_registered")]


@pytest.mark.parametrize("said", [{}, {"source": None, "claimedRecorded": None}])
def test_who_may_not_import_carries_nothing_over_and_is_told_at_which_line(
    whole: Whole, said: Mapping[str, None]
) -> None:
    roles = ROLES - {Role.MIGRERINGSANSVARIG}
    one = Importer(whole.processes, Acting(Actor(ALMA, "Alma", roles), NAMND, "Nämnden"))
    opened = line("bistand", "arende-1", "ApplicationReceived", {}, **said)
    with pytest.raises(Problem) as refused:
        one.check([b"", b"", opened], utc_now(), lambda *_: None)
    assert refused.value.status == 403
    assert [place for place, _ in refused.value.fields] == ["rad 3"]


def test_a_line_of_a_process_the_officer_may_not_record_in_is_named(whole: Whole) -> None:
    roles = frozenset({Role.BISTANDSHANDLAGGARE, Role.MIGRERINGSANSVARIG})
    one = Importer(whole.processes, Acting(Actor(ALMA, "Alma", roles), NAMND, "Nämnden"))
    with pytest.raises(Problem) as refused:
        one.check(CASE, utc_now(), lambda *_: None)
    assert (refused.value.status, refused.value.fields[0][0]) == (403, "rad 4")


def test_a_streams_id_is_the_same_in_capitals_and_after_the_sign_for_a_name(whole: Whole) -> None:
    person, case = uuid5(BO, "personakt"), uuid5(BO, "akt")
    party = {"party": "$p-1", "personStream": f"$bistand/{str(person).upper()}"}
    lines = [
        line("bistand", str(person), "PersonRegistered", PERSON, occurred="sealed"),
        line("bistand", str(case).upper(), "CaseOpened", party),
        line("bistand", str(case), "ApplicationReceived", {}),
        line("koppling", "arende-1", "CaseJoined", {"bistandStream": str(case).upper()}),
    ]
    carry(whole, lines)
    assert [event.stream for event in stored(whole, Lane.BISTAND)] == [person, case, case]
    (joined,) = stored(whole, Lane.KOPPLING)
    assert joined.fact.bistand_stream == case


def test_who_acted_may_be_an_officer_that_the_file_registers_before(whole: Whole) -> None:
    roles = ROLES | {Role.SYSTEMADMINISTRATOR}
    acting = Acting(Actor(ALMA, "Alma", roles), NAMND, "Nämnden")
    registered = line("system", "handl-7", "OfficerRegistered", {"name": "Prov Provlund"})
    acted = line("bistand", "arende-1", "ApplicationReceived", {}, actedBy="$system/handl-7")
    one = Importer(whole.processes, acting)
    with pytest.raises(ImportRefused) as refused:
        one.check([*CASE, acted, registered], utc_now(), lambda *_: None)
    assert [(fault.line, fault.code) for fault in refused.value.faults] == [
        (9, "officer.not_registered")
    ]
    plan = one.check(lines := [*CASE, registered, acted], utc_now(), lambda *_: None)
    assert plan.batches[0].lane is Lane.SYSTEM
    one.record(plan, utc_now, lambda *_: None)
    (officer,) = stored(whole, Lane.SYSTEM)
    assert stored(whole, Lane.BISTAND)[-1].common.acted_by == officer.stream
    assert one.check(lines, utc_now(), lambda *_: None).recorded == len(lines)


@pytest.mark.parametrize(
    ("type_", "fact"),
    [
        ("HolderChanged", {"toNamnd": str(OTHER_NAMND), "ground": "overlamnat"}),
        ("GallringsspärrSet", {"targetLane": "hyra", "legalGround": "domstolsarende"}),
        ("GallringWithdrawn", {"decision": f"tillsyn/{BO}/1", "reason": "fel_akt"}),
    ],
)
def test_what_would_act_in_this_ledger_is_refused_before_anything_is_recorded(
    whole: Whole, type_: str, fact: dict[str, str]
) -> None:
    bad = line("tillsyn", "gallring-1", type_, fact)
    assert faults(whole, [*CASE, bad]) == [(9, "", "import.has_effect")]


def test_each_line_is_entered_in_the_role_that_allows_it(whole: Whole) -> None:
    roles = ROLES | {Role.REGISTRATOR}
    one = Importer(whole.processes, Acting(Actor(ALMA, "Alma", roles), NAMND, "Nämnden"))
    lines = [
        line("tillsyn", "a", "JOMatterOpened", {}),
        line("tillsyn", "b", "LexSarahReported", {}),
    ]
    plan = one.check(lines, utc_now(), lambda *_: None)
    assert [batch.role for batch in plan.batches] == [Role.REGISTRATOR, Role.BISTANDSHANDLAGGARE]


def stream_of_the_case(whole: Whole) -> UUID:
    (opened,) = (e for e in stored(whole, Lane.BISTAND) if isinstance(e.fact, CaseOpened))
    stream = opened.stream
    assert isinstance(stream, UUID)
    return stream


def test_a_file_whose_stream_has_moved_says_so_at_each_of_its_lines(whole: Whole) -> None:
    carry(whole, CASE)
    whole.register_namnder()
    moved = HolderChanged(to_namnd=OTHER_NAMND, ground="overlamnat")
    process = whole.processes.bistand
    process.record([saying(moved, stream_of_the_case(whole), 4)], by())
    assert faults(whole, CASE[:3]) == [(2, "", "import.other_namnd")]


def test_a_file_whose_stream_has_been_destroyed_says_so(whole: Whole) -> None:
    carry(whole, CASE)
    whole.processes.tillsyn.carry_out(decide(whole, stream_of_the_case(whole)), by())
    assert faults(whole, CASE) == [(2, "", "import.destroyed")]


def test_nothing_is_added_about_a_person_whose_data_have_been_destroyed(whole: Whole) -> None:
    carry(whole, CASE)
    stream = stream_of_the_case(whole)
    party = next(
        e.fact.party for e in stored(whole, Lane.BISTAND) if isinstance(e.fact, CaseOpened)
    )
    whole.processes.tillsyn.carry_out(decide(whole, stream, party), by())
    assert check(whole, CASE).recorded == 8
    more = line("bistand", "arende-1", "ApplicationReceived", {"text": "Nytt."})
    assert faults(whole, [*CASE, more]) == [(9, "", "import.nobody")]


def test_a_place_in_the_case_means_one_person(whole: Whole) -> None:
    lines = []
    for number in ("2", "3"):
        person = {**PERSON, "person": f"$p-{number}"}
        added = {"coParty": f"$p-{number}", "personStream": f"$bistand/person-{number}"}
        lines += [
            line("bistand", f"person-{number}", "PersonRegistered", person, occurred="sealed"),
            line("bistand", "arende-1", "PartyAdded", added),
        ]
    assert faults(whole, [*CASE, *lines]) == [(12, "", "party.other_person")]


def test_no_fault_repeats_a_value(whole: Whole) -> None:
    bad = line("bistand", "arende-1", "ApplicationReceived", {"channel": "198005052389"})
    with pytest.raises(ImportRefused) as refused:
        check(whole, [*CASE, bad])
    assert "198005052389" not in repr(refused.value.faults)


def test_two_people_of_the_source_may_correct_though_one_officer_carries_both_over(
    whole: Whole,
) -> None:
    register_officers(whole)
    again = {"text": "Jag ansöker."}
    lines = [
        *CASE,
        line("bistand", "arende-1", "ApplicationReceived", again, id="c", corrects="@a1",
             correctionReason="skrivfel", actedBy=str(ALMA)),
        line("bistand", "arende-1", "CorrectionApproved", {"approved": "@c"}, actedBy=str(BO)),
    ]  # fmt: skip
    same = lines[-1].replace(str(BO).encode(), str(ALMA).encode())
    assert faults(whole, [*lines[:-1], same]) == [(10, "", "correction.same_person")]
    carry(whole, lines)


def test_an_older_systems_minutes_are_carried_over_by_a_registrator(whole: Whole) -> None:
    minutes = line("system", "mote-1", "MeetingHeld", {"namnd": str(NAMND)})
    roles = {Role.REGISTRATOR, Role.MIGRERINGSANSVARIG}
    one = Importer(whole.processes, Acting(Actor(ALMA, "Alma", frozenset(roles)), NAMND, ""))
    assert one.check([minutes], utc_now(), lambda *_: None).total == 1


def a_couple_that_separates() -> list[bytes]:
    def person(key: str, name: str) -> bytes:
        fact = {"person": f"${key}", "name": name, "numberKind": "saknas"}
        return line("bistand", key, "PersonRegistered", fact, occurred="sealed")

    return [
        person("p1", "Stanna Provsson"),
        person("p2", "Lämna Provsson"),
        line("bistand", "a", "CaseOpened", {"party": "$p1", "personStream": "$bistand/p1"}),
        line("bistand", "a", "JournalNoteEntered", {"text": "Före paret."}, note="Bara hon än."),
        line("bistand", "a", "PartyAdded", {"coParty": "$p2", "personStream": "$bistand/p2"},
             note="Gemensamt."),
        line("bistand", "a", "PartyLeft", {"leaver": "medpart", "reason": "separerat"}),
        line("bistand", "a", "ApplicationReceived", {"text": "x"}, note="Bara om den som stannar."),
    ]  # fmt: skip


def test_what_a_file_notes_of_a_couple_concerns_those_who_were_parties_when_it_was_noted(
    whole: Whole,
) -> None:
    carry(whole, a_couple_that_separates())
    events = stored(whole, Lane.BISTAND)
    stays, leaves = (event.fact.person for event in events[:2])
    (case,) = {event.stream for event in events[2:]}
    with whole.superuser("keys") as connection:
        rows = connection.execute(
            "SELECT bound FROM keys.data_key WHERE lane = 'bistand' AND stream = %s AND class = 4"
            " AND bound IS NOT NULL ORDER BY generation",
            (case,),
        ).fetchall()
    assert [set(persons) for (persons,) in rows] == [{stays}, {stays, leaves}, {stays}]
    destroy(whole.ledger, decide(whole, case, stays))
    told = str([event.common.note for event in stored(whole, Lane.BISTAND)])
    assert "Gemensamt." in told
    assert "stannar" not in told
    assert "Bara hon" not in told


def test_a_couple_that_says_nothing_jointly_before_they_are_two_is_one_append(whole: Whole) -> None:
    lines = a_couple_that_separates()
    plan = check(whole, [*lines[:3], *lines[4:6]])
    assert [len(batch.sayings) for batch in plan.batches] == [5]


def test_a_file_goes_on_after_what_somebody_recorded_in_its_stream_in_between(
    whole: Whole,
) -> None:
    carry(whole, CASE)
    case = stored(whole, Lane.BISTAND)[2]
    whole.apply(case.stream, 4, "Nytt i liggaren")
    late = {"text": "En till."}
    found = faults(whole, [*CASE, line("bistand", "arende-1", "ApplicationReceived", late)])
    assert found == [(9, "version", "import.recorded_between")]
    given = line("bistand", "arende-1", "ApplicationReceived", late, version=5)
    after = line("bistand", "arende-1", "ApplicationReceived", {"text": "Och en."})
    assert carry(whole, [*CASE, given, after]).recorded == 8
    assert carry(whole, [*CASE, given, after]).recorded == 10
    texts = [getattr(e.fact, "text", None) for e in stored(whole, Lane.BISTAND)]
    assert texts[-3:] == ["Nytt i liggaren", "En till.", "Och en."]
