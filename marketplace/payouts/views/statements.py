"""A maker's statement: for officers, for the maker, on paper and as a table."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day, month_end
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.payouts import queries
from marketplace.payouts.service import PAYOUT
from marketplace.payouts.views.blueprint import PATH, payouts
from marketplace.web.clock import now
from marketplace.web.downloads import csv_answer
from marketplace.web.guards import requires
from marketplace.web.transactions import reader

ONE = f"{PATH}/anggota/<id:member_id>"


def _month() -> date:
    try:
        return date.fromisoformat(f"{request.args.get('bulan', '')}-01")
    except ValueError:
        return local_day(now()).replace(day=1)


def maker(member_id: UUID) -> Member:
    """Fetch a member whose statement this reader may see: an officer, or the maker."""
    member = members.member(reader(), here().id, member_id)
    if Permission.SEE_BOOKS not in g.permissions and member.account_id != me().account_id:
        raise NotFound(say("Anggota tidak ditemukan."))
    return member


@payouts.get(f"{PATH}/saya")
@requires(Permission.REQUEST_SUPPLIES)
def mine(slug: str) -> ResponseReturnValue:
    """Lead a member to their own statement."""
    member = members.member_of(reader(), here().id, me().account_id)
    if member is None:
        raise NotFound(say("Kamu belum tercatat di buku anggota koperasi ini."))
    return redirect(url_for(".statement", slug=slug, member_id=member.id), code=303)


@payouts.get(ONE)
@requires(Permission.SEE_BOOKS, Permission.REQUEST_SUPPLIES)
def statement(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Show a maker's month: what was sold, the share, what was paid, what is owed."""
    member, starts = maker(member_id), _month()
    found = queries.statement(reader(), here().id, member.id, starts=starts, ends=month_end(starts))
    return render_template(
        "payouts/statement.html",
        member=member,
        month=starts,
        statement=found,
        proofs=queries.with_proof(
            reader(),
            here().id,
            [line.entry.source_id for line in found.lines if line.entry.source_type == PAYOUT],
        ),
        total=Rupiah.total(sold.total for sold in found.sold),
        share=Rupiah.total(sold.share for sold in found.sold),
        commission=Rupiah.total(sold.commission for sold in found.sold),
        days=here().payout_days,
        slug=slug,
    )


@payouts.get(f"{ONE}/rekap.csv")
@requires(Permission.SEE_BOOKS, Permission.REQUEST_SUPPLIES)
def statement_csv(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Save what was sold for a maker in a month as a table."""
    member, starts = maker(member_id), _month()
    found = queries.statement(reader(), here().id, member.id, starts=starts, ends=month_end(starts))
    rows = (
        (sold.title, sold.quantity, sold.total.amount, sold.commission.amount, sold.share.amount)
        for sold in found.sold
    )
    header = ("barang", "jumlah", "penjualan", "bagian koperasi", "bagian pembuat")
    return csv_answer(f"rekap-{member.number}-{starts:%Y-%m}", header, rows)
