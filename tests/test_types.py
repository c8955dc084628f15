"""`liggare typ` tells of each type what is needed to record one."""

import json

import pytest
from pydantic.alias_generators import to_camel

from api.saying import BY_THE_LEDGER_ITSELF, understand
from domain.hyra.events.codes import LeaseEnd
from domain.kernel.fact import Fact, specs_of
from ledger.codec import Lane
from projections.registry import REGISTRY
from scripts.settings import SettingsError
from scripts.types import list_of_types, type_in_words

BY_HAND = [fact for fact in REGISTRY.facts if not issubclass(fact, BY_THE_LEDGER_ITSELF)]


@pytest.mark.parametrize("fact", BY_HAND, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_what_is_told_of_a_type_names_each_field_and_its_example_is_a_command(
    fact: type[Fact],
) -> None:
    *told, example = type_in_words(fact.TYPE, fact.lane).splitlines()
    named = [line.split()[0] for line in told if line.startswith("  ") and line[2] != " "]
    assert named[1:] == [to_camel(spec.name) for spec in specs_of(fact)]
    assert max(map(len, told)) <= 100
    assert isinstance(understand(fact.lane, json.loads(example)).fact, fact)


def test_every_code_is_told_with_its_words() -> None:
    told = " ".join(type_in_words("LeaseTerminated", None).split())
    assert all(f"{code.value} = " in told for code in LeaseEnd)


def test_the_list_has_every_type_that_somebody_records_and_no_other() -> None:
    named = [line.split()[0] for line in list_of_types(None).splitlines() if line.startswith("  ")]
    assert named == [fact.TYPE for lane in Lane for fact in BY_HAND if fact.lane is lane]
    assert "LeaseSigned" not in list_of_types(Lane.BISTAND)


def test_a_type_of_two_processes_is_told_of_in_both_and_one_of_the_ledgers_own_says_so() -> None:
    assert {"BESLUT", "HYRA"} <= {
        line.split(":")[0] for line in type_in_words("CaseOpened", None).splitlines()
    }
    assert type_in_words("HeadsRecorded", Lane.HYRA).endswith("av liggaren själv, när det sker.")


@pytest.mark.parametrize(
    ("asked", "lane", "meant"),
    [
        ("BistandEnded", None, "Menade du BiståndEnded?"),
        ("leaseterminated", Lane.HYRA, "Menade du LeaseTerminated?"),
        ("LeaseSigned", Lane.BISTAND, "Händelsetypen finns inte."),
    ],
)
def test_a_type_that_is_not_there_is_refused_with_the_nearest_name(
    asked: str, lane: Lane | None, meant: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        type_in_words(asked, lane)
    assert refused.value.message.endswith(meant)
