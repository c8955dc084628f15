"""A field is clear only if nothing in it tells of what the law calls sensitive."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, get_args

import pytest

from domain.bistand.events import BistandFact, Condition
from domain.hyra.events import HyraFact
from domain.kernel.fact import JOINT, ORDINARY, PARTY, Fact, kept, specs_of
from domain.kernel.values import Count, Ore, Text
from ledger.codec import COMMON_FIELDS, FieldClass
from projections.registry import REGISTRY
from projections.texts import CODES, FIELDS

TELLING = (
    "missbruk", "bruk ", "beroende", "alkohol", "drog", "nykter", "narkot",
    "medicin", "läkar", "behandling", "vård", "sjuk", "ohälsa", "psykisk", "funktionsned",
    "våld", "hot", "brott", "polis", "anstalt", "häkte", "förverk", "störning", "skötsam",
    "barn", "make", "sambo", "närstående",
    "hemlös", "villkor", "grund för", "avlid", "död",
    "namn", "född", "nummer", "adress", "lägenhet,", "språk", "tolk", "skyddad", "skulder",
)  # fmt: skip
"""Words that tell of addiction, health, crime, violence, children, need, names or addresses."""
HARMLESS = {
    ("LeaseSigned", "link_clause_id"),  # an id of a template's clause
    ("TemplateRegistered", "link_clause_id"),
    ("NämndRegistered", "name"),  # a public body's
    ("RoleAssigned", "role"),  # an officer's right to protected data, in no case
    ("RoleRevoked", "role"),
}
"""Clear fields in which a telling word was weighed and found to tell nothing here."""

BOUND_TEXTS = {
    ("DelegationOrderAdopted", "document_hash"),
    ("DelegationOrderAdopted", "version_name"),
    ("DocumentFiled", "chunks_digest"),
    ("EpochOpened", "follows"),
    ("EpochOpened", "witnessed"),
    ("GuidelineAdopted", "document_hash"),
    ("GuidelineAdopted", "municipality"),
    ("GuidelineAdopted", "version_name"),
    ("HeadsRecorded", "root"),
    ("NämndRegistered", "districts"),
    ("NämndRegistered", "name"),
    ("RuleConfigured", "key"),
    ("RuleConfigured", "rule_id"),
    ("RuleConfigured", "value"),
    ("SealMade", "root"),
}
"""Clear texts whose form leaves no room for anything else."""


def code_lists(annotation: object) -> list[type[StrEnum]]:
    """The code lists in an annotation."""
    return [
        part for part in parts(annotation) if isinstance(part, type) and issubclass(part, StrEnum)
    ]


def words_of(fact: type[Fact], name: str) -> str:
    lists = code_lists(fact.model_fields[name].annotation)
    words = [FIELDS.get(name, name), *(word for list_ in lists for word in CODES[list_].values())]
    return " ".join(words).lower()


def tells(fact: type[Fact]) -> dict[str, str]:
    """The clear fields of a type that tell something, with the word that does."""
    return {
        spec.name: word
        for spec in specs_of(fact)
        if not spec.sealed and (fact.TYPE, spec.name) not in HARMLESS
        for word in TELLING
        if word in words_of(fact, spec.name)
    }


def free_texts_and_money(fact: type[Fact]) -> list[str]:
    """The clear fields of a type that hold free text or money."""
    return [
        spec.name
        for spec in specs_of(fact)
        if not spec.sealed
        and (
            "_ore" in spec.name
            or (
                str in set(parts(fact.model_fields[spec.name].annotation))
                and (fact.TYPE, spec.name) not in BOUND_TEXTS
            )
        )
    ]


def parts(annotation: object) -> Iterator[Any]:
    """The types an annotation is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from parts(argument)


@pytest.mark.parametrize("fact", REGISTRY.facts, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_no_clear_field_tells_of_addiction_health_crime_violence_children_or_names(
    fact: type[Fact],
) -> None:
    assert tells(fact) == {}


@pytest.mark.parametrize("fact", REGISTRY.facts, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_no_clear_field_is_free_text_or_money(fact: type[Fact]) -> None:
    assert free_texts_and_money(fact) == []


@pytest.mark.parametrize("fact", REGISTRY.facts, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_only_ordinary_fields_are_clear(fact: type[Fact]) -> None:
    assert {spec.cls for spec in specs_of(fact) if not spec.sealed} <= {FieldClass.ORDINARY}


def test_no_type_name_tells_more_than_a_clear_field_may() -> None:
    telling = ("child", "violence", "health", "addiction", "crime", "abuse", "drug", "sick")
    names = [fact.TYPE.lower() for fact in REGISTRY.facts]
    assert [name for name in names if any(word in name for word in telling)] == []


def test_planted_breaches_are_seen() -> None:
    class Planted(BistandFact):
        conditions: Annotated[
            tuple[Condition, ...] | None, kept(32, ORDINARY, PARTY, clear=True)
        ] = None
        children_in_household: Annotated[Count | None, kept(33, ORDINARY, PARTY, clear=True)] = None
        text: Annotated[Text | None, kept(34, ORDINARY, PARTY, clear=True)] = None

    class PlantedDebt(HyraFact):
        debt_ore: Annotated[Ore, kept(32, ORDINARY, JOINT, clear=True)]

    assert set(tells(Planted)) == {"conditions", "children_in_household"}
    assert free_texts_and_money(Planted) == ["text"]
    assert free_texts_and_money(PlantedDebt) == ["debt_ore"]


def test_who_acted_is_never_clear() -> None:
    officers = [spec for spec in COMMON_FIELDS if spec.cls is FieldClass.OFFICER]
    assert [spec.name for spec in officers] == ["actor", "role", "acted_by", "delegation"]
    assert all(spec.sealed for spec in officers)
