"""A buyer's claims, by the secret link of the purchase."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from marketplace.accounts.current import my_account_id
from marketplace.claims import queries, service
from marketplace.claims.forms import ClaimForm
from marketplace.claims.models import Claim
from marketplace.claims.rules import (
    ANSWER_LABELS,
    KIND_LABELS,
    LABELS,
    MOST_PICTURES,
    OPEN,
    answer_days,
    claim_days,
    claim_until,
    may_escalate,
)
from marketplace.claims.views.blueprint import PICTURE, claims
from marketplace.files import service as files
from marketplace.files.pictures import MOST_BYTES, Whole, read_whole
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import NotFound, RuleBroken
from marketplace.kernel.text import say
from marketplace.orders import queries as orders
from marketplace.orders.forms import pieces
from marketplace.orders.models import Order
from marketplace.orders.views.tracking import shown
from marketplace.web.clock import now
from marketplace.web.extensions import limiter
from marketplace.web.guards import public
from marketplace.web.security import takes_files
from marketplace.web.transactions import reader, transaction

PATH = "/p/<number>/<key>/keluhan"


@claims.get(PATH)
@limiter.limit("120/minute")
@public
def mine(number: str, key: str) -> ResponseReturnValue:
    """Show what was claimed of an order, and offer to claim."""
    return _page(number, key, request.args.get("pesanan"), ClaimForm(formdata=None))


def _page(number: str, key: str, suffix: str | None, form: ClaimForm) -> str:
    session, at = reader(), now()
    purchase = orders.purchase(session, number, key)
    order = shown(purchase, suffix, at)
    found = queries.claims_of(session, order)
    since = queries.last_handed_over(order)
    until = claim_until(since) if since else None
    form.offer()
    return render_template(
        "claims/mine.html",
        purchase=purchase,
        order=order,
        claims=found,
        until=until,
        claim_days=claim_days(local_day(at)),
        answer_days=answer_days(local_day(at)),
        may_claim=until is not None
        and at < until
        and all(each.state not in OPEN for each in found),
        may_escalate={
            each.id: may_escalate(each.state, answer_by=each.answer_by, at=at) for each in found
        },
        form=form,
        typed=request.form,
        kinds=KIND_LABELS,
        states=LABELS,
        answers=ANSWER_LABELS,
    )


@claims.post(PATH)
@limiter.limit("10/minute")
@takes_files
@public
def open_claim(number: str, key: str) -> ResponseReturnValue:
    """Open a claim with its photos; they are drawn anew, nothing else of them is kept."""
    suffix = request.form.get("pesanan") or None
    orders.purchase(reader(), number, key)  # who has not the key, has nothing drawn either
    form = ClaimForm()
    form.offer()
    status = 422
    if form.validate_on_submit():
        try:
            pictures = _sent()
            with transaction() as session:
                order = shown(orders.purchase(session, number, key), suffix, now())
                _open(session, order, form, pictures)
                suffix = order.number.rpartition("-")[2]
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            told = gettext(
                "Keluhan terkirim. Koperasi menjawab paling lambat %(days)s hari kerja.",
                days=answer_days(local_day(now())),
            )
            flash(told, "ok")
            return redirect(url_for(".mine", number=number, key=key, pesanan=suffix), 303)
    return _page(number, key, suffix, form), status


def _open(session: Session, order: Order, form: ClaimForm, pictures: list[Whole]) -> None:
    at = now()
    complaint = service.Complaint(form.chosen(), form.words.data or "", pieces(request))
    kept = [
        files.keep_whole(
            session,
            current_app.extensions["file_store"],
            order.cooperative_id,
            picture,
            kind=PICTURE,
            actor_id=my_account_id(),
            at=at,
        )
        for picture in pictures
    ]
    service.open_claim(session, order, complaint, kept, at=at)


def _sent() -> list[Whole]:
    """Read the photos that were sent; one more than allowed is enough to say no."""
    found = []
    for file in request.files.getlist("foto")[: MOST_PICTURES + 1]:
        data = file.stream.read(MOST_BYTES + 1)
        if data:
            found.append(read_whole(data))
    return found


@claims.post(f"{PATH}/<id:claim_id>/terima")
@limiter.limit("20/minute")
@public
def accept(number: str, key: str, claim_id: UUID) -> ResponseReturnValue:
    """Agree to what the cooperative offers."""
    return _change(number, key, claim_id, service.accept, gettext("Sepakat. Terima kasih."))


@claims.post(f"{PATH}/<id:claim_id>/naik")
@limiter.limit("20/minute")
@public
def escalate(number: str, key: str, claim_id: UUID) -> ResponseReturnValue:
    """Ask the operator to decide."""
    return _change(number, key, claim_id, service.escalate, gettext("Guyub akan memutuskan."))


def _change(
    number: str, key: str, claim_id: UUID, work: Callable[..., Claim], done: str
) -> ResponseReturnValue:
    with transaction() as session:
        purchase = orders.purchase(session, number, key)
        order, claim = _mine(session, purchase.orders, claim_id)
        work(session, claim, at=now())
        suffix = order.number.rpartition("-")[2]
    flash(done, "ok")
    return redirect(url_for(".mine", number=number, key=key, pesanan=suffix), 303)


def _mine(session: Session, parts: list[Order], claim_id: UUID) -> tuple[Order, Claim]:
    for order in parts:
        for claim in queries.claims_of(session, order):
            if claim.id == claim_id:
                return order, claim
    raise NotFound(say("Keluhan itu tidak ditemukan."))
