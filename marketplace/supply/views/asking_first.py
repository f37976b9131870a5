"""A price above what a member allowed: they say yes or no, or an officer does for them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.supply import queries, service
from marketplace.supply.forms.asking_first import YES, PriceAnswerForm
from marketplace.supply.models import RequestLine
from marketplace.supply.queries import PriceQuestion
from marketplace.supply.rules import RequestState
from marketplace.supply.views import supply
from marketplace.supply.views.present import cap_said, own_member
from marketplace.supply.views.requests import own_line
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction


@supply.get("/<int:number>/<int:place>/tanya/<id:line_id>")
@requires(Permission.REQUEST_SUPPLIES)
def price_question(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Show what a share would cost, what was allowed, and ask for a yes or a no."""
    asked = queries.price_question(reader(), own_line(line_id), number, place)
    return _page(slug, asked, PriceAnswerForm(formdata=None))


def _page(
    slug: str, asked: PriceQuestion, form: PriceAnswerForm, *, status: int = 200
) -> ResponseReturnValue:
    line, pool, item = asked.line, asked.pool, asked.item
    answers = queries.price_answers(reader(), [line])
    page = render_template(
        "supply/price_question.html",
        line=line,
        member=asked.member,
        share=asked.share,
        pool=pool,
        item=item,
        asked=line.state is RequestState.PRICE_ASKED,
        answer=answers[-1] if answers else None,
        announced=service.announced(pool, asked.share.given),
        cap=cap_said(line, item),
        for_member=is_for_member(line),
        until=service.answered_until(pool.round),
        form=form,
        slug=slug,
    )
    return page, status


def is_for_member(line: RequestLine) -> bool:
    """Say whether the reader answers for somebody else."""
    own = own_member()
    return own is None or own.id != line.member_id


@supply.post("/<int:number>/<int:place>/tanya/<id:line_id>")
@requires(Permission.REQUEST_SUPPLIES)
def answer_price(slug: str, number: int, place: int, line_id: UUID) -> ResponseReturnValue:
    """Take a yes or a no to the price that was seen."""
    asked = queries.price_question(reader(), own_line(line_id), number, place)
    form = PriceAnswerForm()
    if not form.validate_on_submit():
        return _page(slug, asked, form, status=422)
    accept = form.accept.data == YES
    try:
        with transaction() as session:
            service.answer_price(
                session,
                own_line(line_id),
                accept=accept,
                seen=form.charge.data,
                note=form.note.data,
                by=me().account_id,
                for_member=is_for_member(asked.line),
                at=now(),
            )
    except RuleBroken as broken:
        form.blame(broken)
        asked = queries.price_question(reader(), own_line(line_id), number, place)
        return _page(slug, asked, form, status=broken.status)
    flash(
        gettext("Jadi diambil. Bayar saat ambil.")
        if accept
        else gettext("Tidak jadi diambil. Barangnya dibagi ke yang lain, tidak ada yang ditagih."),
        "ok",
    )
    return redirect(url_for(".show", slug=slug, number=number, place=place), 303)
