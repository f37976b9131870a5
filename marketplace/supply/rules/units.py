"""The units in which a good is counted, and how an amount of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say


class MixedUnits(Invalid):
    """An amount in a unit that the good is not counted in."""

    def __init__(self, field: str = "unit") -> None:
        told = say("Satuan itu bukan satuan barang ini.")
        super().__init__(told, fields={field: told})


class NotWhole(Invalid):
    """A part of something that is handed out whole."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A unit of a good: its name, base units in it, and the multiple it is asked in."""

    name: str
    factor: int
    step: int = 1

    def check_whole(self, quantity: int) -> None:
        """Refuse base units that are no multiple of what is handed out. Raises NotWhole."""
        if quantity % (self.factor * self.step):
            told = say(
                "Barang ini dibagi per %(step)s %(unit)s utuh.", step=self.step, unit=self.name
            )
            raise NotWhole(told, fields={"want": told})


def told_in(quantity: int, ladder: Sequence[Rung], *, counted: bool) -> list[tuple[int, Rung]]:
    """Split base units over units of a ladder, the main unit first, as one would say them.

    Pieces are told in the largest unit that fits, and the rest in one more: ``2 dus 3
    bungkus``. Weights are told in the largest unit that divides evenly. What cannot be told in
    whole units stays in the main one.
    """
    falling = sorted(ladder, key=lambda rung: -rung.factor)
    for rung in falling:
        rest = quantity % rung.factor
        if rung.factor <= quantity and not rest:
            return [(quantity, rung)]
        smaller = next((one for one in falling if rest and rest % one.factor == 0), None)
        if counted and rung.factor <= quantity and smaller is not None:
            return [(quantity - rest, rung), (rest, smaller)]
    return [(quantity, ladder[0])]
