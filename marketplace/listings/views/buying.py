"""Buying goods for the cooperative's own shelf."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.listings import queries, service
from marketplace.listings.forms import BuyForm
from marketplace.listings.rules.pricing import PUBLIC_MARGIN, price_from_cost
from marketplace.listings.views import PATH, listings
from marketplace.listings.views.goods import who
from marketplace.members import queries as members
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

ONE = f"{PATH}/<id:listing_id>/beli"


@listings.get(ONE)
@requires(Permission.KEEP_BOOKS)
def buying(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Ask what was bought, what it cost, and from whom."""
    return _page(slug, listing_id, BuyForm(formdata=None, key=to_text(new_id())))


def _page(slug: str, listing_id: UUID, form: BuyForm) -> str:
    session = reader()
    listing = queries.listing(session, here().id, listing_id)
    form.offer(listing.variants, members.present(session, here().id))
    return render_template("listings/buying.html", listing=listing, form=form, slug=slug)


@listings.post(ONE)
@requires(Permission.KEEP_BOOKS)
def buy(slug: str, listing_id: UUID) -> ResponseReturnValue:
    """Put what was bought on the shelf at its cost, and into the books."""
    session, form = reader(), BuyForm()
    listing = queries.listing(session, here().id, listing_id)
    form.offer(listing.variants, members.present(session, here().id))
    if form.validate_on_submit():
        quantity, cost = form.quantity.data or 0, form.cost.data or Rupiah(0)
        try:
            with transaction() as writing:
                service.buy_stock(
                    writing,
                    here().id,
                    form.chosen_variant(),
                    quantity,
                    cost,
                    key=form.key.data or "",
                    paid_from=form.purse(),
                    seller_id=form.chosen_seller(),
                    editor=who(),
                    at=now(),
                )
        except RuleBroken as broken:
            form.blame(broken)
        else:
            each = Rupiah(-(-cost.amount // quantity))
            price = price_from_cost(each, PUBLIC_MARGIN)
            flash(
                gettext(
                    "%(count)s masuk stok. Modalnya %(each)s, harga jual yang wajar %(price)s.",
                    count=quantity,
                    each=each,
                    price=price,
                ),
                "ok",
            )
            return redirect(url_for(".goods", slug=slug), code=303)
    return _page(slug, listing_id, form), 422
