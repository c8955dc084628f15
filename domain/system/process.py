"""The organisation: record its facts, read its streams."""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from domain.kernel.event import Event
from domain.kernel.process import LaneProcess
from domain.kernel.registry import FactRegistry
from domain.system import decisions
from domain.system.events import FACTS
from ledger.codec import Lane


class SystemProcess(LaneProcess):
    """The lane system."""

    lane = Lane.SYSTEM
    facts = FactRegistry(FACTS)

    @override
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)
