"""One line of the register."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.current import me
from marketplace.cooperatives import queries as cooperatives
from marketplace.cooperatives import service as cooperative_service
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission, Role
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid, NotFound, RuleBroken
from marketplace.kernel.text import say
from marketplace.members import queries, service
from marketplace.members.forms import JoinForm, LeavingForm, MemberForm, MemberInviteForm
from marketplace.members.models import Member
from marketplace.members.views.blueprint import PATH, members
from marketplace.web.clock import now
from marketplace.web.guards import requires
from marketplace.web.mail import absolute
from marketplace.web.once import show_once, shown_once
from marketplace.web.transactions import reader, transaction

ONE = f"{PATH}/<id:member_id>"


def _invite_form() -> MemberInviteForm:
    form = MemberInviteForm()
    form.offer()
    return form


def _page(member: Member, leaving: LeavingForm | None = None) -> str:
    held = cooperatives.holders(reader(), here().id)
    return render_template(
        "members/show.html",
        member=member,
        posts=[each.post for each in held if each.post.account_id == member.account_id],
        joinable={each.account.id: each.account for each in held},
        form=leaving,
        leaving=leaving or LeavingForm(formdata=None, left_on=local_day(now())),
        invite_form=_invite_form(),
        link=shown_once(),
    )


def _back(slug: str, member_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", slug=slug, member_id=member_id), code=303)


@members.get(ONE)
@requires(Permission.SEE_MEMBERS)
def show(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Show what the register says of one member."""
    return _page(queries.member(reader(), here().id, member_id))


@members.get(f"{ONE}/ubah")
@requires(Permission.MANAGE_MEMBERS)
def edit(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Show a line of the register for changing."""
    member = queries.member(reader(), here().id, member_id)
    form = MemberForm(obj=member)
    return render_template("members/edit.html", form=form, member=member, slug=slug)


@members.post(f"{ONE}/ubah")
@requires(Permission.MANAGE_MEMBERS)
def change(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Correct a line of the register."""
    form = MemberForm()
    if not form.validate_on_submit():
        member = queries.member(reader(), here().id, member_id)
        return render_template("members/edit.html", form=form, member=member, slug=slug), 422
    with transaction() as session:
        service.edit(session, here().id, member_id, form.entry(), at=now())
    flash(gettext("Data anggota tersimpan."), "ok")
    return _back(slug, member_id)


@members.post(f"{ONE}/keluar")
@requires(Permission.MANAGE_MEMBERS)
def leave(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Release a member."""
    form = LeavingForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                service.leave(
                    session,
                    here().id,
                    member_id,
                    on=form.left_on.data,
                    reason=form.reason.data or "",
                    by=me().account_id,
                    at=now(),
                )
        except NotFound:
            raise
        except RuleBroken as broken:
            form.blame(broken)
        else:
            flash(gettext("Anggota dicatat keluar. Nomornya tidak dipakai lagi."), "ok")
            return _back(slug, member_id)
    return _page(queries.member(reader(), here().id, member_id), form), 422


@members.post(f"{ONE}/undang")
@requires(Permission.MANAGE_MEMBERS)
def invite(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Make the link by which a member gets an account; it is shown once."""
    form = _invite_form()
    if not form.validate_on_submit():
        raise Invalid(say("Pilih salah satu yang ada."))
    with transaction() as session:
        member = queries.member(session, here().id, member_id)
        role, by = Role(form.role.data), me().account_id
        secret = service.invite_member(session, here(), member_id, role, by=by, at=now())
    show_once(absolute(f"/undangan/{secret}"), name=member.called, phone=member.phone)
    return _back(slug, member_id)


@members.post(f"{ONE}/sambung")
@requires(Permission.MANAGE_MEMBERS)
def join(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Join a line of the register to the account of somebody who holds a post here."""
    form = JoinForm()
    if not form.validate_on_submit():
        raise Invalid(say("Pilih salah satu yang ada."))
    with transaction() as session:
        service.link_account(session, here().id, member_id, form.account_id.data, at=now())
    flash(gettext("Akun disambungkan."), "ok")
    return _back(slug, member_id)


@members.post(f"{ONE}/tautan")
@requires(Permission.MANAGE_MEMBERS)
def reset_link(slug: str, member_id: UUID) -> ResponseReturnValue:
    """Make a link for a member's forgotten password; it is shown once."""
    with transaction() as session:
        member = queries.member(session, here().id, member_id)
        if member.account_id is None:
            raise NotFound(say("Anggota ini belum punya akun."))
        secret = cooperative_service.reset_link(
            session, here(), member.account_id, by=me().account_id, at=now()
        )
    show_once(absolute(f"/tautan/{secret}"), name=member.called, phone=member.phone)
    return _back(slug, member_id)
