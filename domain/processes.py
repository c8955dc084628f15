"""The five processes of one ledger."""

from domain.bistand.process import BistandProcess
from domain.hyra.process import HyraProcess
from domain.kernel.process import LaneProcess
from domain.koppling.process import KopplingProcess
from domain.system.process import SystemProcess
from domain.tillsyn.process import TillsynProcess
from ledger.codec import Lane
from ledger.store import Ledger


class Processes:
    """One process for each lane of an opened ledger.

    Args:
        ledger: the opened ledger; whoever opened it closes it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.bistand = BistandProcess(ledger)
        self.hyra = HyraProcess(ledger)
        self.koppling = KopplingProcess(ledger)
        self.tillsyn = TillsynProcess(ledger)
        self.system = SystemProcess(ledger)
        self._by_lane: dict[Lane, LaneProcess] = {
            process.lane: process
            for process in (self.bistand, self.hyra, self.koppling, self.tillsyn, self.system)
        }

    def __getitem__(self, lane: Lane) -> LaneProcess:
        return self._by_lane[lane]
