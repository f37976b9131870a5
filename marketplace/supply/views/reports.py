"""What a year of buying together came to: for officers, as tables, and for each member."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.cooperatives.current import here
from marketplace.credit import queries as credit
from marketplace.kernel.access import Permission
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger import queries as books
from marketplace.ledger.rules import Purpose, Unit
from marketplace.supply import queries
from marketplace.supply.queries import GoodAccount
from marketplace.supply.rules import LABELS
from marketplace.supply.views import supply
from marketplace.supply.views.present import bare_amount, own_member
from marketplace.web.clock import now
from marketplace.web.downloads import csv_answer
from marketplace.web.guards import requires
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader

FIRST_YEAR = 2000
SUPPLIER_HEADER = (
    "pemasok", "putaran", "tagihan", "diklaim", "pengiriman", "kurang", "rusak", "harga beda",
    "terlambat",
)  # fmt: skip
ROUND_HEADER = (
    "putaran", "barang", "pemasok", "tahap", "anggota", "jumlah", "satuan", "tagihan", "diklaim",
    "dibayar anggota", "stok koperasi", "hemat",
)  # fmt: skip


def _year() -> int:
    """Read which year is asked for; what is no year is this one."""
    this = local_day(now()).year
    asked = request.args.get("tahun", this, type=int)
    return asked if asked and FIRST_YEAR <= asked <= this else this


@supply.get("/laporan")
@requires(Permission.SEE_SUPPLIES)
def report(slug: str) -> ResponseReturnValue:
    """Show officers what was bought in a year, from whom, who paid, and what it saved."""
    session, year = reader(), _year()
    goods = queries.goods_of_year(session, here().id, year)
    today = local_day(now())
    owed = books.balances_for(
        session, here().id, Unit.SHOP, Purpose.SUPPLIER_PAYABLE, Purpose.SUPPLIER_CLAIMS
    )
    paid, paid_back = queries.paid_by_way(session, here().id, year)
    return render_template(
        "supply/report.html",
        goods=goods,
        suppliers=queries.by_supplier(goods),
        billed=Rupiah.total(good.billed for good in goods),
        charged=Rupiah.total(good.charged for good in goods),
        kept=Rupiah.total(good.stock_cost for good in goods),
        saved=Rupiah.total(good.saved for good in goods),
        paid=paid,
        paid_back=paid_back,
        payable=owed[Purpose.SUPPLIER_PAYABLE],
        claimed=owed[Purpose.SUPPLIER_CLAIMS],
        bons=credit.sums(session, here().id, today=today),
        sees_bons=Permission.SEE_BOOKS in g.permissions,
        year=year,
        this_year=today.year,
        slug=slug,
    )


@supply.get("/laporan/pemasok.csv")
@requires(Permission.SEE_SUPPLIES)
def supplier_report(slug: str) -> ResponseReturnValue:
    """Save a year's purchases by supplier as a table."""
    year = _year()
    rows = (
        (
            one.supplier,
            one.rounds,
            one.billed.amount,
            one.contested.amount,
            one.reliability.deliveries,
            one.reliability.short,
            one.reliability.damaged,
            one.reliability.dearer,
            one.reliability.late,
        )
        for one in queries.by_supplier(queries.goods_of_year(reader(), here().id, year))
    )
    return csv_answer(f"{here().slug}-pemasok-{year}", SUPPLIER_HEADER, rows)


@supply.get("/laporan/putaran.csv")
@requires(Permission.SEE_SUPPLIES)
def round_report(slug: str) -> ResponseReturnValue:
    """Save a year's rounds, good by good, as a table."""
    year, session = _year(), reader()
    rows = map(_row, queries.goods_of_year(session, here().id, year))
    return csv_answer(f"{here().slug}-kulakan-{year}", ROUND_HEADER, rows)


def _row(good: GoodAccount) -> tuple[object, ...]:
    pool = good.pool
    return (
        pool.number,
        pool.item_name,
        pool.supplier,
        translate(LABELS[pool.state]),
        good.members,
        bare_amount(good.given, good.item),
        good.item.unit,
        good.billed.amount,
        good.contested.amount,
        good.charged.amount,
        good.stock_cost.amount,
        good.saved.amount,
    )


@supply.get("/riwayatku")
@requires(Permission.REQUEST_SUPPLIES)
def own_report(slug: str) -> ResponseReturnValue:
    """Show a member what they got in a year, and what they saved against the single price."""
    session, year, member = reader(), _year(), own_member()
    if member is None:
        raise NotFound(say("Kamu belum tercatat di buku anggota koperasi ini."))
    shares = queries.shares_of(session, here().id, member.id, year)
    return render_template(
        "supply/own_report.html",
        shares=shares,
        paid=Rupiah.total(one.share.charge for one in shares),
        saved=Rupiah.total(one.saved for one in shares),
        year=year,
        this_year=local_day(now()).year,
        slug=slug,
    )
