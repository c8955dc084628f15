from unicodedata import normalize

import pytest

from domain.bistand.events import FACTS, BiståndEnded
from domain.catalogue import fields_table
from domain.kernel.fact import specs_of
from domain.kernel.refused import Refused
from domain.kernel.registry import FactRegistry
from ledger.codec import Lane
from projections.registry import REGISTRY

BISTAND = FactRegistry(FACTS)


def test_a_type_is_found_however_its_name_is_composed() -> None:
    spelled_apart = normalize("NFD", "BiståndEnded")
    assert spelled_apart != "BiståndEnded"
    assert BISTAND.require(Lane.BISTAND, spelled_apart) is BiståndEnded
    assert BISTAND.codecs[Lane.BISTAND, "BiståndEnded/1"].type == "BiståndEnded"


@pytest.mark.parametrize("name", ["LeaseSigned", "BistandEnded", "", "domain.bistand.events:FACTS"])
def test_an_unknown_type_or_one_of_another_lane_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"fact\.unknown_type"):
        BISTAND.require(Lane.BISTAND, name)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("BistandEnded", " Menade du BiståndEnded?"),
        ("biståndended", " Menade du BiståndEnded?"),
        ("Kanariefågel", ""),
        ("BiståndEnded" * 20_000, ""),
    ],
)
def test_the_type_that_was_nearly_written_is_offered(name: str, offered: str) -> None:
    with pytest.raises(Refused) as refused:
        BISTAND.require(Lane.BISTAND, name)
    assert refused.value.message == f"Händelsetypen finns inte i den här processen.{offered}"


def test_a_stored_type_of_another_schema_version_is_unknown() -> None:
    assert BISTAND.get(Lane.BISTAND, "BiståndEnded", 1) is BiståndEnded
    assert BISTAND.get(Lane.BISTAND, "BiståndEnded", 2) is None
    assert BISTAND.get(Lane.HYRA, "BiståndEnded", 1) is None


def test_a_type_is_registered_once() -> None:
    with pytest.raises(AssertionError, match="registered twice"):
        FactRegistry([BiståndEnded, BiståndEnded])


def test_the_table_of_fields_has_a_row_for_each() -> None:
    rows = fields_table(REGISTRY).splitlines()[2:]
    assert len(rows) == sum(len(specs_of(fact)) for fact in REGISTRY.facts)
    assert "| bistand | BiståndEnded/1 | 35 | `ground` | 1 party | need | sealed |" in rows
