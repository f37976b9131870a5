"""An order to a supplier as a document, as a table and as a message."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.supply.models import PurchaseOrder, PurchaseOrderLine
from marketplace.supply.views.present import amount, bare_amount
from marketplace.web.components import angka, rupiah, tanggal, telepon
from marketplace.web.downloads import csv_answer, pdf_answer
from marketplace.web.i18n import language
from marketplace.web.mail import absolute
from marketplace.web.typeset import pdf


def supplier_link(order: PurchaseOrder) -> str:
    """Give the address of the page on which the supplier answers."""
    return absolute(url_for("supplier_pages.show", slug=here().slug, key=order.key))


def as_pdf(order: PurchaseOrder) -> Response:
    """Typeset an order for the supplier's file, in the reader's language."""
    shop, title = here(), gettext("Pesanan pembelian %(number)s", number=order.number)
    phone, approved = shop.phone or shop.whatsapp, order.approved_at
    day = order.sent_at or order.approved_at or order.created_at
    said = {
        "language": language(),
        "title": title,
        "day": tanggal(day),
        "shop": {
            "name": shop.name,
            "lines": [
                line for line in (shop.address, shop.region_name, phone and _tel(phone)) if line
            ],
        },
        "supplier": {
            "name": order.supplier,
            "lines": [line for line in (order.phone and _tel(order.phone), order.email) if line],
        },
        "place": order.pickup_place,
        "columns": [gettext("Barang"), gettext("Jumlah"), gettext("Harga"), gettext("Total")],
        "rows": [_row(line) for line in order.wanted],
        "total": rupiah(order.total),
        "words": _words(order),
        "link": supplier_link(order) if approved else None,
    }
    return pdf_answer(f"{shop.slug}-{order.number}", pdf("purchase_order", said))


def _tel(number: str) -> str:
    return str(gettext("Telepon %(number)s", number=telepon(number)))


def _words(order: PurchaseOrder) -> dict[str, str]:
    approved = order.approved_at
    return {
        "to": gettext("Kepada"),
        "place": gettext("Dibawa ke"),
        "total": gettext("Total"),
        "approved": gettext("Disetujui pengurus %(day)s.", day=tanggal(approved))
        if approved
        else gettext("Draf, belum disetujui."),
        "answer": gettext("Jawab pesanan ini tanpa mendaftar:"),
    }


def _row(line: PurchaseOrderLine) -> dict[str, str]:
    return {
        "name": line.item_name,
        "pack": _pack(line),
        "count": f"{angka(line.count)} {line.pack_name}",
        "price": rupiah(line.price),
        "total": rupiah(line.total),
    }


def _pack(line: PurchaseOrderLine) -> str:
    size = amount(line.pack_size, line)
    return str(gettext("1 %(pack)s isi %(size)s", pack=line.pack_name, size=size))


def as_csv(order: PurchaseOrder) -> Response:
    """Give the lines of an order as a table, amounts as plain numbers."""
    header = ("barang", "kemasan", "isi", "satuan", "jumlah", "harga", "total")
    rows = [
        (
            line.item_name,
            line.pack_name,
            bare_amount(line.pack_size, line),
            line.unit,
            line.count,
            line.price.amount,
            line.total.amount,
        )
        for line in order.wanted
    ]
    return csv_answer(f"{here().slug}-{order.number}", header, rows)


def message(order: PurchaseOrder) -> str:
    """Write an order as a message to be sent by WhatsApp."""
    lines = [
        gettext(
            "- %(count)s %(pack)s %(name)s, %(price)s = %(total)s",
            count=angka(line.count), pack=line.pack_name, name=line.item_name,
            price=rupiah(line.price), total=rupiah(line.total),
        )
        for line in order.wanted
    ]  # fmt: skip
    return "\n".join(
        (
            gettext(
                "Halo %(supplier)s, %(shop)s memesan:", supplier=order.supplier, shop=here().name
            ),
            *lines,
            gettext("Total %(amount)s", amount=rupiah(order.total)),
            gettext("Dibawa ke: %(place)s", place=order.pickup_place),
            gettext("Jawab di sini: %(link)s", link=supplier_link(order)),
        )
    )
