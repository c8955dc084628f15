"""Persons over the years: found by number, merged, renumbered, mistaken, parted, moved.

Each story says what each nämnd and each lane may see before and after.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest

from api import recording
from api.acting import Purpose
from api.clock import utc_now
from api.exporting import lines
from domain.kernel.actor import Role
from domain.system.events import NämndSucceeded
from ledger.codec import Lane
from ledger.destroy import destroy
from scripts.operating import rebuild_lookup
from tests.api.service import (
    APPLICATION,
    BERIT,
    BO,
    CECILIA,
    HANNA,
    OTTO,
    SIGRID,
    Service,
    case_opened,
)
from tests.whole import NAMND, OTHER_NAMND, Whole, by, decide, fresh, saying

pytestmark = pytest.mark.one_server

NUMBER = "200001012384"
OTHER_NUMBER = "198005052389"
SAMORDNINGSNUMMER = "191711602399"
A_DAY = "day 2024-03-05"
HANDLER = {Lane.BISTAND: BERIT, Lane.HYRA: HANNA}


def kind_of(number: str | None) -> str:
    if number is None:
        return "saknas"
    return "samordningsnummer" if number == SAMORDNINGSNUMMER else "personnummer"


class Told:
    """A person registered in a lane over HTTP, with their stream and their id."""

    def __init__(
        self, service: Service, lane: Lane, number: str | None, name: str = "Prov Provsson"
    ) -> None:
        self.service, self.lane, self.who = service, lane, HANDLER[lane]
        self.id = str(fresh())
        said = {"person": self.id, "name": name, "numberKind": kind_of(number), "number": number}
        fact = {key: value for key, value in said.items() if value is not None}
        command = {"type": "PersonRegistered", "occurred": "sealed", "fact": fact}
        answer = service.open(self.who, lane, command)
        assert answer.status_code == 201, answer.text
        self.stream = str(answer.json()["stream"])
        self.version = 1

    def case(self) -> str:
        """Open a case with this person as its party."""
        answer = self.service.open(self.who, self.lane, case_opened(self.id, self.stream))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["stream"])

    def tell(self, type_: str, fact: Mapping[str, Any]) -> httpx.Response:
        """Record something about the person."""
        command = {"type": type_, "occurred": A_DAY, "fact": fact}
        answer = self.service.record(self.who, self.lane, self.stream, self.version, command)
        self.version += answer.status_code == 201
        return answer


def search(service: Service, who: str, lane: Lane, number: str) -> httpx.Response:
    return service.client.post(
        f"/v1/{lane}/personer/sok", json={"number": number}, headers=service.headers(who)
    )


def found(service: Service, who: str, lane: Lane, number: str) -> list[dict[str, Any]]:
    answer = search(service, who, lane, number)
    assert answer.status_code == 200, answer.text
    persons: list[dict[str, Any]] = answer.json()["persons"]
    return persons


def streams(persons: list[dict[str, Any]]) -> list[list[str]]:
    return [one["streams"] for one in persons]


def cases(persons: list[dict[str, Any]]) -> set[str]:
    return {case["stream"] for one in persons for case in one["cases"]}


def read(service: Service, who: str, lane: Lane, stream: str, query: str = "") -> dict[str, Any]:
    answer = service.get(who, f"/v1/{lane}/strommar/{stream}{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def parties(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """The parties of a case as it stood: title and rows."""
    return [
        {"title": section["title"], **{row["label"]: row["value"] for row in section["rows"]}}
        for lane in told["lanes"]
        for section in lane["sections"]
        if section["title"].startswith(("Part", "Medpart"))
    ]


def say(  # noqa: PLR0913, PLR0917 - who, where and what
    service: Service,
    who: str,
    lane: Lane,
    stream: str,
    version: int,
    type_: str,
    fact: Mapping[str, Any],
    **more: str,
) -> None:
    command = {"type": type_, "occurred": A_DAY, "fact": fact, **more}
    answer = service.record(who, lane, stream, version, command)
    assert answer.status_code == 201, answer.text


def shown_persons(whole: Whole, view: str) -> set[str]:
    with whole.superuser() as connection:
        rows = connection.execute(
            "SELECT person FROM ledger.read_subject s JOIN ledger.read_log r ON r.id = s.read"
            " WHERE r.view = %s",
            (view,),
        ).fetchall()
    return {str(person) for (person,) in rows}


def read_rows(whole: Whole, view: str) -> list[tuple[UUID, str | None, UUID | None]]:
    with whole.superuser() as connection:
        return connection.execute(
            "SELECT namnd, lane::text, stream FROM ledger.read_log WHERE view = %s ORDER BY id",
            (view,),
        ).fetchall()


# ---------------------------------------------------------------- looking somebody up


@pytest.mark.parametrize("lane", HANDLER)
def test_a_number_finds_the_person_and_their_cases_in_that_lane_alone(
    own_service: Service, lane: Lane
) -> None:
    person = Told(own_service, lane, NUMBER)
    case, another = person.case(), person.case()
    (one,) = found(own_service, person.who, lane, "20000101-2384 ")
    assert one["streams"] == [person.stream]
    assert one["person"] == person.id
    assert one["name"] == "Prov Provsson"
    assert one["numberInForce"]
    assert {case["stream"] for case in one["cases"]} == {case, another}
    other = Lane.HYRA if lane is Lane.BISTAND else Lane.BISTAND
    assert found(own_service, HANDLER[other], other, NUMBER) == []
    assert search(own_service, person.who, other, NUMBER).status_code == 403
    assert found(own_service, OTTO, lane, NUMBER) == []


def test_a_search_is_logged_also_where_nobody_is_found(own_service: Service, whole: Whole) -> None:
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    assert read_rows(whole, "person.find") == [(NAMND, "bistand", None)]
    person = Told(own_service, Lane.BISTAND, NUMBER)
    found(own_service, BERIT, Lane.BISTAND, NUMBER)
    assert read_rows(whole, "person.find")[-1] == (NAMND, "bistand", UUID(person.stream))


@pytest.mark.parametrize("body", [{}, {"number": 1}, {"number": NUMBER, "more": 1}, {"number": ""}])
def test_what_is_no_number_is_refused_and_not_repeated(
    own_service: Service, body: dict[str, Any]
) -> None:
    answer = own_service.client.post(
        "/v1/bistand/personer/sok", json=body, headers=own_service.headers(BERIT)
    )
    assert answer.status_code == 422
    wrong = search(own_service, BERIT, Lane.BISTAND, "200001012385")
    assert wrong.status_code == 422
    assert wrong.json()["code"] == "person.number_check_digit"
    assert "200001012385" not in wrong.text


def test_a_number_stands_nowhere_in_clear_and_is_kept_otherwise_in_each_lane(
    own_service: Service, whole: Whole
) -> None:
    for lane in HANDLER:
        Told(own_service, lane, NUMBER)
    with whole.superuser() as connection:
        rows = connection.execute("SELECT lane::text, mac FROM ledger.lookup").fetchall()
        dumped = connection.execute("SELECT clear || envelope FROM ledger.event").fetchall()
    assert {lane for lane, _ in rows} == {"bistand", "hyra"}
    assert len({bytes(mac) for _, mac in rows}) == 2
    assert not [text for (text,) in dumped if NUMBER in text]


def test_a_search_logs_as_shown_only_whom_it_shows(own_service: Service, whole: Whole) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    other = Told(own_service, Lane.BISTAND, OTHER_NUMBER)
    added = {"coParty": other.id, "personStream": other.stream}
    say(own_service, BERIT, Lane.BISTAND, person.case(), 1, "PartyAdded", added)
    found(own_service, BERIT, Lane.BISTAND, NUMBER)
    assert shown_persons(whole, "person.find") == {person.id}


def test_somebody_whose_number_was_a_mistake_is_not_logged_as_shown(
    own_service: Service, whole: Whole
) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    right = {
        "person": person.id,
        "name": "Prov Provsson",
        "numberKind": "personnummer",
        "number": OTHER_NUMBER,
    }
    say(
        own_service, BERIT, Lane.BISTAND, person.stream, 1, "PersonRegistered", right,
        occurred="sealed", corrects=f"bistand/{person.stream}/1", correctionReason="skrivfel",
    )  # fmt: skip
    approved = {"approved": f"bistand/{person.stream}/2"}
    say(own_service, BO, Lane.BISTAND, person.stream, 2, "CorrectionApproved", approved)
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    assert shown_persons(whole, "person.find") == set()


def test_a_lost_table_is_built_again_from_the_events(own_service: Service, whole: Whole) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    case = person.case()
    rows = "SELECT lane, mac, stream, version FROM ledger.lookup ORDER BY stream, version, mac"
    with whole.superuser() as connection:
        before = connection.execute(rows).fetchall()
        connection.execute("DELETE FROM ledger.lookup")
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    acting = own_service.house.reads.acting(own_service.ids[BERIT], NAMND, utc_now())
    assert rebuild_lookup(own_service.house, acting, Lane.BISTAND) == 2
    assert cases(found(own_service, BERIT, Lane.BISTAND, NUMBER)) == {case}
    with whole.superuser() as connection:
        assert connection.execute(rows).fetchall() == before


def test_a_person_who_is_gallrad_is_found_no_more(own_service: Service, whole: Whole) -> None:
    person, kept = (Told(own_service, Lane.BISTAND, NUMBER) for _ in range(2))
    case = person.case()
    destroy(whole.ledger, decide(whole, UUID(person.stream)))
    destroy(whole.ledger, decide(whole, UUID(case), UUID(person.id)))
    assert streams(found(own_service, BERIT, Lane.BISTAND, NUMBER)) == [[kept.stream]]
    with whole.superuser() as connection:
        rows = connection.execute("SELECT stream FROM ledger.lookup").fetchall()
    assert rows == [(UUID(kept.stream),)]


# ---------------------------------------------------------------- a number that changes


@pytest.mark.parametrize("lane", HANDLER)
def test_a_person_who_gets_a_personnummer_is_found_by_it_and_by_the_samordningsnummer_before(
    own_service: Service, lane: Lane
) -> None:
    person = Told(own_service, lane, SAMORDNINGSNUMMER)
    case = person.case()
    assert found(own_service, person.who, lane, NUMBER) == []
    changed = {"numberKind": "personnummer", "number": NUMBER}
    assert person.tell("PersonDetailsChanged", changed).status_code == 201
    for number, in_force in ((NUMBER, True), (SAMORDNINGSNUMMER, False)):
        (one,) = found(own_service, person.who, lane, number)
        assert (one["streams"], one["numberInForce"]) == ([person.stream], in_force)
        assert found(own_service, OTTO, lane, number) == []
    told = read(own_service, person.who, lane, case)
    assert parties(told)[0]["Nummer"] == NUMBER
    sentences = [row["sentence"] for row in told["rows"] if row["type"] == "PersonDetailsChanged"]
    assert sentences == [
        f"Uppgifter om personen ändrades, typ av nummer: personnummer, nummer: {NUMBER}."
    ]
    before = read(own_service, person.who, lane, case, "?gallde=2024-03-04")
    assert parties(before)[0]["Nummer"] == SAMORDNINGSNUMMER


def test_a_person_without_a_number_gets_one_later_and_another_name(own_service: Service) -> None:
    person = Told(own_service, Lane.HYRA, None)
    case = person.case()
    changed = {"name": "Prov Nyberg", "numberKind": "personnummer", "number": NUMBER}
    assert person.tell("PersonDetailsChanged", changed).status_code == 201
    (one,) = found(own_service, HANNA, Lane.HYRA, NUMBER)
    assert one["name"] == "Prov Nyberg"
    told = read(own_service, HANNA, Lane.HYRA, case)
    assert parties(told)[0]["Namn"] == "Prov Nyberg"
    registered = [row for row in told["rows"] if row["type"] == "PersonRegistered"]
    assert "Prov Provsson" in registered[0]["sentence"]


def test_with_made_up_details_the_old_number_does_not_lead_to_the_new(own_service: Service) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    changed = {
        "name": "Prov Skyddad",
        "numberKind": "personnummer",
        "number": OTHER_NUMBER,
        "protection": "fingerade_uppgifter",
    }
    assert person.tell("PersonDetailsChanged", changed).status_code == 201
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    assert streams(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == [[person.stream]]


def test_the_old_number_stays_closed_when_the_mark_of_protection_is_another(
    own_service: Service,
) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    changed = {
        "numberKind": "personnummer",
        "number": OTHER_NUMBER,
        "protection": "fingerade_uppgifter",
    }
    assert person.tell("PersonDetailsChanged", changed).status_code == 201
    for mark in ("sekretessmarkering", "ingen"):
        assert person.tell("PersonDetailsChanged", {"protection": mark}).status_code == 201
        assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
        assert streams(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == [[person.stream]]


def test_an_old_entry_merged_into_made_up_details_does_not_lead_to_them(
    own_service: Service, whole: Whole
) -> None:
    old = Told(own_service, Lane.BISTAND, NUMBER, "Gamla Namnet")
    new = Told(own_service, Lane.BISTAND, OTHER_NUMBER, "Nya Namnet")
    made_up = {"protection": "fingerade_uppgifter"}
    assert new.tell("PersonDetailsChanged", made_up).status_code == 201
    assert old.tell("PersonsMerged", merged(new)).status_code == 201
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    assert shown_persons(whole, "person.find") == set()
    assert streams(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == [
        [new.stream, old.stream]
    ]


def test_made_up_details_merged_into_an_old_entry_are_not_reached_by_its_number(
    own_service: Service,
) -> None:
    old = Told(own_service, Lane.BISTAND, NUMBER, "Gamla Namnet")
    new = Told(own_service, Lane.BISTAND, OTHER_NUMBER, "Nya Namnet")
    made_up = {"protection": "fingerade_uppgifter"}
    assert new.tell("PersonDetailsChanged", made_up).status_code == 201
    assert new.tell("PersonsMerged", merged(old)).status_code == 201
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    assert len(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == 1


# ---------------------------------------------------------------- one person, entered twice


def merged(into: Told) -> dict[str, str]:
    return {"into": into.id, "intoStream": into.stream, "reason": "registrerad_tva_ganger"}


@pytest.mark.parametrize("lane", HANDLER)
def test_two_entries_merged_are_one_person_until_the_merge_is_taken_back(
    own_service: Service, lane: Lane
) -> None:
    other_lane = Lane.HYRA if lane is Lane.BISTAND else Lane.BISTAND
    twice = Told(own_service, lane, SAMORDNINGSNUMMER, "Prov Provson")
    person = Told(own_service, lane, NUMBER)
    elsewhere = Told(own_service, other_lane, NUMBER)
    case, other_case = twice.case(), person.case()
    assert cases(found(own_service, twice.who, lane, NUMBER)) == {other_case}

    assert twice.tell("PersonsMerged", merged(person)).status_code == 201
    for number in (NUMBER, SAMORDNINGSNUMMER):
        (one,) = found(own_service, twice.who, lane, number)
        assert one["streams"] == [person.stream, twice.stream]
        assert one["name"] == "Prov Provsson"
        assert cases([one]) == {case, other_case}
        assert found(own_service, OTTO, lane, number) == []
    told = read(own_service, twice.who, lane, case)
    assert [(party["Namn"], party["Nummer"]) for party in parties(told)] == [
        ("Prov Provsson", NUMBER)
    ]
    rows = [row["sentence"] for row in told["rows"] if row["type"] == "PersonsMerged"]
    assert rows == [
        "Personen är densamma som Prov Provsson. Skäl: personen var registrerad två gånger."
    ]
    assert streams(found(own_service, HANDLER[other_lane], other_lane, NUMBER)) == [
        [elsewhere.stream]
    ]
    (event,) = [
        event
        for event in own_service.get(twice.who, f"/v1/handelser/{lane}").json()
        if ".PersonsMerged." in event["type"]
    ]
    assert person.stream not in str(event)
    assert not own_service.get(OTTO, f"/v1/handelser/{lane}").json()[1:]

    back = {"merged": f"{lane}/{twice.stream}/2", "reason": "olika_personer"}
    assert twice.tell("PersonsUnmerged", back).status_code == 201
    assert streams(found(own_service, twice.who, lane, NUMBER)) == [[person.stream]]
    (one,) = found(own_service, twice.who, lane, SAMORDNINGSNUMMER)
    assert (one["streams"], cases([one])) == ([twice.stream], {case})
    told = read(own_service, twice.who, lane, case)
    assert parties(told)[0]["Namn"] == "Prov Provson"
    assert NUMBER not in str(told), "of the other person nothing is shown any more"


def test_a_merge_is_taken_back_whatever_day_that_is_said_to_have_been(
    own_service: Service,
) -> None:
    twice = Told(own_service, Lane.BISTAND, SAMORDNINGSNUMMER)
    person = Told(own_service, Lane.BISTAND, NUMBER)
    person.case()
    assert twice.tell("PersonsMerged", merged(person)).status_code == 201
    back = {"merged": f"bistand/{twice.stream}/2", "reason": "olika_personer"}
    say(
        own_service, BERIT, Lane.BISTAND, twice.stream, 2, "PersonsUnmerged", back,
        occurred="day 2024-03-01",
    )  # fmt: skip
    (one,) = found(own_service, BERIT, Lane.BISTAND, SAMORDNINGSNUMMER)
    assert (one["streams"], one["cases"]) == ([twice.stream], [])


def test_a_merge_that_was_taken_back_stays_so_when_its_text_is_corrected(
    own_service: Service,
) -> None:
    twice = Told(own_service, Lane.BISTAND, SAMORDNINGSNUMMER)
    person = Told(own_service, Lane.BISTAND, NUMBER)
    case = twice.case()
    assert twice.tell("PersonsMerged", merged(person)).status_code == 201
    back = {"merged": f"bistand/{twice.stream}/2", "reason": "olika_personer"}
    assert twice.tell("PersonsUnmerged", back).status_code == 201
    say(
        own_service, BERIT, Lane.BISTAND, twice.stream, 3, "PersonsMerged",
        merged(person) | {"reasonText": "Såg lika ut."},
        corrects=f"bistand/{twice.stream}/2", correctionReason="skrivfel",
    )  # fmt: skip
    approved = {"approved": f"bistand/{twice.stream}/4"}
    say(own_service, BO, Lane.BISTAND, twice.stream, 4, "CorrectionApproved", approved)
    assert streams(found(own_service, BERIT, Lane.BISTAND, SAMORDNINGSNUMMER)) == [[twice.stream]]
    assert NUMBER not in str(read(own_service, BERIT, Lane.BISTAND, case))


def test_two_who_are_merged_into_each_other_at_once_are_one_person_until_one_is_taken_back(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Told(own_service, Lane.BISTAND, NUMBER, "Ett Provsson")
    two = Told(own_service, Lane.BISTAND, OTHER_NUMBER, "Två Provsson")
    one_case, two_case = one.case(), two.case()
    assert one.tell("PersonsMerged", merged(two)).status_code == 201
    with monkeypatch.context() as patched:  # as it looked to the other call a moment before
        patched.setattr(recording, "require_head", lambda _: None)
        assert two.tell("PersonsMerged", merged(one)).status_code == 201
    head, other = sorted((one, two), key=lambda told: told.stream)
    for number in (NUMBER, OTHER_NUMBER):
        (person,) = found(own_service, BERIT, Lane.BISTAND, number)
        assert person["streams"] == [head.stream, other.stream]
        assert cases([person]) == {one_case, two_case}
    for case in (one_case, two_case):
        (party,) = parties(read(own_service, BERIT, Lane.BISTAND, case))
        assert party["Nummer"] == (NUMBER if head is one else OTHER_NUMBER)
    back = {"merged": f"bistand/{two.stream}/2", "reason": "olika_personer"}
    assert two.tell("PersonsUnmerged", back).status_code == 201
    assert streams(found(own_service, BERIT, Lane.BISTAND, NUMBER)) == [[two.stream, one.stream]]


def test_what_cannot_be_one_person_is_not_merged(own_service: Service) -> None:
    one, other, third = (Told(own_service, Lane.BISTAND, NUMBER) for _ in range(3))
    elsewhere = Told(own_service, Lane.HYRA, NUMBER)
    case = one.case()

    def code(answer: httpx.Response) -> str:
        assert answer.status_code == 422, answer.text
        return str(answer.json()["code"])

    assert code(one.tell("PersonsMerged", merged(one))) == "person.same"
    assert code(one.tell("PersonsMerged", merged(elsewhere))) == "person.not_registered"
    of_case = {"into": other.id, "intoStream": case, "reason": "nytt_nummer"}
    assert code(one.tell("PersonsMerged", of_case)) == "person.not_registered"
    nothing = {"merged": f"bistand/{one.stream}/1", "reason": "olika_personer"}
    assert code(one.tell("PersonsUnmerged", nothing)) == "person.not_merged"
    assert one.tell("PersonsMerged", merged(other)).status_code == 201
    assert code(one.tell("PersonsMerged", merged(third))) == "person.already_merged"
    assert code(other.tell("PersonsMerged", merged(one))) == "person.read_as_another"


def test_gallring_of_one_entry_leaves_the_other_that_it_was_merged_with(
    own_service: Service, whole: Whole
) -> None:
    twice, person = (Told(own_service, Lane.BISTAND, n) for n in (SAMORDNINGSNUMMER, NUMBER))
    case = twice.case()
    assert twice.tell("PersonsMerged", merged(person)).status_code == 201
    destroy(whole.ledger, decide(whole, UUID(person.stream)))
    assert found(own_service, BERIT, Lane.BISTAND, NUMBER) == []
    (one,) = found(own_service, BERIT, Lane.BISTAND, SAMORDNINGSNUMMER)
    assert (one["streams"], cases([one])) == ([twice.stream], {case})


# ---------------------------------------------------------------- the wrong person


def test_what_was_entered_of_the_wrong_person_is_struck_destroyed_and_entered_in_the_right_case(
    own_service: Service, whole: Whole
) -> None:
    wrong = Told(own_service, Lane.BISTAND, OTHER_NUMBER, "Fel Felsson")
    right = Told(own_service, Lane.BISTAND, NUMBER)
    case = wrong.case()
    secret = APPLICATION | {"fact": {"channel": "post", "text": "Hemligt om fel person."}}
    assert own_service.record(BERIT, Lane.BISTAND, case, 1, secret).status_code == 201
    assert cases(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == {case}
    hyra_before = own_service.get(HANNA, "/v1/handelser/hyra").json()

    mark = {
        "type": "EntryMarkedErroneous",
        "occurred": A_DAY,
        "fact": {"entry": f"bistand/{case}/2", "reason": "fel_arende"},
    }
    assert own_service.record(BERIT, Lane.BISTAND, case, 2, mark).status_code == 201
    approved = {
        "type": "CorrectionApproved",
        "occurred": A_DAY,
        "fact": {"approved": f"bistand/{case}/3"},
    }
    assert own_service.record(BO, Lane.BISTAND, case, 3, approved).status_code == 201
    told = read(own_service, BERIT, Lane.BISTAND, case)
    (row,) = [row for row in told["rows"] if row["type"] == "ApplicationReceived"]
    assert row["state"] == "erroneous"
    assert "Hemligt om fel person." in str(row)

    destroy(whole.ledger, decide(whole, UUID(case), UUID(wrong.id)))
    assert own_service.record(BERIT, Lane.BISTAND, right.case(), 1, secret).status_code == 201
    told = read(own_service, BERIT, Lane.BISTAND, case)
    (row,) = [row for row in told["rows"] if row["type"] == "ApplicationReceived"]
    assert row["state"] == "erroneous"
    assert row["missing"]
    assert "Hemligt" not in str(told)
    assert "Fel Felsson" not in str(told)
    assert cases(found(own_service, BERIT, Lane.BISTAND, OTHER_NUMBER)) == set()
    (right_case,) = cases(found(own_service, BERIT, Lane.BISTAND, NUMBER))
    assert "Hemligt om fel person." in str(read(own_service, BERIT, Lane.BISTAND, right_case))
    assert own_service.get(OTTO, f"/v1/bistand/strommar/{right_case}").status_code == 404
    assert own_service.get(HANNA, "/v1/handelser/hyra").json() == hyra_before


# ---------------------------------------------------------------- a couple that parts


@pytest.mark.parametrize("lane", HANDLER)
def test_when_a_couple_separates_what_is_noted_later_does_not_concern_the_one_who_left(
    own_service: Service, whole: Whole, lane: Lane
) -> None:
    stays = Told(own_service, lane, NUMBER, "Stanna Provsson")
    leaves = Told(own_service, lane, OTHER_NUMBER, "Lämna Provsson")
    who, case = stays.who, stays.case()

    def note(version: int, type_: str, fact: Mapping[str, Any], text: str) -> httpx.Response:
        command = {"type": type_, "occurred": A_DAY, "fact": fact, "note": text}
        answer = own_service.record(who, lane, case, version, command)
        assert answer.status_code in {201, 422}, answer.text
        return answer

    added = {"coParty": leaves.id, "personStream": leaves.stream}
    assert note(1, "PartyAdded", added, "Gemensamt.").status_code == 201
    assert bound(whole, lane, case) == [{stays.id}, {stays.id, leaves.id}]
    assert cases(found(own_service, who, lane, OTHER_NUMBER)) == {case}

    left = {"leaver": "medpart", "reason": "separerat"}
    assert note(2, "PartyLeft", left, "De har flyttat isär.").status_code == 201
    assert note(3, "PartyLeft", left, "En gång till.").json()["code"] == "party.not_here"
    later = {
        "type": "EntryMarkedErroneous",
        "occurred": A_DAY,
        "fact": {"entry": f"{lane}/{case}/1", "reason": "hande_inte"},
        "note": "Bara om den som stannar.",
    }
    assert own_service.record(who, lane, case, 3, later).status_code == 201
    assert bound(whole, lane, case) == [{stays.id}, {stays.id, leaves.id}, {stays.id}]

    told = read(own_service, who, lane, case)
    assert [party["title"] for party in parties(told)] == ["Part", "Medpart, har lämnat ärendet"]
    (one,) = found(own_service, who, lane, OTHER_NUMBER)
    assert one["cases"] == [{"stream": case, "coParty": True, "left": True}]
    (one,) = found(own_service, who, lane, NUMBER)
    assert one["cases"] == [{"stream": case, "coParty": False, "left": False}]
    assert found(own_service, OTTO, lane, NUMBER) == []
    assert own_service.get(OTTO, f"/v1/{lane}/strommar/{case}").status_code == 404

    destroy(whole.ledger, decide(whole, UUID(case), UUID(stays.id), lane))
    told = read(own_service, who, lane, case)
    assert "Bara om den som stannar." not in str(told)
    assert "Gemensamt." in str(told)
    assert cases(found(own_service, who, lane, OTHER_NUMBER)) == {case}


def test_what_changes_of_somebody_after_they_left_is_not_shown_in_the_case_they_left(
    own_service: Service,
) -> None:
    stays = Told(own_service, Lane.BISTAND, SAMORDNINGSNUMMER, "Stanna Provsson")
    leaves = Told(own_service, Lane.BISTAND, OTHER_NUMBER, "Lämna Provsson")
    registered_again = Told(own_service, Lane.BISTAND, None, "Annat Namn")
    case, own_case = stays.case(), leaves.case()
    added = {"coParty": leaves.id, "personStream": leaves.stream}
    say(own_service, BERIT, Lane.BISTAND, case, 1, "PartyAdded", added)
    left = {"leaver": "medpart", "reason": "separerat"}
    say(own_service, BERIT, Lane.BISTAND, case, 2, "PartyLeft", left)
    changed = {
        "name": "Ny Identitet",
        "numberKind": "personnummer",
        "number": NUMBER,
        "protection": "fingerade_uppgifter",
    }
    assert leaves.tell("PersonDetailsChanged", changed).status_code == 201
    assert leaves.tell("PersonsMerged", merged(registered_again)).status_code == 201
    own_service.appoint("vera", Role.BISTANDSHANDLAGGARE, Role.SKYDDADE_UPPGIFTER)

    told = read(own_service, BERIT, Lane.BISTAND, case)
    assert not [gone for gone in ("Ny Identitet", NUMBER, "Annat Namn") if gone in str(told)]
    _, co_party = parties(told)
    assert (co_party["Namn"], co_party["Nummer"]) == ("Lämna Provsson", OTHER_NUMBER)
    assert NUMBER in str(read(own_service, "vera", Lane.BISTAND, own_case)), "where they have not"
    assert NUMBER not in str(read(own_service, BERIT, Lane.BISTAND, own_case))
    acting = own_service.house.reads.acting(own_service.ids[BERIT], NAMND, utc_now())
    stored = own_service.house.reads.stream(
        acting, Lane.BISTAND, UUID(case), Purpose.UTLAMNANDE, "case.export", stored=True
    )
    of_them = [line for line in lines(stored) if f"bistand/{leaves.stream}/" in line]
    assert len(of_them) == 1, "nor is it handed out"

    say(own_service, BERIT, Lane.BISTAND, case, 3, "PartyAdded", added, occurred="day 2024-03-06")
    assert NUMBER in str(read(own_service, "vera", Lane.BISTAND, case)), "they have come back"


def bound(whole: Whole, lane: Lane, case: str) -> list[set[str]]:
    """Whom the case's joint keys for notes concern, by generation."""
    with whole.superuser("keys") as connection:
        rows = connection.execute(
            "SELECT bound FROM keys.data_key WHERE lane = %s AND stream = %s AND class = 4"
            " AND bound IS NOT NULL ORDER BY generation",
            (lane.value, UUID(case)),
        ).fetchall()
    return [{str(person) for person in persons} for (persons,) in rows]


# ---------------------------------------------------------------- nämnder that become one


def test_when_a_namnd_is_succeeded_its_successor_finds_and_reads_all_and_history_keeps_its_name(
    own_service: Service, whole: Whole
) -> None:
    day = utc_now().date()
    told: dict[Lane, tuple[Told, str]] = {}
    for lane in HANDLER:
        person = Told(own_service, lane, SAMORDNINGSNUMMER)
        changed = {"numberKind": "personnummer", "number": NUMBER}
        assert person.tell("PersonDetailsChanged", changed).status_code == 201
        told[lane] = (person, person.case())
    succeeded = NämndSucceeded(predecessor=NAMND, successor=OTHER_NAMND, day=day)
    whole.processes.system.record([saying(succeeded, NAMND, 2)], by())

    def move(lane: Lane, stream: str, version: int) -> None:
        fact = {"toNamnd": str(OTHER_NAMND), "ground": "succession"}
        command = {"type": "HolderChanged", "occurred": A_DAY, "fact": fact}
        answer = own_service.record(CECILIA, lane, stream, version, command)
        assert answer.status_code == 201, answer.text

    for number, lane in enumerate(HANDLER):
        person, case = told[lane]
        move(lane, person.stream, 2)
        move(lane, case, 1)
        for at in (NUMBER, SAMORDNINGSNUMMER):
            (one,) = found(own_service, OTTO, lane, at)
            assert (one["streams"], cases([one])) == ([person.stream], {case})
            assert found(own_service, person.who, lane, at) == []
            assert found(own_service, CECILIA, lane, at) == []
        if number == 0:  # each lane by itself
            assert len(found(own_service, HANNA, Lane.HYRA, NUMBER)) == 1
            assert found(own_service, OTTO, Lane.HYRA, NUMBER) == []
        assert own_service.get(person.who, f"/v1/{lane}/strommar/{case}").status_code == 404
        case_read = read(own_service, OTTO, lane, case)
        assert parties(case_read)[0]["Nummer"] == NUMBER
        assert "Andra nämnden" in str(case_read["rows"])
        events = own_service.get(OTTO, f"/v1/handelser/{lane}").json()
        assert {event["subject"] for event in events[1:]} == {person.stream, case}
        assert own_service.get(person.who, f"/v1/handelser/{lane}").json()[1:] == []
        with whole.superuser() as connection:
            then = connection.execute(
                "SELECT DISTINCT split_part(envelope, E'\n', 6) FROM ledger.event"
                " WHERE lane = %s AND stream = ANY (%s)",
                (lane.value, [UUID(person.stream), UUID(case)]),
            ).fetchall()
        assert then == [(str(NAMND),)]
    old = read(own_service, SIGRID, Lane.SYSTEM, str(NAMND))
    assert "Provnämnden" in str(old["rows"][0])
    acting = own_service.house.reads.acting(own_service.ids[OTTO], OTHER_NAMND, utc_now())
    assert rebuild_lookup(own_service.house, acting, Lane.HYRA) == 2
    again = own_service.house.reads.find_person(acting, Lane.HYRA, NUMBER, Purpose.HANDLAGGNING)
    assert len(again.persons) == 1
