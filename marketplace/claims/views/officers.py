"""The cooperative's side of claims: what waits for an answer, and answering."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.claims import queries, service
from marketplace.claims.forms import AnswerForm
from marketplace.claims.rules import ANSWER_LABELS, KIND_LABELS, LABELS, OPEN, ClaimState
from marketplace.claims.views.blueprint import claims, photo
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.transactions import reader, transaction

PATH = "/k/<slug>/kelola/keluhan"
ONE = f"{PATH}/<id:claim_id>"


@claims.get(PATH)
@requires(Permission.SEE_BOARD)
def board(slug: str) -> ResponseReturnValue:
    """List the claims that go on, and those that ended."""
    session = reader()
    ended = (ClaimState.AGREED, ClaimState.DECIDED)
    return render_template(
        "claims/board.html",
        open=queries.claims_in(session, here().id, states=OPEN, limit=200),
        ended=queries.claims_in(session, here().id, states=ended),
        kinds=KIND_LABELS,
        states=LABELS,
        slug=slug,
        at=now(),
    )


@claims.get(ONE)
@requires(Permission.SEE_BOARD)
def show(slug: str, claim_id: UUID) -> ResponseReturnValue:
    """Show a claim, and offer to answer it."""
    return _page(slug, claim_id, AnswerForm(formdata=None))


def _page(slug: str, claim_id: UUID, form: AnswerForm) -> str:
    found = queries.claim(reader(), here().id, claim_id)
    form.offer()
    return render_template(
        "claims/show.html",
        found=found,
        form=form,
        may_answer=found.claim.state is ClaimState.OPENED
        and Permission.CONFIRM_PAYMENTS in g.permissions,
        kinds=KIND_LABELS,
        states=LABELS,
        answers=ANSWER_LABELS,
        slug=slug,
    )


@claims.get(f"{ONE}/foto/<id:evidence_id>")
@requires(Permission.SEE_BOARD)
def picture(slug: str, claim_id: UUID, evidence_id: UUID) -> Response:
    """Show a photo that the buyer sent."""
    return photo(queries.claim(reader(), here().id, claim_id).claim, evidence_id)


@claims.post(f"{ONE}/jawab")
@requires(Permission.CONFIRM_PAYMENTS)
def answer(slug: str, claim_id: UUID) -> ResponseReturnValue:
    """Answer the buyer."""
    form = AnswerForm()
    form.offer()
    status = 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.answer(
                    session,
                    queries.claim(session, here().id, claim_id).claim,
                    form.chosen(),
                    form.words.data or "",
                    amount=form.amount.data,
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Jawaban terkirim kepada pembeli."), "ok")
            return redirect(url_for(".show", slug=slug, claim_id=claim_id), 303)
    return _page(slug, claim_id, form), status
