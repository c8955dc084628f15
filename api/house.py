"""What an application needs: an opened ledger, its two gateways, and who verifies tokens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.filing import FilingGateway
from api.identity import Verifier
from api.reading import ReadGateway
from api.recording import WriteGateway
from domain.processes import Processes
from ledger.store import Environment

if TYPE_CHECKING:  # in production the module must not even be loaded
    from api.dev_issuer import DevIssuer


@dataclass(frozen=True, slots=True)
class House:
    """An opened ledger with its gateways.

    Args:
        processes: the five processes.
        reads: all reads pass it.
        writes: all writes pass it.
        filings: documents on their way in pass it.
        verifier: of the tokens.
        dev: the development issuer; None in production.
    """

    processes: Processes
    reads: ReadGateway
    writes: WriteGateway
    filings: FilingGateway
    verifier: Verifier
    dev: "DevIssuer | None" = None

    def __post_init__(self) -> None:
        assert self.dev is None or self.environment is Environment.DEVELOPMENT

    @property
    def environment(self) -> Environment:
        """What the ledger was founded as."""
        return self.processes.ledger.environment


def house(processes: Processes, verifier: Verifier, dev: "DevIssuer | None" = None) -> House:
    """Return a house around the processes."""
    reads, writes, filings = (
        ReadGateway(processes),
        WriteGateway(processes),
        FilingGateway(processes),
    )
    return House(processes, reads, writes, filings, verifier, dev)
