"""Who sends a field wrong is told what could be written, and never their own words."""

import pytest

from domain.bistand.events import DecisionGranted
from domain.kernel.fact import read_fact
from domain.kernel.refused import Refused
from ledger.codec import Json
from tests.whole import fresh

CANARY = "Vera Provdotter 198005052389"


def told(**fields: Json) -> str:
    with pytest.raises(Refused) as refused:
        read_fact(DecisionGranted, {"decisionId": str(fresh()), **fields})
    assert refused.value.fields[0][1] in refused.value.message
    ((_, sentence),) = refused.value.fields
    return sentence


def test_a_code_that_is_not_there_is_told_with_those_that_are() -> None:
    sentence = told(insats=CANARY)
    assert sentence.startswith("Koden finns inte. Välj bland: ")
    assert {"forsok", "traning"} <= set(sentence.rstrip(".").split(": ")[1].split(", "))
    assert CANARY not in sentence


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("full_grant", "Fältet finns inte. Menade du fullGrant?"),
        ("fullGrnt", "Fältet finns inte. Menade du fullGrant?"),
        (CANARY, "Fältet finns inte."),
        ("fullGrant" * 20, "Fältet finns inte."),
    ],
)
def test_a_field_that_is_not_there_is_told_with_the_one_that_was_meant(
    given: str, sentence: str
) -> None:
    assert told(**{given: True}) == sentence
