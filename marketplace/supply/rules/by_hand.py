"""Sharing by hand: officers decide, within what members allowed and what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say
from marketplace.supply.rules.sharing import K, Shares, Wish


class BadShare(Invalid):
    """A share that a member did not allow, or more than there is."""


def share_by_hand(
    available: int,
    wishes: Sequence[Wish[K]],
    given: Mapping[K, int],
    floors: Mapping[K, int] | None = None,
) -> Shares[K]:
    """Check shares that officers chose; what they leave is the cooperative's.

    ``floors`` is what members have fetched of theirs. Raises BadShare.
    """
    had = floors or {}
    if given.keys() != {wish.key for wish in wishes}:
        raise BadShare(say("Pembagiannya sudah berubah. Muat ulang halaman ini."))
    for wish in wishes:
        part, fetched = given[wish.key], had.get(wish.key, 0)
        if part < fetched:
            raise BadShare(say("Bagian seorang anggota kurang dari yang sudah dia ambil."))
        if part != fetched and not max(1, wish.accept_min) <= part <= wish.flex_max:
            raise BadShare(
                say("Bagian seorang anggota di luar yang dia mau: isi 0, atau antara batasnya.")
            )
    left = available - sum(given.values())
    if left < 0:
        raise BadShare(say("Yang dibagi lebih banyak dari yang ada."))
    return Shares(dict(given), left, [])
