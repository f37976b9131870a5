"""The operator's desk: claims on which buyer and cooperative could not agree."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.claims import queries, service
from marketplace.claims.forms import DecisionForm
from marketplace.claims.rules import ANSWER_LABELS, KIND_LABELS, LABELS, ClaimState
from marketplace.claims.views.blueprint import claims, photo
from marketplace.kernel.errors import RuleBroken
from marketplace.orders.queries.proofs import left_lying
from marketplace.payments.rules.proofs import REVIEW_TIME
from marketplace.web.clock import now
from marketplace.web.guards import operator
from marketplace.web.transactions import reader, transaction

PATH = "/operator/klaim"
ONE = f"{PATH}/<int:cooperative_id>/<id:claim_id>"


@claims.get(PATH)
@operator
def desk() -> ResponseReturnValue:
    """List the claims that wait for a decision, and the proofs that nobody has looked at."""
    session, at = reader(), now()
    return render_template(
        "claims/desk.html",
        rows=queries.for_operator(session),
        proofs=left_lying(session, sent_before=at - REVIEW_TIME),
        kinds=KIND_LABELS,
        at=at,
    )


@claims.get(ONE)
@operator
def weigh(cooperative_id: int, claim_id: UUID) -> ResponseReturnValue:
    """Show both sides of a claim, and offer to decide."""
    return _page(cooperative_id, claim_id, DecisionForm(formdata=None))


def _page(cooperative_id: int, claim_id: UUID, form: DecisionForm) -> str:
    found = queries.claim(reader(), cooperative_id, claim_id)
    return render_template(
        "claims/weigh.html",
        found=found,
        form=form,
        may_decide=found.claim.state is ClaimState.ESCALATED,
        kinds=KIND_LABELS,
        states=LABELS,
        answers=ANSWER_LABELS,
    )


@claims.get(f"{ONE}/foto/<id:evidence_id>")
@operator
def evidence(cooperative_id: int, claim_id: UUID, evidence_id: UUID) -> Response:
    """Show a photo that the buyer sent."""
    return photo(queries.claim(reader(), cooperative_id, claim_id).claim, evidence_id)


@claims.post(f"{ONE}/putus")
@operator
def decide(cooperative_id: int, claim_id: UUID) -> ResponseReturnValue:
    """Decide how much money goes back, if any."""
    form = DecisionForm()
    status = 422
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.decide(
                    session,
                    queries.claim(session, cooperative_id, claim_id).claim,
                    form.amount.data,
                    form.words.data or "",
                    by=me().account_id,
                    at=now(),
                )
        except RuleBroken as broken:
            if broken.status == 404:
                raise
            form.blame(broken)
            status = broken.status
        else:
            flash(gettext("Keputusan disimpan; kedua pihak diberi tahu."), "ok")
            return redirect(url_for(".desk"), 303)
    return _page(cooperative_id, claim_id, form), status
