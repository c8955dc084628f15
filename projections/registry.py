"""All types of all lanes together, for views and documents. No process writes with it."""

from typing import Final

from domain.bistand import events as bistand
from domain.hyra import events as hyra
from domain.kernel.registry import FactRegistry
from domain.koppling import events as koppling
from domain.system import events as system
from domain.tillsyn import events as tillsyn

REGISTRY: Final = FactRegistry(
    bistand.FACTS + hyra.FACTS + koppling.FACTS + tillsyn.FACTS + system.FACTS
)
"""Every type there is, in the order of lanes."""
