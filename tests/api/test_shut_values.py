"""What an officer may not see, they can neither guess, nor write over, nor copy from the view."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from api.clock import utc_now
from api.importing import Importer, ImportRefused
from domain.kernel.actor import Role
from ledger.codec import Lane
from tests.api.service import CECILIA, HANNA, Service, case_opened, person_registered
from tests.whole import NAMND, fresh

pytestmark = pytest.mark.one_server

DISTRICT: Final = "Hemliga stadsdelen"
FLAT: Final = "Okända gatan 7"
MADE_UP: Final = "fingerade_uppgifter"
A_MARK: Final = "sekretessmarkering"
ALLOCATED: Final = {"flat": FLAT, "district": DISTRICT}
HEDDA: Final = "hedda"
"""Handles hyra, and may open protected data; so does the manager Vilma."""
VILMA: Final = "vilma"
MIGRATOR: Final = "migrator"
IMPORTS: Final = (Role.HYRESHANDLAGGARE, Role.MIGRERINGSANSVARIG)


@pytest.fixture(scope="module", autouse=True)
def officers(service: Service) -> None:
    service.appoint(HEDDA, Role.HYRESHANDLAGGARE, Role.SKYDDADE_UPPGIFTER)
    service.appoint(VILMA, Role.ENHETSCHEF, Role.SKYDDADE_UPPGIFTER)
    service.appoint(MIGRATOR, *IMPORTS)


def _person(service: Service, name: str, mark: str) -> tuple[str, str]:
    """The id and the stream of a person who is registered with a mark."""
    person = str(fresh())
    body = person_registered(person, name)
    body["fact"]["protection"] = mark
    answer = service.open(HANNA, Lane.HYRA, body)
    assert answer.status_code == 201, answer.text
    return person, answer.json()["stream"]


def _case(service: Service) -> str:
    """A tenancy of a marked person, to whom a flat is allocated by its second event."""
    opened = service.open(HANNA, Lane.HYRA, case_opened(*_person(service, "Prov Provl", A_MARK)))
    stream = str(opened.json()["stream"])
    assert _say(service, HANNA, stream, 1, "FlatAllocated", ALLOCATED).status_code == 201
    return stream


def _say(  # noqa: PLR0913, PLR0917 - who, where and what
    service: Service,
    who: str,
    stream: str,
    version: int,
    type_: str,
    fact: Mapping[str, Any],
    **more: Any,  # noqa: ANN401 - JSON
) -> httpx.Response:
    body = {"type": type_, "occurred": "day 2024-03-05", "fact": fact, **more}
    return service.record(who, Lane.HYRA, stream, version, body)


def _correct(service: Service, who: str, stream: str, version: int, **fact: str) -> httpx.Response:
    about = {"corrects": f"hyra/{stream}/2", "correctionReason": "fel_uppgift"}
    return _say(service, who, stream, version, "FlatAllocated", fact, **about)


def _approve(service: Service, who: str, stream: str, version: int) -> httpx.Response:
    about = {"approved": f"hyra/{stream}/{version}"}
    return _say(service, who, stream, version, "CorrectionApproved", about)


# ---------------------------------------------------------------- guessing
def test_a_guess_at_an_older_version_gets_the_same_answer_right_or_wrong(service: Service) -> None:
    stream = _case(service)
    assert _say(service, HANNA, stream, 2, "FlatOffered", {}).status_code == 201
    right, wrong = (
        _say(service, HANNA, stream, 2, "FlatAllocated", {"flat": FLAT, "district": district})
        for district in (DISTRICT, "Rinkeby")
    )
    assert (right.status_code, right.json()["code"]) == (412, "conflict.version")
    assert right.json()["detail"] == wrong.json()["detail"]


def test_a_guess_at_what_can_be_said_once_gets_the_same_answer_right_or_wrong(
    service: Service,
) -> None:
    person, stream = _person(service, "Gamla Namnet", MADE_UP)
    codes = set()
    for name in ("Gamla Namnet", "Andra Namnet"):
        body = person_registered(person, name)
        body["fact"]["protection"] = MADE_UP
        codes.add(service.record(HANNA, Lane.HYRA, stream, 1, body).json()["code"])
    assert codes == {"stream.already_open"}


def test_a_file_that_is_only_checked_guesses_nothing(service: Service) -> None:
    stream = _case(service)

    def guessed(who: str, district: str, version: int) -> list[str] | int:
        line = {
            "lane": "hyra",
            "stream": stream,
            "version": version,
            "type": "FlatAllocated",
            "occurred": "day 2024-03-05",
            "fact": {"flat": FLAT, "district": district},
        }
        acting = service.house.reads.acting(service.ids[who], NAMND, utc_now())
        importer = Importer(service.house.processes, acting)
        try:
            return importer.check([json.dumps(line).encode()], utc_now(), lambda *_: None).recorded
        except ImportRefused as refused:
            return [fault.code for fault in refused.faults]

    for district in (DISTRICT, "Rinkeby"):
        for version in (2, 3):
            assert guessed(MIGRATOR, district, version) == ["import.protected"]
    service.appoint("allowed", *IMPORTS, Role.SKYDDADE_UPPGIFTER)
    assert guessed("allowed", DISTRICT, 2) == 1
    assert guessed("allowed", "Rinkeby", 2) == ["import.other_content"]


# ---------------------------------------------------------------- writing over
def test_who_does_not_see_an_entrys_address_does_not_correct_it_and_learns_whom_to_ask(
    service: Service,
) -> None:
    stream = _case(service)
    answer = _correct(service, HANNA, stream, 2, allocationModel="agaren")
    assert (answer.status_code, answer.json()["code"]) == (422, "correction.protected")
    assert "behörig till skyddade uppgifter" in answer.json()["remedy"]
    assert DISTRICT not in answer.text


def test_who_does_not_see_what_a_correction_says_does_not_approve_it(service: Service) -> None:
    stream = _case(service)
    assert _correct(service, HEDDA, stream, 2, flat=FLAT, district="Kista").status_code == 201
    assert _approve(service, CECILIA, stream, 3).json()["code"] == "correction.protected"
    assert _approve(service, VILMA, stream, 3).status_code == 201


def test_what_a_correction_added_is_not_lost_by_another_correction(service: Service) -> None:
    opened = service.open(HANNA, Lane.HYRA, case_opened(*_person(service, "Prov Provl", A_MARK)))
    stream = str(opened.json()["stream"])
    assert _say(service, HANNA, stream, 1, "FlatAllocated", {}).status_code == 201
    assert _correct(service, HEDDA, stream, 2, flat=FLAT).status_code == 201
    assert _approve(service, VILMA, stream, 3).status_code == 201
    answer = _correct(service, HANNA, stream, 4, allocationModel="agaren")
    assert answer.json()["code"] == "correction.protected"


def test_an_entry_with_nothing_shut_is_corrected_by_anybody_who_may_correct(
    service: Service,
) -> None:
    stream = _case(service)
    assert _say(service, HANNA, stream, 2, "FlatOffered", {}).status_code == 201
    about = {"corrects": f"hyra/{stream}/3", "correctionReason": "fel_tidpunkt"}
    proposed = _say(service, HANNA, stream, 3, "FlatOffered", {}, **about, note="Dagen efter.")
    assert proposed.status_code == 201, proposed.text
    assert _approve(service, CECILIA, stream, 4).status_code == 201


# ---------------------------------------------------------------- copying
@pytest.mark.parametrize("words", ["[skyddad uppgift]", " [Gallrad  eller oläslig]\n"])
def test_what_stands_in_place_of_a_value_is_no_value(service: Service, words: str) -> None:
    stream = service.open_case(HANNA, Lane.HYRA)
    for fact, more in (({"flat": words}, {}), ({}, {"note": words})):
        answer = _say(service, HANNA, stream, 1, "FlatAllocated", fact, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, "text.placeholder")
        assert "Lämna fältet tomt" in answer.text
