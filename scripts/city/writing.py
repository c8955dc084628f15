"""How a history of the city is written down: what is said on which day, as import lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic.alias_generators import to_camel

from ledger.codec import Json, Lane
from scripts.city.chance import Chance
from scripts.city.faults import SHARE_PERCENT, Fault

FIRST_DAY: Final = date(2011, 1, 3)
LAST_DAY: Final = date(2026, 5, 29)
"""The old system was closed; what would have come later is not in the file."""
SOURCE: Final = "exempelstadens-system"
_SATURDAY: Final = 5


class Home(StrEnum):
    """What kind of home a history is about."""

    TRANING = "traning"
    FORSOK = "forsok"
    BOSTAD_FORST = "bostad_forst"
    JOUR = "jour"


@dataclass(slots=True)
class Said:
    """A line that has been written.

    Args:
        name: what a later line can call it.
        known: the day it was recorded.
        body: of the line.
    """

    name: str
    known: date
    body: dict[str, Json]

    @property
    def ref(self) -> str:
        """How a later line refers to it."""
        self.body["id"] = self.name
        return f"@{self.name}"


@dataclass
class Writing:
    """A history that is being written. `day` is how far it has come.

    Args:
        number: the case's, from 0.
        chance: draws all of it.
        district: whose nämnd holds it.
        day: the day it begins.
        seed: of the city, so that two cities can be in one ledger.
        part: what tells its names from those of the same person's case in another nämnd.
    """

    number: int
    chance: Chance
    district: str
    day: date
    seed: int
    part: str = ""
    faults: dict[Fault, date] = field(default_factory=dict)
    lines: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.careless = self.chance.happens(SHARE_PERCENT)

    def named(self, what: str, count: int | None = None) -> str:
        """The source's name of something in this history."""
        last = "" if count is None else f"-{count}"
        return f"{what}-{self.seed}-{self.number}{self.part}{last}"

    def wait(self, low: int, high: int) -> date:
        """Let so many days pass, and on to a working day."""
        self.day = working_day(self.day + timedelta(days=self.chance.between(low, high)))
        return self.day

    def goes_wrong(self, fault: Fault, percent: float = 45) -> bool:
        """Whether this history has a fault at an occasion for it."""
        wrong = self.careless and self.chance.happens(percent)
        if wrong:
            self.faults.setdefault(fault, self.day)
        return wrong

    def say(  # noqa: PLR0913 - what a line has beside its fact
        self,
        lane: Lane,
        type_: str,
        about: Mapping[str, Json] = MappingProxyType({}),
        /,
        *,
        stream: str = "",
        occurred: date | str | None = None,
        known: date | None = None,
        **fact: object,
    ) -> Said:
        """Write that something happened.

        Args:
            lane: where.
            type_: what.
            about: fields of the fact that several facts share.
            stream: the source's name of the stream; the case's own where it is left out.
            occurred: when; today where it is left out.
            known: the day it was recorded; the day it happened where it is left out.
            fact: the fact's fields, as Python spells them; None is left out.
        """
        day = self.day if occurred is None or isinstance(occurred, str) else occurred
        said = Said(
            self.named("rad", len(self.lines)),
            known or day,
            {
                "lane": lane.value,
                "stream": stream or self.named("arende"),
                "type": type_,
                "occurred": occurred if isinstance(occurred, str) else f"day {day}",
                "claimedRecorded": (known or day).isoformat(),
                "source": SOURCE,
                "fact": {
                    to_camel(n): _json(value)
                    for n, value in (*about.items(), *fact.items())
                    if value is not None
                },
            },
        )
        self.lines.append(said)
        return said

    def written(self) -> Iterator[bytes]:
        """The lines, in the order they were recorded, until the old system was closed."""
        for said in sorted(self.lines, key=lambda said: said.known):
            if said.known <= LAST_DAY:
                yield json.dumps(said.body, ensure_ascii=False, separators=(",", ":")).encode()


def working_day(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day


def months(day: date, number: int) -> date:
    """The last day of a time of so many months that begins on the first of one.

    >>> months(date(2011, 11, 1), 24)
    datetime.date(2013, 10, 31)
    """
    return first_of_month(day, number) - timedelta(days=1)


def first_of_month(day: date, later: int) -> date:
    """The first of a month so many months later.

    >>> first_of_month(date(2011, 11, 20), 2)
    datetime.date(2012, 1, 1)
    """
    count = day.year * 12 + day.month - 1 + later
    return date(count // 12, count % 12 + 1, 1)


def _json(value: object) -> Json:
    match value:
        case date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
        case dict():
            return {str(key): _json(item) for key, item in value.items()}
        case list() | tuple():
            return [_json(item) for item in value]
        case _:
            raise TypeError(type(value).__name__)
