"""What the lists count, in each lane.

A list is made without keys, so it tells what types and clear fields tell and no more: that a
decision has been made, not which; that a process is open or closed as it was recorded, with what
two people have since declared erroneous taken away. How a case really stands, its own page says.
"""

from collections.abc import Mapping
from typing import Final

from domain.bistand import events as bistand
from domain.hyra import events as hyra
from domain.kernel.fact import Fact
from domain.koppling import events as koppling
from domain.tillsyn import events as tillsyn
from domain.tillsyn import lex_sarah, matters, requests
from ledger.codec import Lane
from ledger.lists import ListRules


def _types(*facts: type[Fact]) -> tuple[str, ...]:
    return tuple(fact.TYPE for fact in facts)


LISTS: Final[Mapping[Lane, ListRules]] = {
    Lane.BISTAND: ListRules(
        kinds=_types(bistand.CaseOpened),
        begins=_types(
            bistand.DecisionGranted, bistand.DecisionPartiallyGranted, bistand.DecisionRejected
        ),
        ends=_types(bistand.BiståndEnded),
        closes=_types(bistand.CaseClosed),
    ),
    # The tenancy has no event that closes a case. It is closed when each lease has ended.
    Lane.HYRA: ListRules(
        kinds=_types(hyra.CaseOpened),
        begins=_types(hyra.LeaseSigned),
        ends=_types(hyra.LeaseTerminated),
        closed_by_ends=True,
    ),
    Lane.KOPPLING: ListRules(kinds=_types(koppling.CaseJoined)),
    # What may still be appealed, and what is known to be over by a sealed field alone, stays open.
    Lane.TILLSYN: ListRules(
        kinds=_types(
            matters.JOMatterOpened,
            matters.IVOMatterOpened,
            requests.DocumentRequested,
            lex_sarah.LexSarahReported,
            lex_sarah.LexSarahAssessed,
            tillsyn.GallringsspärrSet,
            tillsyn.GallringDecided,
        ),
        closes=_types(
            matters.JODecisionMade,
            matters.IVODecisionMade,
            requests.DocumentsReleased,
            tillsyn.GallringsspärrLifted,
            tillsyn.GallringWithdrawn,
            tillsyn.GallringExecuted,
        ),
    ),
}
"""Lane to the rules of its list."""
