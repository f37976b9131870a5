"""The steps of a supply round, of a member's request in it, and of an order to a supplier."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.text import Sentence, say

S = TypeVar("S", "PoolState", "RequestState", "PurchaseOrderState")


class PoolState(Enum):
    """How far a round of buying together is."""

    DRAFT = "draf"
    OPEN = "dibuka"
    TOP_UP = "isi_kekurangan"
    LOCKED = "dikunci"
    ORDERED = "dipesan"
    RECEIVING = "diterima"
    READY = "siap"
    SETTLED = "selesai"
    CANCELLED = "batal"


class RequestState(Enum):
    """How far one member's request for one good is."""

    OPEN = "diminta"
    LOCKED = "dikunci"
    ALLOCATED = "kebagian"
    PRICE_ASKED = "tanya_dulu"
    DECLINED = "menolak_harga"
    DROPPED = "tidak_kebagian"
    NOT_FETCHED = "tidak_diambil"
    HANDED_OVER = "diambil"
    RETURNED = "dikembalikan"
    CANCELLED = "batal"


class PurchaseOrderState(Enum):
    """How far an order to a supplier is."""

    DRAFT = "draf"
    APPROVED = "disetujui"
    SENT = "dikirim"
    CONFIRMED = "dikonfirmasi"
    PART_RECEIVED = "diterima_sebagian"
    CLOSED = "selesai"
    CANCELLED = "batal"


_ROUND: dict[PoolState, frozenset[PoolState]] = {
    PoolState.DRAFT: frozenset({PoolState.OPEN, PoolState.CANCELLED}),
    PoolState.OPEN: frozenset({PoolState.TOP_UP, PoolState.LOCKED, PoolState.CANCELLED}),
    PoolState.TOP_UP: frozenset({PoolState.OPEN, PoolState.LOCKED, PoolState.CANCELLED}),
    PoolState.LOCKED: frozenset({PoolState.ORDERED, PoolState.CANCELLED}),
    PoolState.ORDERED: frozenset({PoolState.RECEIVING, PoolState.CANCELLED}),
    PoolState.RECEIVING: frozenset({PoolState.READY}),
    PoolState.READY: frozenset({PoolState.RECEIVING, PoolState.SETTLED}),
    PoolState.SETTLED: frozenset(),
    PoolState.CANCELLED: frozenset(),
}
# A second receipt shares out anew: who got nothing may then get some, and the reverse; and a
# price may rise above what a member allowed, or fall below it.
_SHARED = frozenset({RequestState.ALLOCATED, RequestState.PRICE_ASKED, RequestState.DROPPED})
# A locked wish opens again when its good is given up and it turns to its second choice.
_REQUEST: dict[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset({RequestState.LOCKED, RequestState.CANCELLED}),
    RequestState.LOCKED: frozenset(
        {
            RequestState.OPEN,
            *_SHARED,
            RequestState.CANCELLED,
        }
    ),
    RequestState.ALLOCATED: _SHARED | {RequestState.HANDED_OVER, RequestState.NOT_FETCHED},
    RequestState.PRICE_ASKED: _SHARED | {RequestState.DECLINED},
    RequestState.DECLINED: frozenset(),
    RequestState.DROPPED: _SHARED,
    RequestState.NOT_FETCHED: frozenset(),
    RequestState.HANDED_OVER: frozenset({RequestState.RETURNED}),
    RequestState.RETURNED: frozenset(),
    RequestState.CANCELLED: frozenset(),
}
_CAME = frozenset({PurchaseOrderState.PART_RECEIVED, PurchaseOrderState.CLOSED})
# Goods may stand at the door before anybody noted that they were ordered.
_PURCHASE_ORDER: dict[PurchaseOrderState, frozenset[PurchaseOrderState]] = {
    PurchaseOrderState.DRAFT: _CAME | {PurchaseOrderState.APPROVED, PurchaseOrderState.CANCELLED},
    PurchaseOrderState.APPROVED: _CAME | {PurchaseOrderState.SENT, PurchaseOrderState.CANCELLED},
    PurchaseOrderState.SENT: _CAME | {PurchaseOrderState.CONFIRMED, PurchaseOrderState.CANCELLED},
    PurchaseOrderState.CONFIRMED: _CAME | {PurchaseOrderState.CANCELLED},
    PurchaseOrderState.PART_RECEIVED: frozenset({PurchaseOrderState.CLOSED}),
    PurchaseOrderState.CLOSED: frozenset(),
    PurchaseOrderState.CANCELLED: frozenset(),
}
# Who may still get some, or less, when goods are shared anew.
STILL_SHARES = (
    RequestState.LOCKED,
    RequestState.ALLOCATED,
    RequestState.PRICE_ASKED,
    RequestState.DROPPED,
)
NEXT_STATES: dict[Enum, frozenset[Enum]] = {
    state: frozenset(following)
    for table in (_ROUND, _REQUEST, _PURCHASE_ORDER)
    for state, following in table.items()
}

LABELS: dict[Enum, Sentence] = {
    PoolState.DRAFT: say("Draf"),
    PoolState.OPEN: say("Dibuka"),
    PoolState.TOP_UP: say("Isi kekurangan"),
    PoolState.LOCKED: say("Dikunci"),
    PoolState.ORDERED: say("Dipesan"),
    PoolState.RECEIVING: say("Barang datang"),
    PoolState.READY: say("Siap diambil"),
    PoolState.SETTLED: say("Selesai"),
    PoolState.CANCELLED: say("Batal"),
    RequestState.OPEN: say("Diminta"),
    RequestState.LOCKED: say("Dikunci"),
    RequestState.ALLOCATED: say("Kebagian"),
    RequestState.PRICE_ASKED: say("Tanya dulu"),
    RequestState.DECLINED: say("Menolak harganya"),
    RequestState.DROPPED: say("Tidak kebagian"),
    RequestState.NOT_FETCHED: say("Tidak diambil"),
    RequestState.HANDED_OVER: say("Sudah diambil"),
    RequestState.RETURNED: say("Dikembalikan"),
    RequestState.CANCELLED: say("Batal"),
    PurchaseOrderState.DRAFT: say("Draf"),
    PurchaseOrderState.APPROVED: say("Disetujui"),
    PurchaseOrderState.SENT: say("Terkirim ke pemasok"),
    PurchaseOrderState.CONFIRMED: say("Dikonfirmasi pemasok"),
    PurchaseOrderState.PART_RECEIVED: say("Datang sebagian"),
    PurchaseOrderState.CLOSED: say("Selesai"),
    PurchaseOrderState.CANCELLED: say("Batal"),
}


class WrongStep(RuleBroken):
    """A step that may not follow the one before."""

    code = "wrong_step"


def step(current: S, wanted: S) -> S:
    """Return the wanted state if a round, request or purchase order may take that step."""
    if wanted not in NEXT_STATES[current]:
        raise WrongStep(
            say(
                "Tahap ini tidak bisa berubah dari “%(current)s” menjadi “%(wanted)s”.",
                current=LABELS[current],
                wanted=LABELS[wanted],
            )
        )
    return wanted
