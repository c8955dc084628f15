"""`docs/falt.md` is the registered types' fields in words, all of them and as they are kept."""

from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

from domain.kernel.event import Common
from domain.kernel.fact import Fact, specs_of
from ledger.codec import FieldClass
from projections.fields import CLASSES, render
from projections.registry import REGISTRY
from projections.texts import FIELDS, LANES, TYPES

PAGE = render()


def section(fact: type[Fact]) -> list[str]:
    """The rows of a type on the page."""
    lane = PAGE.split(f"\n## {LANES[fact.lane]}\n")[1].split("\n## ")[0]
    rows = lane.split(f"(`{fact.TYPE}`)\n")[1].split("\n### ")[0]
    return [line for line in rows.splitlines() if line.startswith("|")][2:]


def row(fact: type[Fact], name: str) -> list[str]:
    (found,) = [one for one in section(fact) if f" `{to_camel(name)}` | " in one.split("krävs")[0]]
    return [cell.strip() for cell in found.strip("|").split(" | ")]


def fact_of(lane: str, type_: str) -> type[Fact]:
    (found,) = [one for one in REGISTRY.facts if one.lane.value == lane and type_ == one.TYPE]
    return found


def test_the_page_in_docs_is_what_is_generated() -> None:
    path = Path(__file__).parents[2] / "docs" / "falt.md"
    assert path.read_text("utf-8") == PAGE, "python -m projections.fields > docs/falt.md"


@pytest.mark.parametrize("fact", REGISTRY.facts, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")
def test_each_field_of_each_type_has_one_row_with_class_and_protection(fact: type[Fact]) -> None:
    assert TYPES[fact.TYPE].title in PAGE
    assert [one.strip("|").split(" | ")[0].strip() for one in section(fact)] == [
        FIELDS[spec.name] for spec in specs_of(fact)
    ]
    for spec in specs_of(fact):
        cells = row(fact, spec.name)
        assert cells[3] == CLASSES[spec.cls]
        assert cells[4] == ("förseglad" if spec.sealed else "i klartext")


def test_each_class_has_a_word() -> None:
    assert set(CLASSES) == set(FieldClass)


def test_what_every_event_has_stands_first() -> None:
    common = PAGE.split("## I varje händelse")[1].split("\n## ")[0]
    assert all(f"| `{to_camel(spec.name)}` |" in common for spec in specs_of(Common))


@pytest.mark.parametrize(
    ("lane", "type_", "field", "whose", "required"),
    [
        (
            "bistand",
            "AssessmentRecorded",
            "heard",
            "den som nämns: person som bedömningen gäller",
            "nej",
        ),
        ("bistand", "DecisionGranted", "decision_id", "parten", "ja"),
        ("bistand", "DecisionGranted", "decided_by", "ingen", "nej"),
        ("bistand", "BiståndEnded", "decision_id", "parten", "eller skäl"),
        ("bistand", "PartyAdded", "co_party", "medparten", "ja"),
        ("hyra", "RentDue", "amount_ore", "alla parter", "nej"),
    ],
)
def test_a_row_says_whose_the_field_is_and_whether_it_is_needed(
    lane: str, type_: str, field: str, whose: str, required: str
) -> None:
    cells = row(fact_of(lane, type_), field)
    assert (cells[2], cells[5]) == (whose, required)


@pytest.mark.parametrize(
    ("lane", "type_", "field", "value"),
    [
        ("bistand", "PersonDied", "deceased", "`part` parten, `medpart` medparten"),
        ("bistand", "DecisionGranted", "start", "dag"),
        ("hyra", "RentDue", "amount_ore", "belopp i öre"),
        ("hyra", "AffectedLeasesListed", "lease_ids", "flera: id"),
        ("tillsyn", "GallringDecided", "level", "1 eller 2"),
        ("system", "GuidelineAdopted", "document_hash", "64 tecken, 0 till 9 och a till f"),
        ("bistand", "HeadsRecorded", "root", "64 tecken, 0 till 9 och a till f"),
        ("system", "NämndRegistered", "districts", "flera: kort namn, högst 120 tecken"),
    ],
)
def test_a_row_says_what_the_field_can_hold(lane: str, type_: str, field: str, value: str) -> None:
    assert row(fact_of(lane, type_), field)[6] == value
