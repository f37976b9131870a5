"""What came against what was ordered and billed, and what of the bill the supplier still owes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from marketplace.kernel.allocation import largest_remainder
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say


class ReceiptReason(Enum):
    """Why a delivery is not what was ordered."""

    SHORT = "kurang"
    DAMAGED = "rusak"
    SUBSTITUTE = "pengganti"
    EXTRA = "lebih"
    PRICE = "harga_beda"


class ClaimState(Enum):
    """How far a claim on a supplier is."""

    OPEN = "diajukan"
    CREDITED = "diganti"
    WRITTEN_OFF = "dihapus"
    VOID = "batal"


class ClaimWay(Enum):
    """How a supplier made good what it owed."""

    CREDIT = "potong_tagihan"
    CASH = "tunai"
    GOODS = "barang"


REASON_LABELS: dict[ReceiptReason, Sentence] = {
    ReceiptReason.SHORT: say("Kurang"),
    ReceiptReason.DAMAGED: say("Rusak"),
    ReceiptReason.SUBSTITUTE: say("Barang pengganti"),
    ReceiptReason.EXTRA: say("Lebih"),
    ReceiptReason.PRICE: say("Harga beda"),
}
CLAIM_LABELS: dict[ClaimState, Sentence] = {
    ClaimState.OPEN: say("Diajukan"),
    ClaimState.CREDITED: say("Diganti pemasok"),
    ClaimState.WRITTEN_OFF: say("Dihapus"),
    ClaimState.VOID: say("Batal, penerimaannya dibalik"),
}
WAY_LABELS: dict[ClaimWay, Sentence] = {
    ClaimWay.CREDIT: say("Dipotong dari tagihan"),
    ClaimWay.CASH: say("Uang tunai kembali"),
    ClaimWay.GOODS: say("Barang menyusul"),
}


class BadReceipt(Invalid):
    """A delivery whose numbers contradict each other."""


class ClaimSettled(RuleBroken):
    """A claim that has ended already, in another way."""

    code = "claim_settled"


class AnotherOfficer(RuleBroken):
    """Who received the goods may not give up a large claim for them alone."""

    status = 403
    code = "needs_another_person"


class ReceiptFixed(RuleBroken):
    """A delivery on which something else rests, so that it cannot be taken back."""

    code = "receipt_fixed"


class FetchedMore(RuleBroken):
    """Members have fetched more than would remain."""

    code = "fetched_more"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is still to come of what was ordered, in base units, and what it costs."""

    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a bill is for, and which part of it is contested: the rest is what members pay.

    ``billed`` is in base units. Contested and charged make the bill, to the rupiah.
    """

    reason: ReceiptReason | None
    billed: int
    contested: int
    charged: int


def expected(ordered: int, cost: int, came_before: int) -> Expected:
    """Say what is still to come after earlier deliveries, at the price of the order."""
    left = max(0, ordered - came_before)
    return Expected(left, cost * left // ordered if ordered else 0)


def propose(wanted: Expected, *, came: int, damaged: int, cost: int, discount: int = 0) -> Proposal:
    """Propose what to claim: what was billed but did not come, or came broken, at its price.

    A bill does not say for how many pieces it is. It is for what came, or for all that was
    still to come, whichever is nearer to the price of the order. A ``discount`` on the bill is
    on all that was billed. Raises BadReceipt.
    """
    if not 0 <= damaged <= came:
        wrong = say("Yang rusak tidak bisa lebih banyak dari yang datang.")
        raise BadReceipt(wrong, fields={"damaged": wrong})
    if not 0 <= discount <= cost:
        wrong = say("Potongan tidak bisa lebih dari tagihannya.")
        raise BadReceipt(wrong, fields={"discount": wrong})
    billed, net = _billed(wanted, came, cost), cost - discount
    missing = max(0, billed - (came - damaged))
    contested, charged = largest_remainder(net, [missing, billed - missing]) if net else (0, 0)
    reason = _reason(wanted, came=came, damaged=damaged, billed=billed, cost=cost)
    return Proposal(reason, billed, contested, charged)


def _billed(wanted: Expected, came: int, cost: int) -> int:
    if not wanted.quantity or not wanted.cost:
        return came
    for_all = abs(cost - wanted.cost) * wanted.quantity
    for_what_came = abs(cost * wanted.quantity - wanted.cost * came)
    return wanted.quantity if for_all < for_what_came else came


def _reason(
    wanted: Expected, *, came: int, damaged: int, billed: int, cost: int
) -> ReceiptReason | None:
    if came < wanted.quantity:
        return ReceiptReason.SHORT
    if damaged:
        return ReceiptReason.DAMAGED
    if came > wanted.quantity:
        return ReceiptReason.EXTRA
    return ReceiptReason.PRICE if cost * wanted.quantity != wanted.cost * billed else None


def check_contested(contested: Rupiah, cost: Rupiah) -> None:
    """Refuse to contest more than the bill. Raises BadReceipt."""
    if not Rupiah(0) <= contested <= cost:
        wrong = say("Klaim tidak bisa lebih dari tagihannya.")
        raise BadReceipt(wrong, fields={"contested": wrong})


def check_write_off(amount: Rupiah, limit: Rupiah, *, same_person: bool) -> None:
    """Let a claim above the cooperative's limit be given up by another officer only.

    Raises AnotherOfficer.
    """
    if same_person and amount > limit:
        raise AnotherOfficer(
            say("Klaim sebesar ini harus dihapus pengurus lain, bukan yang menerima barangnya.")
        )
