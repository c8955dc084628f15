"""What the facts of the decision process have in common."""

from domain.kernel.fact import Fact
from ledger.codec import Lane


class BistandFact(Fact):
    """A fact of the decision process."""

    lane = Lane.BISTAND
