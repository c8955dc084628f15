"""One example of each type, frozen in `tests/vectors/events/`: `python -m tests.vectors.examples`.

A program of any later day must read what these say. A new type is added by running this; an
example that is there is never written again.
"""

import json
from pathlib import Path
from typing import Final

from api.examples import example
from api.saying import BY_THE_LEDGER_ITSELF
from domain.kernel.fact import Fact
from ledger.codec import Json
from projections.registry import REGISTRY

FOLDER: Final = Path(__file__).parent / "events"
FACTS: Final = tuple(fact for fact in REGISTRY.facts if not issubclass(fact, BY_THE_LEDGER_ITSELF))
"""The types that somebody can record."""


def path_of(fact: type[Fact]) -> Path:
    """Where a type's example lies."""
    return FOLDER / fact.lane / f"{fact.TYPE}-{fact.SCHEMA}.json"


def frozen(fact: type[Fact]) -> dict[str, Json]:
    """Return the frozen example of a type."""
    found: dict[str, Json] = json.loads(path_of(fact).read_text("utf-8"))
    return found


def main() -> None:
    """Write the examples that are not there."""
    for fact in FACTS:
        path = path_of(fact)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(example(fact), ensure_ascii=False, indent=1, sort_keys=True)
            path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
