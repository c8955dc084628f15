"""Ten thousand random histories (five hundred in CI): nothing that was ever stored stops a view."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random  # noqa: TID251 - each history's own, from its seed
from uuid import UUID

import pytest

from api.exporting import import_lines
from api.reading import CaseRead, StreamRead
from domain.bistand.state import fold as fold_bistand
from domain.hyra.state import fold as fold_hyra
from domain.kernel.event import RecordedEvent
from domain.koppling.state import fold as fold_koppling
from domain.system.state import fold as fold_system
from domain.system.state import roles_on
from domain.tillsyn.state import fold as fold_tillsyn
from ledger.codec import Lane
from projections import case, plain, trail
from projections.clocks import Clocks
from projections.registry import REGISTRY
from tests.histories.making import NOW, OFFICERS, RECORDABLE, recorded, stored

FOLDS = {
    Lane.BISTAND: fold_bistand,
    Lane.HYRA: fold_hyra,
    Lane.KOPPLING: fold_koppling,
    Lane.TILLSYN: fold_tillsyn,
    Lane.SYSTEM: fold_system,
}
NAMES = {OFFICERS[0]: "Alma", OFFICERS[1]: "Bo"}


@pytest.fixture(scope="module")
def seeds(*, full: bool) -> list[int]:
    return [*range(5_000 if full else 250)]


@contextmanager
def replayable(made: str, seed: int) -> Iterator[None]:
    """Say how the history that failed is made again."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"history: tests.histories.making.{made}({seed})")
        raise


def some_clocks(random: Random) -> list[Clocks]:
    """A view of today, and one of some other day as known at some moment."""
    gallde = random.choice((NOW.date(), NOW, NOW - timedelta(days=900), date(2030, 1, 1), date.min))
    kant = random.choice((None, NOW, NOW - timedelta(days=30), NOW + timedelta(days=1)))
    then = Clocks(now=NOW, gallde=gallde, kant=kant, source_word=random.random() < 0.5)
    return [Clocks(now=NOW + timedelta(days=1)), then]


def tell(by_lane: Mapping[Lane, Sequence[RecordedEvent]], seed: int) -> None:
    """Fold and show a history in every way there is, in whichever order it is given."""
    random = Random(seed)  # noqa: S311 - to be made again
    for lane, events in by_lane.items():
        for stream in {event.stream for event in events}:
            FOLDS[lane](event for event in events if event.stream == stream)
        FOLDS[lane](events)
        if lane is Lane.SYSTEM:
            roles_on(fold_system(events), UUID(int=1), NOW.date())
    shuffled = {lane: random.sample(events, len(events)) for lane, events in by_lane.items()}
    for clocks in some_clocks(random):
        rows, view = trail.trail(by_lane, clocks, NAMES), case.case_view(by_lane, clocks, NAMES)
        assert trail.trail(shuffled, clocks, NAMES) == rows
        assert case.case_view(shuffled, clocks, NAMES) == view
        for text in (plain.to_text(rows), case.to_text(view)):
            assert max(map(len, text.splitlines())) <= plain.WIDTH
        json.dumps([trail.to_json(rows), case.to_json(view)]).encode()
    read = {
        lane: StreamRead(lane=lane, stream=UUID(int=1), events=tuple(events), entries=(), size=None)
        for lane, events in by_lane.items()
    }
    for line in import_lines(CaseRead(case=UUID(int=1), streams=read, hidden={})):
        json.loads(line.encode())


def types_in(by_lane: Mapping[Lane, Sequence[RecordedEvent]]) -> set[tuple[str, str]]:
    return {
        (lane.value, type(event.fact).__name__)
        for lane, events in by_lane.items()
        for event in events
    }


def test_whatever_was_stored_is_folded_shown_and_exported(seeds: list[int]) -> None:
    seen: set[tuple[str, str]] = set()
    for seed in seeds:
        with replayable("stored", seed):
            by_lane = stored(seed)
            tell(by_lane, seed)
        seen |= types_in(by_lane)
    assert {(fact.lane.value, fact.__name__) for fact in REGISTRY.facts} <= seen


def test_whatever_can_be_recorded_is_folded_shown_and_exported(seeds: list[int]) -> None:
    seen: set[tuple[str, str]] = set()
    for seed in seeds:
        with replayable("recorded", seed):
            by_lane = recorded(seed).by_lane()
            tell(by_lane, seed)
        seen |= types_in(by_lane)
    assert {(fact.lane.value, fact.__name__) for fact in RECORDABLE} <= seen


def test_a_seed_makes_the_same_history_again() -> None:
    assert recorded(17) == recorded(17)
    assert stored(17) == stored(17)
    assert recorded(17) != recorded(18)
