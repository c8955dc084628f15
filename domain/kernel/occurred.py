"""When something happened, as exactly as anyone knows. `docs/envelope.md` section 3.

A day is a Swedish calendar day. What is planned has not occurred: planned dates are fields.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError
from typing_extensions import override

from domain.kernel.refused import Refused
from domain.kernel.values import format_instant, to_day, to_instant
from ledger.codec import Lane

SWEDEN: Final = ZoneInfo("Europe/Stockholm")

FoldKey: TypeAlias = tuple[date, bool, datetime, datetime, int, int]
"""Sorts events as a view reads them."""


class Precision(StrEnum):
    """How exactly it is known when something happened."""

    DAY = "day"
    INSTANT = "instant"
    PERIOD = "period"
    UNKNOWN = "unknown"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Occurred:
    """When something happened. Made by `on`, `at`, `between`, `parse`; or `UNKNOWN`, `SEALED`.

    Args:
        precision: which of the five forms.
        first: the day (`DAY`), or the period's first (`PERIOD`).
        last: the period's last day, included.
        moment: the instant, UTC.
    """

    precision: Precision
    first: date | None = None
    last: date | None = None
    moment: datetime | None = None

    @classmethod
    def on(cls, day: date) -> Self:
        """On a Swedish calendar day."""
        return cls(Precision.DAY, first=day)

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """At a moment, an aware datetime."""
        return cls(Precision.INSTANT, moment=moment.astimezone(UTC))

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """Some time in a period, both days included.

        Raises:
            Refused: it ends before it begins.
        """
        if last < first:
            raise Refused(
                "occurred.ends_before_start",
                "Perioden slutar före sin första dag.",
                remedy="Ange den tidigare dagen först.",
            )
        return cls(Precision.PERIOD, first=first, last=last)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one of the forms of `docs/envelope.md` section 3.

        Raises:
            Refused: none of them, or a day that does not exist.

        >>> str(Occurred.parse("period 2011-06-14/2011-06-20"))
        'period 2011-06-14/2011-06-20'
        """
        match = FORM.fullmatch(text)
        if match is None:
            raise Refused(
                "occurred.form",
                "Tiden för händelsen har en form som inte finns.",
                remedy="Formerna står i docs/envelope.md avsnitt 3. Är tiden okänd: unknown.",
            )
        try:
            if match["day"]:
                return cls.on(to_day(match["day"]))
            if match["moment"]:
                return cls.at(to_instant(match["moment"]))
            if match["first"]:
                return cls.between(to_day(match["first"]), to_day(match["last"]))
        except PydanticCustomError:
            raise Refused(
                "occurred.impossible",
                "Händelsen har en dag eller tid som inte finns i kalendern.",
                remedy="Kontrollera datumet mot handlingen. Är det okänt: unknown.",
            ) from None
        return cls(Precision(text))

    @override
    def __str__(self) -> str:
        match self.precision:
            case Precision.DAY:
                return f"day {self.first}"
            case Precision.INSTANT:
                assert self.moment
                return f"instant {format_instant(self.moment)}"
            case Precision.PERIOD:
                return f"period {self.first}/{self.last}"
            case _:
                return self.precision.value

    @property
    def day(self) -> date | None:
        """The Swedish day it is counted to; None where `UNKNOWN` or `SEALED`."""
        return swedish_day(self.moment) if self.moment else self.first

    def later_than(self, other: "Occurred") -> bool:
        """Whether it is known to have happened after another, which has been read before it. Within
        a day only two moments tell. Source: `docs/envelope.md` section 3, order of reading.
        """
        if self.moment and other.moment:
            return self.moment > other.moment
        return self.day is not None and (other.day is None or self.day > other.day)

    def in_future(self, now: datetime) -> bool:
        """Whether it has not happened yet. A day has happened when it has begun."""
        if self.moment:
            return self.moment > now
        last = self.last or self.first
        return last is not None and last > swedish_day(now)


UNKNOWN: Final = Occurred(Precision.UNKNOWN)
"""Nobody knows when."""
SEALED: Final = Occurred(Precision.SEALED)
"""The time is in the payload, because it identifies somebody."""


def swedish_day(moment: datetime) -> date:
    """The calendar day in Sweden at a moment. At the very ends of the calendar, where Sweden's is
    out of reach, the day in UTC: stored history is never unreadable.

    >>> swedish_day(datetime(2011, 6, 14, 22, 30, tzinfo=UTC))
    datetime.date(2011, 6, 15)
    """
    try:
        return moment.astimezone(SWEDEN).date()
    except OverflowError:
        return moment.date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a Swedish day."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=SWEDEN).astimezone(
        UTC
    )


def fold_key(occurred: Occurred, known: datetime, lane: Lane, index: int) -> FoldKey:
    """The place of an event in a view. Source: `docs/envelope.md` section 3, order of reading.

    Args:
        occurred: when it happened.
        known: when it became known; stands in for a day that is unknown or sealed.
        lane: its lane.
        index: its index in the lane's log.
    """
    day = occurred.day or swedish_day(known)
    return (day, occurred.moment is not None, occurred.moment or _EARLIEST, known, lane.code, index)


_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
FORM: Final = re.compile(
    r"day (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|instant (?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z)"
    r"|period (?P<first>[0-9]{4}-[0-9]{2}-[0-9]{2})/(?P<last>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|unknown|sealed"
)
"""The five forms, as text."""
