"""A small city: plausible histories of bostadssociala kontrakt, for tests, bench and demo.

All of it is invented. The figures are those of section 7 of the domain reference: kinds of homes,
how long they last, how many are warned, who has children. A share of the cases has faults, each of
a kind that has a name (`scripts.city.faults`). What is written are lines that `liggare import`
takes; nothing here knows a ledger. The same seed gives the same bytes, and a case is the same
however many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from scripts.city import housing
from scripts.city.chance import Chance
from scripts.city.deciding import Case, asked, decided, looked_into, opened
from scripts.city.faults import Fault
from scripts.city.incidents import jour, lived
from scripts.city.people import DISTRICTS, NAMNDER, Household, household
from scripts.city.supervising import supervised
from scripts.city.writing import FIRST_DAY, LAST_DAY, Home, Writing, working_day

__all__ = ["DISTRICTS", "NAMNDER", "CityCase", "Fault", "Home", "case", "city"]

_LAST_START: Final = (LAST_DAY - FIRST_DAY).days - 120
_LENGTHS: Final = {Home.TRANING: 12, Home.FORSOK: 24, Home.BOSTAD_FORST: 12, Home.JOUR: 3}
"""For how many months a home is granted at first; Bostad Först is granted tills vidare."""


@dataclass(frozen=True, slots=True)
class CityCase:
    """One case, in one nämnd.

    Args:
        number: from 0. Who moves to another district has two cases of one number.
        district: whose nämnd holds it.
        home: what kind of home it is about.
        leased: whether there is a lease; else the decision alone gives the dwelling.
        faults: what is wrong in it.
        lines: as `liggare import` takes them, without line ends.
    """

    number: int
    district: str
    home: Home
    leased: bool
    faults: frozenset[Fault]
    lines: tuple[bytes, ...]


def city(cases: int, seed: int) -> Iterator[CityCase]:
    """Return the cases of a city, the first of them the same whatever their number.

    Args:
        cases: how many.
        seed: which city.
    """
    for number in range(cases):
        yield from case(number, seed)


def case(number: int, seed: int) -> Iterator[CityCase]:
    """Return one case, and the one that follows it in another nämnd if the household moves."""
    chance = Chance(seed, number)
    day = working_day(FIRST_DAY + timedelta(days=chance.below(_LAST_START)))
    writing = Writing(number, chance, DISTRICTS[number % len(DISTRICTS)], day, seed)
    home = household(chance)
    first = _history(writing, home)
    yield _done(first)
    if first.leaves_for and writing.day < LAST_DAY:
        again = Writing(number, Chance(seed, number, "b"), first.leaves_for, writing.day, seed, "b")
        yield _done(_history(again, home))


def _history(w: Writing, home: Household) -> Case:
    history = opened(w, home)
    if w.number < len(DISTRICTS) and not w.part:
        housing.template(history)
    if home.home is Home.JOUR and w.chance.happens(50):
        jour(history)
    lease_first = home.leased and w.goes_wrong(Fault.LEASE_BEFORE_DECISION, 10)
    asked(history, home.home)
    if lease_first:
        housing.housed(history)
    looked_into(history)
    if decided(history, _LENGTHS[home.home]):
        if home.leased and not lease_first:
            housing.housed(history)
        else:
            w.wait(5, 40)
            housing.executed(history)
        lived(history)
    supervised(history)
    return history


def _done(history: Case) -> CityCase:
    w = history.w
    return CityCase(
        w.number,
        w.district,
        history.home.home,
        history.home.leased,
        frozenset(fault for fault, day in w.faults.items() if day <= LAST_DAY),
        tuple(w.written()),
    )
