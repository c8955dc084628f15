"""The tenancy process: record its facts, read its streams."""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from domain.hyra import decisions
from domain.hyra.events import FACTS
from domain.kernel.event import Event
from domain.kernel.process import LaneProcess
from domain.kernel.registry import FactRegistry
from ledger.codec import Lane


class HyraProcess(LaneProcess):
    """The lane hyra."""

    lane = Lane.HYRA
    facts = FactRegistry(FACTS)

    @override
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)
