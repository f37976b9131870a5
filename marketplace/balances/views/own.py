"""A member's own balances, in every cooperative they belong to."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.current import me
from marketplace.balances import queries
from marketplace.balances.views.blueprint import PAGE, balances
from marketplace.cooperatives.current import here
from marketplace.kernel.money import Rupiah
from marketplace.web.guards import signed_in
from marketplace.web.paging import page_number, pages_of
from marketplace.web.transactions import reader


@balances.get("/akun/titipan")
@signed_in
def mine() -> ResponseReturnValue:
    """List what the person has with each of their cooperatives."""
    found = queries.own(reader(), me().account_id)
    return render_template(
        "balances/mine.html", found=found, total=Rupiah.total(each.amount for each in found)
    )


@balances.get("/akun/titipan/<slug>")
@signed_in
def one(slug: str) -> ResponseReturnValue:
    """Show what the person has with one cooperative, and how it came so."""
    session = reader()
    mine = queries.own_in(session, here(), me().account_id)
    page = page_number()
    changes, count = queries.changes(session, mine.part, limit=PAGE, offset=(page - 1) * PAGE)
    return render_template(
        "balances/one.html",
        mine=mine,
        changes=changes,
        page=page,
        pages=pages_of(count, PAGE),
        slug=slug,
    )


@balances.app_context_processor
def on_the_account_page() -> dict[str, object]:
    """Let the account page say how much the person has altogether."""
    return {"my_balances": _mine}


def _mine() -> Rupiah:
    if "my_balances" not in g:
        g.my_balances = Rupiah.total(each.amount for each in queries.own(reader(), me().account_id))
    total: Rupiah = g.my_balances
    return total
