"""What all facts of supervision are."""

from domain.kernel.fact import Fact
from ledger.codec import Lane


class TillsynFact(Fact):
    """A fact of supervision."""

    lane = Lane.TILLSYN
