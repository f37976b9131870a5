"""Sharing what arrived among those who asked, and its cost among those who got some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say


class Sortable(Protocol):
    """A request's key: anything that can be put in order."""

    def __lt__(self, other: Any, /) -> bool: ...


K = TypeVar("K", bound=Sortable)


class SharingPolicy(Enum):
    """How goods are shared when fewer came than are wanted."""

    PROPORTIONAL = "proporsional"
    FIRST_COME = "urut_pesan"
    EQUAL = "rata"


POLICY_LABELS: dict[SharingPolicy, Sentence] = {
    SharingPolicy.PROPORTIONAL: say("Menurut banyaknya permintaan"),
    SharingPolicy.FIRST_COME: say("Yang pesan dulu, dapat dulu"),
    SharingPolicy.EQUAL: say("Sama rata"),
}
POLICY_WORDS: dict[SharingPolicy, Sentence] = {
    SharingPolicy.PROPORTIONAL: say("Kalau barang kurang, yang minta banyak dapat lebih banyak."),
    SharingPolicy.FIRST_COME: say(
        "Kalau barang kurang, dipenuhi urut dari yang pesan paling awal."
    ),
    SharingPolicy.EQUAL: say("Kalau barang kurang, semua dapat sama. Sisanya untuk yang lain."),
}


class WishBroken(Invalid):
    """A wish that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Wish(Generic[K]):
    """What one request line asks for, in base units.

    ``accept_min`` 0 means "any amount will do"; between ``want`` and ``flex_max`` the
    member takes more if that helps to fill a pack. ``shortage_score`` grows each time a
    member is cut, so that rounding favours them the next time. ``turn`` says who asked first.
    """

    key: K
    accept_min: int
    want: int
    flex_max: int
    shortage_score: int = 0
    turn: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.accept_min <= self.want <= self.flex_max:
            raise WishBroken(
                say("Jumlah minimal, jumlah yang diminta, dan jumlah maksimal harus berurutan.")
            )


@dataclass(frozen=True, slots=True)
class Shares(Generic[K]):
    """Who gets what, what is left over, and whose wish could not be met (in order)."""

    given: dict[K, int]
    left: int
    dropped: list[K]


def share_out(
    available: int,
    wishes: Iterable[Wish[K]],
    policy: SharingPolicy = SharingPolicy.PROPORTIONAL,
) -> Shares[K]:
    """Share what is there by one of the policies; the order of the wishes never matters.

    Nobody is above their wish while another admitted member is below it. Who would get
    less than they accept gets nothing, the biggest gap first, and their part goes to the
    others: each pass drops one, so it ends.
    """
    if available < 0:
        raise WishBroken(say("Jumlah barang tidak boleh kurang dari nol."))
    everyone = _in_order(wishes)
    if policy is SharingPolicy.FIRST_COME:
        return _first_come(available, everyone)
    equal = policy is SharingPolicy.EQUAL
    admitted, dropped = everyone, list[Wish[K]]()
    wanted = sum(wish.want for wish in admitted)
    while available < wanted:
        worst = None if equal else _clearly_worst_off(admitted, available, wanted)
        if worst is None:
            wants = [wish.want for wish in admitted]
            # A part by how much was asked never exceeds the wish: only equal ones need the cap.
            parts = largest_remainder(
                available, _weights(wants, equal=equal), wants if equal else None
            )
            worst = _worst_off(admitted, parts)
        if worst is None:
            return _shares(everyone, admitted, parts, available, dropped)
        admitted = [wish for wish in admitted if wish is not worst]
        dropped.append(worst)
        wanted -= worst.want
    flex = [wish.flex_max - wish.want for wish in admitted]
    extra = largest_remainder(available - wanted, _weights(flex, equal=equal), flex)
    parts = [wish.want + more for wish, more in zip(admitted, extra, strict=True)]
    return _shares(everyone, admitted, parts, available, dropped)


def _weights(most: list[int], *, equal: bool) -> list[int]:
    return [min(one, 1) for one in most] if equal else most


def _first_come(available: int, everyone: list[Wish[K]]) -> Shares[K]:
    """Fill wishes in the order in which they were made; one that cannot be met is passed over."""
    queue = sorted(sorted(everyone, key=lambda wish: wish.key), key=lambda wish: wish.turn)
    given, dropped, left = dict[K, int](), list[Wish[K]](), available
    for wish in queue:
        part = min(wish.want, left)
        if part < wish.accept_min:
            dropped.append(wish)
        else:
            given[wish.key] = part
            left -= part
    admitted = [wish for wish in queue if wish.key in given]
    for wish in admitted:  # something is left only when all of them have what they want
        more = min(wish.flex_max - wish.want, left)
        given[wish.key] += more
        left -= more
    parts = [given[wish.key] for wish in admitted]
    return _shares(everyone, admitted, parts, available, dropped)


def split_cost(cost: int, given: Mapping[K, int]) -> dict[K, int]:
    """Split a bill over what each member got, exact to the rupiah.

    The price of one base unit is never computed, so nothing is rounded twice. A rupiah
    that cannot be divided goes to the larger remainder, then to the lower key.
    """
    keys = sorted(given)
    return dict(zip(keys, largest_remainder(cost, [given[key] for key in keys]), strict=True))


def _in_order(wishes: Iterable[Wish[K]]) -> list[Wish[K]]:
    """Put wishes in the order in which rounding units go: most often cut, then lower key."""
    ordered = sorted(wishes, key=lambda wish: wish.key)
    if len({wish.key for wish in ordered}) != len(ordered):
        raise WishBroken(say("Satu permintaan tercatat dua kali."))
    return sorted(ordered, key=lambda wish: -wish.shortage_score)


def _clearly_worst_off(admitted: list[Wish[K]], available: int, wanted: int) -> Wish[K] | None:
    """Find who is furthest below by more than rounding could change, without rounding.

    A share is its exact part rounded down, or one more. So a gap that stays above nought
    and beats every other one even with that one more needs no remainders: among many
    members this saves most of the work of each pass.
    """
    gaps = [wish.accept_min - available * wish.want // wanted for wish in admitted]
    widest = max(gaps)
    if widest < 2:
        return None
    near = [place for place, gap in enumerate(gaps) if gap >= widest - 1]
    return admitted[near[0]] if len(near) == 1 else None


def _worst_off(admitted: list[Wish[K]], parts: list[int]) -> Wish[K] | None:
    """Find who is furthest below what they accept; of equals, the later request."""
    below = [
        (wish.accept_min - part, wish.key, wish)
        for wish, part in zip(admitted, parts, strict=True)
        if part < wish.accept_min
    ]
    return max(below)[2] if below else None


def _shares(
    everyone: list[Wish[K]],
    admitted: list[Wish[K]],
    parts: list[int],
    available: int,
    dropped: list[Wish[K]],
) -> Shares[K]:
    given = {wish.key: 0 for wish in sorted(everyone, key=lambda wish: wish.key)}
    given |= {wish.key: part for wish, part in zip(admitted, parts, strict=True)}
    return Shares(given, available - sum(parts), [wish.key for wish in dropped])
