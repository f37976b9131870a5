"""Pictures of transfers: a buyer sends one, an officer looks at it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me, my_account_id
from marketplace.cooperatives.current import here
from marketplace.files.pictures import MOST_BYTES, read_whole
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import say
from marketplace.orders import queries, service
from marketplace.orders.service.moving import intent_to_pay
from marketplace.orders.service.proofs import PROOF
from marketplace.orders.views import orders
from marketplace.orders.views.board import PATH, order_page
from marketplace.orders.views.tracking import shown, tracking_page
from marketplace.payments import queries as payments
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public, requires
from marketplace.web.i18n import translate
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction, unlocked
from marketplace.web.uploads import file_store, picture_answer


@orders.post("/p/<number>/<key>/bukti")
@limiter.limit("10/minute")
@takes_files
@public
def send_proof(number: str, key: str) -> ResponseReturnValue:
    """Take in a picture of the transfer; it is drawn anew, nothing else of it is kept."""
    suffix = request.form.get("pesanan") or None
    try:
        with unlocked() as session:  # nobody need wait while a picture is drawn
            queries.purchase(session, number, key)
            picture = read_whole(_sent())
        with transaction() as session:
            order = shown(queries.purchase(session, number, key), suffix, now())
            service.send_proof(
                session, file_store(), order, picture, actor_id=my_account_id(), at=now()
            )
            suffix = order.number.rpartition("-")[2]
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        page = tracking_page(number, key, suffix, problem=translate(broken.message))
        return page, broken.status
    flash(gettext("Bukti terkirim. Koperasi akan memeriksanya."), "ok")
    return redirect(url_for(".track", number=number, key=key, pesanan=suffix), 303)


def _sent() -> bytes:
    file = request.files.get("foto")
    data = file.stream.read(MOST_BYTES + 1) if file else b""
    if not data:
        raise Invalid(say("Pilih gambar bukti transfernya dulu."))
    return data


@orders.get(f"{PATH}/<number>/bukti/<id:proof_id>")
@requires(Permission.CONFIRM_PAYMENTS)
def proof(slug: str, number: str, proof_id: UUID) -> Response:
    """Show a picture that the buyer of this order sent."""
    session = reader()
    order = queries.of_cooperative(session, here().id, number)
    found = payments.proof(session, intent_to_pay(session, order), proof_id)
    return picture_answer(here().id, found.file_id, kind=PROOF)


@orders.post(f"{PATH}/<number>/belum-masuk")
@requires(Permission.CONFIRM_PAYMENTS)
def refuse_proof(slug: str, number: str) -> ResponseReturnValue:
    """Say that the money of a proof has not come; the buyer may try again."""
    try:
        with transaction() as session:
            order = queries.of_cooperative(session, here().id, number)
            service.refuse_proof(session, order, by=me().account_id, at=now())
            code = order.pickup_code
    except RuleBroken as broken:
        if broken.status == 404:
            raise
        flash(translate(broken.message), "bad")
        return order_page(slug, number, broken.status)
    flash(gettext("%(code)s menunggu uang lagi; pembeli diberi tahu.", code=code), "ok")
    return redirect(url_for(".show", slug=slug, number=number), 303)
