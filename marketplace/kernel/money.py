"""Rupiah amounts: whole numbers, never floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NON_BREAKING_SPACE = "\u00a0"


def grouped(number: int) -> str:
    """Write an integer with Indonesian thousands dots.

    >>> grouped(1250000)
    '1.250.000'
    """
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True, order=True, slots=True)
class Rupiah:
    """An amount of money in whole rupiah."""

    amount: int = 0

    def __add__(self, other: Rupiah) -> Rupiah:
        return Rupiah(self.amount + other.amount)

    def __sub__(self, other: Rupiah) -> Rupiah:
        return Rupiah(self.amount - other.amount)

    def __mul__(self, quantity: int) -> Rupiah:
        return Rupiah(self.amount * quantity)

    def __neg__(self) -> Rupiah:
        return Rupiah(-self.amount)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        sign = "−" if self.amount < 0 else ""
        return f"{sign}Rp{NON_BREAKING_SPACE}{grouped(abs(self.amount))}"

    @classmethod
    def total(cls, amounts: Iterable[Rupiah]) -> Rupiah:
        """Add up amounts; nothing adds up to Rp 0."""
        return cls(sum(amount.amount for amount in amounts))
