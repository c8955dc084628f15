"""The table of types and fields that stands in `docs/envelope.md` section 9."""

from domain.kernel.fact import CO_PARTY, NAMED, PARTY, specs_of
from domain.kernel.registry import FactRegistry
from ledger.codec import JOINT, NOBODY

_SLOTS = {NOBODY: "nobody", PARTY: "party", CO_PARTY: "co-party", NAMED: "named", JOINT: "joint"}


def fields_table(registry: FactRegistry) -> str:
    """Return the types' own fields as a Markdown table; the common ones stand in section 4.

    Args:
        registry: the types, of one lane or of all.
    """
    rows = [
        "| lane | type | number | field | slot | class | kept |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {fact.lane} | {fact.TYPE}/{fact.SCHEMA} | {spec.number} | `{spec.name}` "
        f"| {spec.slot} {_SLOTS[spec.slot]} | {spec.cls.label} "
        f"| {'sealed' if spec.sealed else 'clear'} |"
        for fact in registry.facts
        for spec in specs_of(fact)
    ]
    return "\n".join(rows) + "\n"
