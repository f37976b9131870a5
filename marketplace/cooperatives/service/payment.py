"""How a cooperative is paid. Codes and accounts are checked, and kept, one floor higher."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.service.changes import changed
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.outbox import service as outbox

WHOLE = 10_000
SHORTEST_DEADLINE, LONGEST_DEADLINE = 5, 10_080
LONGEST_PROMISE = 60
CASH_STEPS = (0, 100, 500, 1000)
NO_MONEY, LARGEST_LIMIT = Rupiah(0), Rupiah(10_000_000)


def set_payment_terms(
    session: Session,
    cooperative: Cooperative,
    *,
    share_basis_points: int,
    payment_minutes: int,
    takes_cash: bool,
    takes_qris: bool,
    takes_transfer: bool,
    takes_gateway: bool = False,
    cash_rounding: int = 0,
    qris_converts: bool,
    at: datetime,
) -> None:
    """Set the cooperative's share, how long a buyer has to pay, and the ways to do it.

    A gateway is only offered to buyers while the site has one. ``cash_rounding`` is the step,
    in rupiah, to which cash is rounded down; 0 rounds nothing.
    """
    if not 0 <= share_basis_points <= WHOLE:
        wrong = say("Bagian koperasi 0 sampai 100 persen.")
        raise Invalid(wrong, fields={"share": wrong})
    if not SHORTEST_DEADLINE <= payment_minutes <= LONGEST_DEADLINE:
        wrong = say("Batas bayar paling cepat 5 menit dan paling lama 7 hari.")
        raise Invalid(wrong, fields={"payment_minutes": wrong})
    if cash_rounding not in CASH_STEPS:
        wrong = say("Pilih pembulatan tunai dari daftar.")
        raise Invalid(wrong, fields={"cash_rounding": wrong})
    if takes_qris and not cooperative.qris_payload:
        wrong = say("Pasang kode QRIS dulu.")
        raise RuleBroken(wrong, fields={"takes_qris": wrong})
    if takes_transfer and cooperative.transfer_account_id is None:
        wrong = say("Pasang rekening dulu.")
        raise RuleBroken(wrong, fields={"takes_transfer": wrong})
    cooperative.share_basis_points = share_basis_points
    cooperative.payment_minutes = payment_minutes
    cooperative.takes_cash, cooperative.takes_qris = takes_cash, takes_qris
    cooperative.takes_transfer = takes_transfer
    cooperative.takes_gateway = takes_gateway
    cooperative.cash_rounding = cash_rounding
    cooperative.qris_converts = qris_converts
    changed(session, cooperative, "payment", at=at)


def set_qris(
    session: Session,
    cooperative: Cooperative,
    payload: str,
    *,
    converts: bool,
    at: datetime,
) -> None:
    """Take payments by this code from now on; two officers stand behind it by then.

    The first code switches QRIS on; a later one leaves it as the officers have set it.
    """
    cooperative.takes_qris = cooperative.takes_qris or cooperative.qris_payload is None
    cooperative.qris_payload = payload
    cooperative.qris_converts = converts
    changed(session, cooperative, "payment", at=at)


def remove_qris(session: Session, cooperative: Cooperative, *, at: datetime) -> None:
    """Take no more payments by QRIS and forget the code."""
    cooperative.qris_payload = None
    cooperative.takes_qris = False
    changed(session, cooperative, "payment", at=at)


def set_account(
    session: Session, cooperative: Cooperative, account_id: UUID, *, at: datetime
) -> None:
    """Take transfers to this account from now on; the first one switches transfers on."""
    first = cooperative.transfer_account_id is None
    cooperative.takes_transfer = cooperative.takes_transfer or first
    cooperative.transfer_account_id = account_id
    changed(session, cooperative, "payment", at=at)


def remove_account(session: Session, cooperative: Cooperative, *, at: datetime) -> None:
    """Take no more transfers."""
    cooperative.transfer_account_id = None
    cooperative.takes_transfer = False
    changed(session, cooperative, "payment", at=at)


def set_payout_days(session: Session, cooperative: Cooperative, days: int, *, at: datetime) -> None:
    """Promise makers to pay them within so many days after a sale."""
    if not 1 <= days <= LONGEST_PROMISE:
        wrong = say("Janji setoran 1 sampai 60 hari.")
        raise Invalid(wrong, fields={"payout_days": wrong})
    cooperative.payout_days = days
    changed(session, cooperative, "payment", at=at)


def set_refund_limit(
    session: Session, cooperative: Cooperative, limit: Rupiah, *, by: UUID, at: datetime
) -> None:
    """Say up to which sum one officer alone may give an order's money back.

    It loosens or tightens what two people watch over, so the other officers are told, with
    who did it and what held before.
    """
    if not NO_MONEY <= limit <= LARGEST_LIMIT:
        wrong = say("Batas ini Rp 0 sampai %(most)s.", most=LARGEST_LIMIT)
        raise Invalid(wrong, fields={"refund_limit": wrong})
    before = cooperative.refund_limit
    if before == limit:
        return
    cooperative.refund_limit = limit
    changed(session, cooperative, "payment", at=at)
    outbox.tell(
        session,
        "cooperative.refund_limit_changed",
        at=at,
        cooperative=cooperative.id,
        by=str(by),
        when=at.isoformat(),
        before=before.amount,
        after=limit.amount,
    )


def set_supply_margin(
    session: Session, cooperative: Cooperative, basis_points: int, *, at: datetime
) -> None:
    """Say what members pay for the service of buying together, unless a good says otherwise."""
    if not 0 <= basis_points <= WHOLE:
        wrong = say("Jasa koperasi 0 sampai 100 persen.")
        raise Invalid(wrong, fields={"margin": wrong})
    cooperative.supply_margin = basis_points
    changed(session, cooperative, "payment", at=at)
