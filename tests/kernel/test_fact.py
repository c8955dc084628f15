from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bistand.events import BistandFact, DecisionGranted, DecisionNotified, Insats
from domain.kernel.event import Common
from domain.kernel.fact import (
    GONE,
    ORDINARY,
    PARTY,
    Fact,
    codec_of,
    fact_from_values,
    kept,
    read_fact,
    specs_of,
    subjects_of,
    values_of,
)
from domain.kernel.refused import Refused
from domain.kernel.values import Day, Text
from ledger.canonical import encode
from ledger.codec import COMMON_FIELDS, Json
from projections.registry import REGISTRY
from tests.kernel.strategies import facts, json, stored

DECISION = UUID(int=1)
any_type = st.sampled_from(REGISTRY.facts)


@settings(deadline=None)
@given(any_type.flatmap(facts))
def test_a_fact_reads_back_as_recorded(fact: Fact) -> None:
    values = values_of(fact)
    assert fact_from_values(type(fact), values) == fact
    assert all(encode(value) for value in values.values())  # the ledger can keep each


@settings(deadline=None)
@given(any_type.flatmap(facts))
def test_a_fact_survives_its_json(fact: Fact) -> None:
    data = fact.model_dump(mode="json", by_alias=True)
    assert read_fact(type(fact), data) == fact


@settings(deadline=None)
@given(any_type.flatmap(stored))
def test_no_stored_value_makes_a_fact_unreadable(fact: Fact) -> None:
    for spec in specs_of(type(fact)):
        getattr(fact, spec.name)
    subjects_of(fact)


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 11), json), st.frozensets(st.integers(1, 11)))
def test_no_stored_value_makes_the_common_part_unreadable(
    values: dict[int, Json], missing: frozenset[int]
) -> None:
    common = Common.from_values(values, missing)
    assert all(
        getattr(common, spec.name) is GONE for spec in COMMON_FIELDS if spec.number in missing
    )


def test_what_is_destroyed_reads_as_gone_and_the_rest_stays() -> None:
    granted = DecisionGranted(decision_id=DECISION, insats=Insats.FORSOK, reasons_facts="Skäl.")
    read = fact_from_values(DecisionGranted, values_of(granted), frozenset({52}))
    told: list[object] = [read.insats, read.reasons_facts]
    assert told == [Insats.FORSOK, GONE]
    assert not GONE
    assert str(GONE) == "[gallrad eller oläslig]"
    assert repr(GONE) == "GONE"


def test_a_code_of_a_newer_list_stays_raw() -> None:
    read = fact_from_values(DecisionGranted, {32: str(DECISION), 35: "nytt_slags_boende"})
    assert read.insats == "nytt_slags_boende"


def test_a_field_that_does_not_say_how_it_is_kept_is_impossible() -> None:
    with pytest.raises(TypeError, match="diagnosis does not say how it is kept"):

        class Planted(BistandFact):
            diagnosis: Text


def test_a_field_number_is_used_once() -> None:
    class Planted(BistandFact):
        one: Annotated[Day | None, kept(32, ORDINARY, PARTY)] = None
        other: Annotated[Day | None, kept(32, ORDINARY, PARTY)] = None

    with pytest.raises(AssertionError, match="used twice"):
        codec_of(Planted)


def test_a_type_keeps_its_name_when_its_class_is_renamed() -> None:
    class Renamed(BistandFact):
        TYPE = "OldName"

    assert codec_of(Renamed).name == "OldName/1"


def test_common_fields_are_those_of_the_envelope_page() -> None:
    assert specs_of(Common) == COMMON_FIELDS


def granted(**fields: object) -> DecisionGranted:
    data: dict[str, Any] = {"decisionId": str(DECISION), **fields}
    return read_fact(DecisionGranted, data)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"insats": "hotell"}, "fact.unknown_code", "insats"),
        ({"grounds": ["missbruk", "hotell"]}, "fact.unknown_code", "grounds.1"),
        ({"diagnosis": "x"}, "fact.unknown_field", "diagnosis"),
        ({"decision_id": str(DECISION)}, "fact.unknown_field", "decision_id"),
        ({"decisionId": None}, "fact.wrong_form", "decisionId"),
        ({"fullGrant": "ja"}, "fact.wrong_form", "fullGrant"),
        ({"start": "2011-06-31"}, "date.impossible", "start"),
        ({"start": "2011-11-01", "end": "2011-10-31"}, "date.ends_before_start", ""),
        ({"reasonsFacts": "dolt\u202e"}, "text.bidi_control", "reasonsFacts"),
        ({"reasonsFacts": "halva \ud83d"}, "text.control_character", "reasonsFacts"),
        ({"childrenInHousehold": float("nan")}, "fact.wrong_form", "childrenInHousehold"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_with_code_field_and_remedy(
    fields: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        granted(**fields)
    assert refusal.value.code == code
    assert [name for name, _ in refusal.value.fields] == [field]
    assert refusal.value.remedy


def test_a_refusal_never_repeats_a_value() -> None:
    with pytest.raises(Refused) as refusal:
        granted(insats="hemlig uppgift")
    told = (refusal.value.message, refusal.value.remedy, *refusal.value.fields)
    assert "hemlig" not in str(told)
    assert refusal.value.__cause__ is refusal.value.__context__ is None


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Refused) as refusal:
        read_fact(DecisionGranted, {})
    assert refusal.value.code == "fact.missing_field"
    assert refusal.value.fields == (("decisionId", "Fältet måste vara ifyllt."),)


def test_a_reference_is_left_out_with_a_reason() -> None:
    with pytest.raises(Refused) as refusal:
        read_fact(DecisionNotified, {"fickDel": "2020-09-30"})
    assert refusal.value.code == "reference.no_reason"
    read_fact(DecisionNotified, {"decisionMissing": "aldrig_registrerad"})


def test_an_unlawful_ground_can_be_recorded() -> None:
    fact = granted(conditions=["sobriety", "utanfor_katalogen"], conditionsText="Besöksförbud.")
    assert fact.conditions_text == "Besöksförbud."
