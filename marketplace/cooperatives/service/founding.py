"""A cooperative comes, opens its shop, changes its address, pauses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, OldSlug, Standing
from marketplace.cooperatives.rules import check_slug, check_word, region, slug_of, word_of
from marketplace.cooperatives.service.changes import changed
from marketplace.kernel.errors import Invalid, RuleBroken
from marketplace.kernel.text import Sentence, say
from marketplace.outbox import service as outbox

USUAL_HOURS = {str(day): [480, 1020] for day in range(6)}


def create(
    session: Session,
    *,
    name: str,
    legal_name: str,
    region_code: str,
    slug: str | None = None,
    word: str | None = None,
    at: datetime,
) -> Cooperative:
    """Make a cooperative that prepares its shop; nobody holds a post in it yet."""
    place = region(region_code)
    if place is None:
        raise Invalid(say("Pilih wilayah dari daftar."))
    cooperative = Cooperative(
        name=name,
        legal_name=legal_name,
        slug=_free_slug(session, slug, name),
        word=_free_word(session, word, name),
        standing=Standing.PREPARING,
        region_code=place.code,
        region_name=place.name,
        hours=USUAL_HOURS,
        created_at=at,
        updated_at=at,
    )
    try:
        with session.begin_nested():
            session.add(cooperative)
    except IntegrityError as clash:  # another operator took the address in this moment
        raise SlugTaken from clash
    outbox.tell(
        session, "cooperative.changed", at=at, cooperative_id=cooperative.id, what="created"
    )
    return cooperative


class SlugTaken(RuleBroken):
    """Another cooperative has this address or this word, or once had it."""

    code = "slug_taken"

    def __init__(self) -> None:
        taken = say("Alamat ini sudah dipakai koperasi lain.")
        super().__init__(taken, fields={"slug": taken})


class WordTaken(RuleBroken):
    """Another cooperative's pickup codes start with this word."""

    code = "word_taken"

    def __init__(self) -> None:
        taken = say("Kata kode ini sudah dipakai koperasi lain.")
        super().__init__(taken, fields={"word": taken})


def _is_taken(session: Session, slug: str) -> bool:
    now = session.scalar(select(Cooperative.id).where(Cooperative.slug == slug))
    return now is not None or session.get(OldSlug, slug) is not None


def _free_slug(session: Session, wanted: str | None, name: str) -> str:
    if wanted:
        if _is_taken(session, check_slug(wanted)):
            raise SlugTaken
        return wanted
    stem, number = slug_of(name), 1
    slug = stem if len(stem) >= 3 else f"{stem}-koperasi"
    while _is_taken(session, slug):
        number += 1
        slug = f"{stem[:56].rstrip('-')}-{number}"
    return slug


def _free_word(session: Session, wanted: str | None, name: str) -> str:
    stem, number = check_word(wanted) if wanted else word_of(name), 1
    word = stem
    while session.scalar(select(Cooperative.id).where(Cooperative.word == word)) is not None:
        if wanted:
            raise WordTaken
        number += 1
        word = f"{stem[:6]}{number}"
    return word


def rename(session: Session, cooperative: Cooperative, slug: str, *, at: datetime) -> None:
    """Give a cooperative another address; the old one leads here for ever."""
    if slug == cooperative.slug:
        return
    check_slug(slug)
    own_old = session.get(OldSlug, slug)
    if own_old is not None and own_old.cooperative_id == cooperative.id:
        session.delete(own_old)
        session.flush()
    elif _is_taken(session, slug):
        raise SlugTaken
    session.add(OldSlug(slug=cooperative.slug, cooperative_id=cooperative.id, changed_at=at))
    cooperative.slug = slug
    try:
        with session.begin_nested():
            changed(session, cooperative, "slug", at=at)
    except IntegrityError as clash:
        raise SlugTaken from clash


class NotReady(RuleBroken):
    """A shop that nobody could buy from yet."""

    code = "not_ready"


def missing(session: Session, cooperative: Cooperative) -> list[tuple[str, Sentence]]:
    """List what a shop still needs before it can open, with the page where it is done."""
    points = queries.points(session, cooperative.id)
    needs = (
        (not any(point.slots for point in points), "titik-ambil", say("Tambah titik ambil")),
        (not cooperative.hours, "jam", say("Isi jam buka")),
        (
            not cooperative.takes_cash
            and not (cooperative.takes_qris and cooperative.qris_payload)
            and not (cooperative.takes_transfer and cooperative.transfer_account_id),
            "pembayaran",
            say("Pilih cara pembayaran"),
        ),
        (
            not (cooperative.whatsapp or cooperative.phone),
            "profil",
            say("Isi nomor yang bisa dihubungi pembeli"),
        ),
    )
    return [(page, sentence) for lacks, page, sentence in needs if lacks]


def open_shop(session: Session, cooperative: Cooperative, *, at: datetime) -> None:
    """Let the public in, once everything is there to buy with."""
    if cooperative.standing is Standing.OPEN:
        return
    if cooperative.standing is Standing.SUSPENDED:
        raise RuleBroken(say("Toko ini ditahan oleh operator situs. Hubungi operator."))
    needs = missing(session, cooperative)
    if needs:
        raise NotReady(say("Toko belum bisa dibuka. %(first)s dulu.", first=needs[0][1]))
    cooperative.standing = Standing.OPEN
    changed(session, cooperative, "standing", at=at)


def suspend(session: Session, cooperative: Cooperative, *, at: datetime) -> None:
    """Hide a shop from the public; for those who run the site."""
    cooperative.standing = Standing.SUSPENDED
    changed(session, cooperative, "standing", at=at)


def reopen(session: Session, cooperative: Cooperative, *, at: datetime) -> None:
    """Give a suspended cooperative back to its officers, who open the shop themselves."""
    if cooperative.standing is Standing.SUSPENDED:
        cooperative.standing = Standing.PREPARING
        changed(session, cooperative, "standing", at=at)
