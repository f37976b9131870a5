"""Who holds which post, and invitations."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives import queries, service
from marketplace.cooperatives.current import here
from marketplace.cooperatives.forms import InviteForm
from marketplace.cooperatives.rules import may_give, may_reset
from marketplace.cooperatives.views.blueprint import MANAGE, cooperatives
from marketplace.kernel.access import Permission, Role
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.mail import absolute
from marketplace.web.once import show_once, shown_once
from marketplace.web.transactions import reader, transaction

PATH = f"{MANAGE}/pengurus"


def _form() -> InviteForm:
    form = InviteForm()
    form.offer([role for role in Role if may_give(g.roles, role)])
    return form


def _page(form: InviteForm) -> str:
    session = reader()
    held = queries.holders(session, here().id)
    return render_template(
        "cooperatives/posts.html",
        form=form,
        held=held,
        invites=queries.open_invites(session, here().id, at=now()),
        link=shown_once(),
        may_end=lambda post: post.account_id == me().account_id or may_give(g.roles, post.role),
        may_reset=lambda post: (
            post.account_id != me().account_id
            and may_reset(
                g.roles,
                [other.post.role for other in held if other.post.account_id == post.account_id],
                trusted_elsewhere=False,
            )
        ),
    )


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".posts", slug=slug), code=303)


@cooperatives.get(PATH)
@requires(Permission.MANAGE_MEMBERS)
def posts(slug: str) -> ResponseReturnValue:
    """List posts and open invitations."""
    return _page(_form())


@cooperatives.post(f"{PATH}/undang")
@requires(Permission.MANAGE_MEMBERS)
def invite(slug: str) -> ResponseReturnValue:
    """Make an invitation; its link is shown once, ready for WhatsApp."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    with transaction() as session:
        secret = service.invite(
            session,
            here(),
            Role(form.role.data),
            by=me().account_id,
            name=form.name.data,
            phone=form.phone.data,
            at=now(),
        )
    show_once(absolute(f"/undangan/{secret}"), name=form.name.data or "", phone=form.phone.data)
    return _back(slug)


@cooperatives.post(f"{PATH}/undang/<id:invite_id>/tarik")
@requires(Permission.MANAGE_MEMBERS)
def revoke_invite(slug: str, invite_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction() as session:
        service.revoke_invite(session, here(), invite_id, at=now())
    flash(gettext("Undangan ditarik."), "ok")
    return _back(slug)


@cooperatives.post(f"{PATH}/<id:post_id>/akhiri")
@requires(Permission.MANAGE_MEMBERS)
def end_post(slug: str, post_id: UUID) -> ResponseReturnValue:
    """Take a post away."""
    with transaction() as session:
        service.end_post(session, here(), post_id, by=me().account_id, at=now())
    flash(gettext("Jabatan diakhiri."), "ok")
    return _back(slug)


@cooperatives.post(f"{PATH}/<id:post_id>/tautan")
@requires(Permission.MANAGE_MEMBERS)
def reset_link(slug: str, post_id: UUID) -> ResponseReturnValue:
    """Make a link for a forgotten password; it is shown once."""
    with transaction() as session:
        holder = queries.post(session, here().id, post_id).account_id
        secret = service.reset_link(session, here(), holder, by=me().account_id, at=now())
    show_once(absolute(f"/tautan/{secret}"))
    return _back(slug)
