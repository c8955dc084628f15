"""The three questions every view answers: true when, known when, and by whose word.

`gallde` cuts on when things happened, `kant` on when they became known. What counts is settled
first, on everything known: a correction approved today also corrects what was true last year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.kernel.event import RecordedEvent, known
from domain.kernel.occurred import swedish_day
from domain.kernel.values import format_instant
from ledger.codec import Json
from projections.words import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """At which times a view looks.

    Args:
        now: the clock of whoever asks.
        gallde: true on this day, or at this moment; None: now.
        kant: known by this moment; None: so far.
        source_word: take the source system's word for when imported events became known.
    """

    now: datetime
    gallde: date | datetime | None = None
    kant: datetime | None = None
    source_word: bool = True

    @property
    def day(self) -> date:
        """The Swedish day the view is true on."""
        at = self.now if self.gallde is None else self.gallde
        return swedish_day(at) if isinstance(at, datetime) else at

    @property
    def forecast(self) -> bool:
        """Whether the view looks ahead: what is planned, if nothing more happens."""
        if isinstance(self.gallde, datetime):
            return self.gallde > self.now
        return self.gallde is not None and self.gallde > swedish_day(self.now)

    def known_to(self, events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
        """The events known by `kant`, in order of reading."""
        kant = self.kant
        return sorted(
            (
                event
                for event in events
                if kant is None or known(event, source_word=self.source_word) <= kant
            ),
            key=lambda event: event.fold_key(source_word=self.source_word),
        )

    def happened(self, event: RecordedEvent) -> bool:
        """Whether it had happened by `gallde`. An unknown day counts as the day it became known."""
        if self.gallde is None:
            return True
        if isinstance(self.gallde, datetime) and event.occurred.moment:
            return event.occurred.moment <= self.gallde
        day, *_ = event.fold_key(source_word=self.source_word)
        return day <= self.day

    def to_json(self) -> dict[str, Json]:
        """What a view says of its clocks."""
        return {
            "gallde": self.gallde.isoformat() if self.gallde else None,
            "kant": format_instant(self.kant) if self.kant else None,
            "sourceWord": self.source_word,
            "forecast": self.forecast,
        }

    def in_words(self, *, imported: bool) -> str:
        """The same, for a person.

        Args:
            imported: whether the view has anything from another system: else whose word is taken
                for that is no matter.
        """
        forecast = " (prognos)" if self.forecast else ""
        known = f"känt {moment(self.kant)}" if self.kant else "känt hittills"
        whose = "källsystemet" if self.source_word else "liggarens klocka"
        taken = f", importerat enligt {whose}" if imported else ""
        return f"Gällde {self.day}{forecast}, {known}{taken}"
