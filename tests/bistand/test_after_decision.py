"""What follows a decision, told for what is recorded: dwellings and changes still to come."""

from datetime import date
from uuid import UUID

import pytest

from domain.bistand.events import (
    DecisionChanged,
    DecisionGranted,
    OccupancyEnded,
    OccupancyStarted,
)
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.words import Words, in_one_line
from tests.kernel.facts import NOW, Stream

D1 = UUID(int=0xD1)
GRANTED = DecisionGranted(decision_id=D1, start="2025-11-01", end="2026-10-31")
ENDED = OccupancyEnded(decision_id=D1, keys_by="personen")


def rows(on: str, *facts: Fact) -> dict[str, str]:
    """What is told of the decision on a day; the facts happened a day apart."""
    stream = Stream()
    for number, fact in enumerate((GRANTED, *facts), start=1):
        stream.add(fact, on=date(2025, 9, number))
    clocks = Clocks(now=NOW, gallde=date.fromisoformat(on))
    (lane,) = case_view({Lane.BISTAND: stream.events}, clocks).lanes
    (section,) = lane.sections
    return {label: in_one_line(told) for label, told in section.rows}


def started(*, by_lease: bool | None) -> OccupancyStarted:
    return OccupancyStarted(decision_id=D1, provided_by_lease=by_lease)


@pytest.mark.parametrize("by_lease", [True, None])
def test_a_dwelling_is_not_said_to_lack_a_lease_unless_that_is_recorded(
    *,
    by_lease: bool | None,
) -> None:
    for facts in ([started(by_lease=by_lease)], [started(by_lease=by_lease), ENDED]):
        assert "utan hyresavtal" not in str(rows("2026-01-01", *facts))
    assert "utan hyresavtal" not in Words().sentence(started(by_lease=by_lease))
    assert (
        rows("2026-01-01", started(by_lease=by_lease))["Boende enligt beslut"]
        == "påbörjat 2025-09-02"
    )


def test_a_dwelling_recorded_as_had_without_a_lease_is_told_so_also_when_it_has_ended() -> None:
    lived = "Boende utan hyresavtal"
    assert rows("2026-01-01", started(by_lease=False))[lived] == "påbörjat 2025-09-02"
    assert rows("2026-01-01", started(by_lease=False), ENDED)[lived] == "avslutat 2025-09-03"


def test_an_end_alone_does_not_say_how_the_dwelling_was_had() -> None:
    assert rows("2026-01-01", ENDED)["Boende enligt beslut"] == "avslutat 2025-09-02"


def changed(effective: str, end: str | None = None) -> DecisionChanged:
    return DecisionChanged(decision_id=D1, effective=effective, end=end)


@pytest.mark.parametrize(
    ("on", "changes", "words"),
    [
        ("2026-03-01", [changed("2026-06-01"), changed("2026-02-01")], "löper, ändras 2026-06-01"),
        ("2026-01-01", [changed("2026-02-01"), changed("2026-06-01")], "löper, ändras 2026-02-01"),
        ("2026-03-01", [changed("2026-02-01"), changed("2026-06-01")], "löper, ändras 2026-06-01"),
        ("2026-07-01", [changed("2026-06-01"), changed("2026-02-01")], "löper"),
        (
            "2026-11-01",
            [changed("2026-12-01", "2027-06-30"), changed("2026-02-01", "2026-11-30")],
            "löper, ändras 2026-12-01",
        ),
    ],
)
def test_the_next_change_to_come_is_told_whatever_else_was_changed(
    on: str, changes: list[Fact], words: str
) -> None:
    assert rows(on, *changes)["Läge"] == words
