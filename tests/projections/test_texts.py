"""Every registered type, field and code has its Swedish words, and nothing else has."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bistand.events import InvestigationNotOpened
from domain.hyra.events import TerminationNoticeIssued
from domain.kernel.codes import ServiceMethod
from domain.kernel.event import Common
from domain.kernel.fact import Fact, Kept, specs_of
from domain.koppling.events import CaseJoined
from ledger.codec import Lane
from projections.naming import words_of
from projections.registry import REGISTRY
from projections.texts import (
    CODES,
    FIELDS,
    LANES,
    NEW_SOL,
    TECHNICAL,
    TYPES,
    UNREFERENCED,
    Wording,
)
from projections.words import Words, details, labelled
from tests.kernel.facts import Stream
from tests.kernel.strategies import facts, stored

PROJECTIONS = Path(__file__).parents[2] / "projections"
TEXTS = [PROJECTIONS / "texts.py", *sorted((PROJECTIONS / "lane_texts").glob("[a-z]*.py"))]
RECORDS: list[type[Kept]] = [Common, *REGISTRY.facts]
BISTAND, HYRA = UUID(int=0xB), UUID(int=0xC)
any_type = st.sampled_from(REGISTRY.facts)


def code_lists(annotation: object) -> Iterator[type[StrEnum]]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield annotation
    for argument in get_args(annotation):
        yield from code_lists(argument)


LISTS = {
    list_
    for record in RECORDS
    for info in record.model_fields.values()
    for list_ in code_lists(info.annotation)
}


def test_every_type_has_its_words() -> None:
    assert set(TYPES) == {fact.TYPE for fact in REGISTRY.facts}


def test_every_field_has_a_label() -> None:
    names = {spec.name for record in RECORDS for spec in specs_of(record)}
    assert set(FIELDS) == names
    assert set(TECHNICAL) <= names


def test_every_code_has_its_words() -> None:
    assert set(CODES) == LISTS
    assert {list_: set(words) for list_, words in CODES.items()} == {
        list_: {member.value for member in list_} for list_ in LISTS
    }
    assert set(LANES) == set(Lane)


def test_every_reference_that_may_be_left_out_has_words_for_that() -> None:
    assert set(UNREFERENCED) == {name for fact in REGISTRY.facts for name in fact.REFERENCES}


def test_codes_are_ascii() -> None:
    assert all(member.value.isascii() for list_ in LISTS for member in list_)


@settings(deadline=None)
@given(any_type.flatmap(facts))
def test_a_sentence_has_all_its_values_and_ends_with_a_full_stop(fact: Fact) -> None:
    sentence = Words().sentence(fact)
    assert sentence.endswith(".")
    assert "None" not in sentence
    assert sentence[0] == sentence[0].upper()


@settings(deadline=None)
@given(any_type.flatmap(stored))
def test_whatever_is_stored_can_be_said(fact: Fact) -> None:
    words = Words()
    assert words.sentence(fact)
    details(fact, words)
    labelled(fact, words)


@pytest.mark.parametrize(
    ("value", "name", "words"),
    [
        (True, "", "ja"),
        (False, "", "nej"),
        (512000, "sub_rent_ore_per_month", "5\u00a0120\u00a0kr"),
        (-50, "sub_rent_ore_per_month", "-0,50\u00a0kr"),
        (512000, "count", "512000"),
        ((), "terms", "inga"),
        ("okänd kod", "ground", "okänd kod"),
        (["a", {"b": True}], "", "a, b: ja"),
        (None, "", ""),
        (datetime(2020, 9, 1, 8, tzinfo=UTC), "", "2020-09-01 10:00"),
    ],
)
def test_a_value_is_said_plainly(value: object, name: str, words: str) -> None:
    assert Words().value(value, name) == words


def test_insats_is_the_word_from_the_day_the_new_law_has_it() -> None:
    ended: Wording = TYPES["BiståndEnded"]
    day_before = NEW_SOL.replace(month=6, day=30)
    assert ended.title_on(day_before) == "Bistånd avslutat"
    assert ended.title_on(NEW_SOL) == "Insats avslutad"
    assert ended.title_on(None) == "Bistånd avslutat"


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("Frågan utreds redan", "Skäl: Frågan utreds redan."),
        ("Frågan utreds redan.", "Skäl: Frågan utreds redan."),
        ("Ett möte, m.m.", "Skäl: Ett möte, m.m."),
        ("Det finns skäl ...", "Skäl: Det finns skäl ..."),
    ],
)
def test_a_sentence_ends_with_one_full_stop_also_after_words_of_ones_own(
    reason: str, end: str
) -> None:
    assert Words().sentence(InvestigationNotOpened(reason=reason)).endswith(f" {end}")


def test_no_type_field_or_list_has_its_words_twice() -> None:
    """Where two modules gave one name its words, the later would win unseen."""
    modules = [ast.parse(path.read_text("utf-8")) for path in TEXTS]
    for table in ("TYPES", "FIELDS", "UNREFERENCED", "CODES"):
        keys = [ast.unparse(key) for module in modules for key in keys_of(module, table)]
        assert sorted(keys) == sorted(set(keys)), table


def keys_of(module: ast.Module, table: str) -> list[ast.expr]:
    """The keys that a module writes in one of its tables."""
    (found,) = [
        node.value
        for node in module.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == table
    ]
    assert isinstance(found, ast.Dict)
    return [key for key in found.keys if key is not None]


def test_what_no_list_has_is_called_other_and_never_outside_a_catalogue() -> None:
    words = [given.get("utanfor_katalogen", "") for given in CODES.values()]
    assert not [one for one in words if "katalog" in one]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            CaseJoined(bistand_stream=BISTAND),
            "I ärendet ingår BESLUT. Varje process handläggs för sig.",
        ),
        (CaseJoined(hyra_stream=HYRA), "I ärendet ingår HYRA. Varje process handläggs för sig."),
        (
            CaseJoined(bistand_stream=BISTAND, hyra_stream=HYRA),
            "I ärendet ingår BESLUT och HYRA. Varje process handläggs för sig.",
        ),
    ],
)
def test_a_case_names_only_the_processes_it_has(fact: CaseJoined, said: str) -> None:
    stream = Stream()
    stream.add(fact)
    assert words_of(stream.events, {}).sentence(fact) == said


def test_a_notice_in_a_plain_letter_is_not_said_to_be_served() -> None:
    notice = TerminationNoticeIssued(
        lease_id=UUID(int=3),
        method=ServiceMethod.VANLIGT_BREV,
        served="2021-02-04",
        ground="ingen_ratt_45_p1",
    )
    said = Words({UUID(int=3): "hyresavtal 1"}).sentence(notice)
    assert said == (
        "Hyresavtal 1 sades upp."
        " Angiven grund: ingen rätt till förlängning (12 kap. 45 § första stycket 1 JB)."
        " Uppsägningen lämnades i vanligt brev. Den kom fram 2021-02-04."
    )
