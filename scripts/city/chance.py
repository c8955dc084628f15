"""Chances drawn from a seed: the same on every machine and in every version of Python."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A row of draws that follows from what it is drawn from.

    Args:
        drawn_from: seed and name; others give another row.

    >>> Chance(1, "a").between(1, 6) == Chance(1, "a").between(1, 6)
    True
    """

    def __init__(self, *drawn_from: object) -> None:
        self._from = "/".join(map(str, drawn_from))
        self._drawn = 0

    def below(self, number: int) -> int:
        """One of 0 to `number` - 1."""
        self._drawn += 1
        digest = sha256(f"{self._from}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % number

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def happens(self, percent: float) -> bool:
        """Whether what happens so many times of a hundred happens now. Two decimals count."""
        return self.below(10_000) < round(percent * 100)

    def pick(self, of: Sequence[T]) -> T:
        """One of them, each as likely."""
        return of[self.below(len(of))]

    def weigh(self, of: Mapping[T, int]) -> T:
        """One of them, each as likely as its weight."""
        left = self.below(sum(of.values()))
        for one, weight in of.items():
            left -= weight
            if left < 0:
                return one
        raise AssertionError("weights are positive")
