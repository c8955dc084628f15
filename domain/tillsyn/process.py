"""Supervision of the keeping: gallringsspärr, gallring decided and carried out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from typing_extensions import override

from domain.kernel.event import Event
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, LaneProcess, Saying
from domain.kernel.refused import Refused
from domain.kernel.registry import FactRegistry
from domain.tillsyn import decisions
from domain.tillsyn.events import (
    FACTS,
    GallringDecided,
    GallringExecuted,
    GallringsspärrLifted,
    GallringsspärrSet,
    GallringWithdrawn,
)
from ledger.application import Stored
from ledger.codec import Effect, Lane
from ledger.destroy import destroy
from ledger.errors import CommandReused
from ledger.reading import ReadContext


class TillsynProcess(LaneProcess):
    """The lane tillsyn. A spärr's or a gallring's id is the id of its stream."""

    lane = Lane.TILLSYN
    facts = FactRegistry(FACTS)

    @override
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        decisions.require_recordable(history, event, now)

    @override
    def effect_of(self, saying: Saying) -> Effect | None:
        match saying.fact:
            case GallringsspärrSet() as fact:
                return decisions.hold(fact, saying.stream, _target(saying))
            case GallringsspärrLifted():
                return decisions.lift(saying.stream)
            case GallringDecided() as fact:
                return decisions.destroy(
                    fact, saying.stream, _target(saying), saying.target_subject
                )
            case GallringWithdrawn():
                return decisions.withdraw(saying.stream)
            case GallringExecuted():
                return decisions.destroyed(saying.stream)
            case _:
                return super().effect_of(saying)

    def carry_out(self, gallring: UUID, by: By) -> Stored:
        """Destroy what a decision names and record that it is done. May be repeated after a crash;
        a retry of a command that went through gets its receipt.

        Raises:
            Refused: there is no such decision, or it has been withdrawn or carried out; or who
                carries it out decided it, or who decided it cannot be read.
            Held: a gallringsspärr holds the stream.
            NotHeld: the nämnd does not hold the stream any more.
            NotConcerned: it is about a person who is not in the stream.
            CommandReused: the same command id carried out another gallring.
        """
        earlier = self.earlier(by)  # asked before anything is gone
        if any(one.originator_id != gallring for one in earlier):
            raise CommandReused("The command's id has been used for another gallring.")
        return (earlier or self._carry_out(gallring, by))[0]

    def _carry_out(self, gallring: UUID, by: By) -> list[Stored]:
        with self.reading(by.reads("command"), gallring):
            history = self.history(gallring)
        decided = decisions.open_decision(history)
        decisions.require_another(decided, {by.actor})  # before anything is gone
        destruction = destroy(self.ledger, gallring)
        done = GallringExecuted(
            decision=decided.ref,
            target_lane=destruction.lane,
            level=1 if destruction.level == 1 else 2,
            indexes=tuple(index for _, index in destruction.positions),
            count=len(destruction.positions),
        )
        saying = Saying(
            fact=done,
            occurred=Occurred.at(by.clock),
            stream=gallring,
            version=history[-1].version + 1,
        )
        return self.record([saying], by)

    def holding(self, lane: Lane, stream: UUID, context: ReadContext) -> list[UUID]:
        """The nämnder whose gallringsspärr holds a stream of the reading nämnd: who can lift it.

        Args:
            lane: the stream's.
            stream: which. Of one that the nämnd does not hold, nothing is told.
            context: of the read. The read log's row names no stream: that would be one of tillsyn.

        Returns:
            One for each spärr, a nämnd as many times as it has set one.
        """
        with self.reading(context) as opened:
            found = opened.connection.execute(
                "SELECT * FROM ledger.holds_on(%s, %s)", (lane.value, stream)
            ).fetchall()
        return [namnd for (namnd,) in found]


def _target(saying: Saying) -> UUID:
    if saying.target is None:
        raise Refused(
            "gallring.no_target",
            "Det framgår inte vilken ström det gäller.",
            remedy="Ange strömmen i den process som spärren eller beslutet gäller.",
        )
    return saying.target
