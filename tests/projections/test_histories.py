"""The worked cases can be recorded as they happened, and fold to what is told of them."""

import re
from datetime import date
from pathlib import Path

import pytest

import scripts.histories
from domain.bistand.state import fold as fold_bistand
from domain.hyra.state import fold as fold_hyra
from domain.koppling.state import fold as fold_koppling
from ledger.codec import Lane
from scripts.histories import NAMES
from tests.kernel.strategies import PERSON_NUMBERS
from tests.projections.views import history, id_of, recorded

FOLDER = Path(scripts.histories.__file__).parent


def luhn(digits: str) -> bool:
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(digits[2:]))
    return sum(map(int, doubled)) % 10 == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_history_can_be_recorded_fact_by_fact(name: str) -> None:
    by_lane = recorded(history(name))
    assert set(by_lane) == {Lane.BISTAND, Lane.HYRA, Lane.KOPPLING}


@pytest.mark.parametrize("name", NAMES)
def test_a_person_has_a_published_test_number(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text("utf-8")
    numbers = {number for number in re.findall(r"\b[0-9]{12}\b", text) if luhn(number)}
    assert numbers
    assert numbers <= set(PERSON_NUMBERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_streams_of_a_case_meet_in_koppling_alone(name: str) -> None:
    told = history(name)
    by_lane = recorded(told)
    assert {event.stream for event in by_lane[Lane.KOPPLING]} == {told.case}
    assert fold_koppling(by_lane[Lane.KOPPLING]).streams == {
        Lane.BISTAND: id_of(f"{name}/bistand/arende"),
        Lane.HYRA: id_of(f"{name}/hyra/arende"),
    }
    for lane, other in ((Lane.BISTAND, Lane.HYRA), (Lane.HYRA, Lane.BISTAND)):
        others = {str(event.stream) for event in by_lane[other]}
        said = " ".join(event.fact.model_dump_json() for event in by_lane[lane])  # type: ignore[union-attr]
        assert not [stream for stream in others if stream in said]


def test_case_1_ends_both_processes_each_by_itself() -> None:
    by_lane = recorded(history("fall-1"))
    decisions = fold_bistand(by_lane[Lane.BISTAND]).decisions
    assert len(decisions) == 4
    assert all(decision.granted and decision.ended for decision in decisions.values())
    notified = [len(decision.notified) for decision in decisions.values()]
    assert notified == [1, 1, 1, 1]
    (tenancy,) = fold_hyra(by_lane[Lane.HYRA]).tenancies.values()
    assert tenancy.terminated
    assert tenancy.terminated.occurred.day == date(2014, 3, 31)
    assert fold_bistand(by_lane[Lane.BISTAND]).closed


def test_case_2_keeps_what_was_unlawful_as_it_was() -> None:
    by_lane = recorded(history("fall-2"))
    bistand, hyra = fold_bistand(by_lane[Lane.BISTAND]), fold_hyra(by_lane[Lane.HYRA])
    (tenancy,) = hyra.tenancies.values()
    first, second = bistand.decisions.values()
    assert tenancy.signed
    assert first.granted
    assert tenancy.signed.occurred.day < first.granted.occurred.day  # type: ignore[operator]
    assert first.granted.fact.conditions == ("genomforandeplan", "sobriety")
    assert [end.fact.ground_text for end in (*first.ended, *second.ended)] == ["villkorsbrott"] * 2
    (notice,) = tenancy.notices
    assert notice.fact.ground_text == "biståndet har upphört"
    assert tenancy.terminated is None
    (event,) = [e for e in by_lane[Lane.HYRA] if e.ref == notice.ref]
    assert event.common.acted_by == id_of("officer/b1")
