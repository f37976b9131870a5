"""A buyer who is a member turns what is owed to them into their balance."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.orders import queries, service
from marketplace.orders.rules import RefundState
from marketplace.orders.views import orders
from marketplace.orders.views.tracking import shown
from marketplace.web.clock import now
from marketplace.web.guards import signed_in
from marketplace.web.transactions import transaction


@orders.post("/p/<number>/<key>/titipan")
@signed_in
def into_balance(number: str, key: str) -> ResponseReturnValue:
    """Turn what is owed for one order into the buyer's balance."""
    with transaction() as session:
        purchase = queries.purchase(session, number, key)
        order = shown(purchase, request.form.get("pesanan") or None, now())
        refund = service.ask_into_balance(session, order, account_id=me().account_id, at=now())
        done, suffix = refund.state is RefundState.PAID, order.number.rpartition("-")[2]
    flash(
        gettext("Uangnya sudah menjadi titipanmu.")
        if done
        else gettext("Diminta. Pengurus perlu menyetujuinya dulu."),
        "ok",
    )
    return redirect(url_for(".track", number=number, key=key, pesanan=suffix), 303)
