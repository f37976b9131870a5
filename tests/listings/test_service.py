from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.files.pictures import BadPicture, read_picture
from marketplace.files.store import FileStore
from marketplace.kernel.errors import NotAllowed, NotFound
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings import queries, service
from marketplace.listings.models import Listing
from marketplace.listings.rules import (
    Availability,
    BadListing,
    Editor,
    ListingState,
    VariantDraft,
    WrongListingStep,
)
from marketplace.members.models import Member
from marketplace.stock import service as stock
from marketplace.stock.rules import Claim
from tests.files.makers import make_photo
from tests.listings.makers import make_draft, shelf_of, told, variants_of
from tests.makers import SATURDAY, make_listing, make_member


@pytest.fixture
def keripik(session: Session, sanan: Cooperative, chair: Editor) -> Listing:
    return service.create(session, sanan, make_draft(session), editor=chair, at=SATURDAY)


def one_variant(session: Session, listing: Listing, **changes: object) -> tuple[VariantDraft, ...]:
    (variant,) = [one for one in variants_of(session, listing.id) if one.active]
    draft = VariantDraft(variant.title, variant.price, None, variant.id)
    return (replace(draft, **changes),)  # type: ignore[arg-type]


# Writing


def test_a_new_listing_is_a_draft_with_its_goods_on_the_shelf(
    session: Session, sanan: Cooperative, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)

    assert keripik.state is ListingState.DRAFT
    assert keripik.slug == "keripik-tempe-250-g"
    assert keripik.description_html == "<p><strong>Renyah</strong></p>\n"
    assert keripik.price_from == Rupiah(15_000)
    assert shelf_of(session, variant).available == 24
    assert told(session) == [{"cooperative": sanan.id, "listing": str(keripik.id)}]


def test_saving_changes_texts_prices_and_counts_together(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    variants = one_variant(session, keripik, price=Rupiah(16_000), quantity=30)

    saved = service.save(
        session,
        sanan.id,
        keripik.id,
        make_draft(session, title="Keripik tempe pedas", variants=variants),
        editor=chair,
        version=keripik.version,
        at=SATURDAY,
    )

    (variant,) = variants_of(session, keripik.id)
    assert (saved.title, saved.slug) == ("Keripik tempe pedas", "keripik-tempe-pedas")
    assert (variant.price, saved.price_from) == (Rupiah(16_000), Rupiah(16_000))
    assert shelf_of(session, variant).available == 30
    assert len(told(session)) == 2


def test_a_count_nobody_touched_is_left_alone(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)
    stock.hold(session, [Claim(sanan.id, variant.id, new_id(), 4)], at=SATURDAY)

    service.save(
        session,
        sanan.id,
        keripik.id,
        make_draft(session, variants=one_variant(session, keripik)),
        editor=chair,
        version=None,
        at=SATURDAY,
    )

    assert shelf_of(session, variant).available == 20


def test_whoever_saves_an_old_version_is_told_so_and_changes_nothing(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    seen = keripik.version
    first = make_draft(session, title="Satu", variants=one_variant(session, keripik))
    service.save(session, sanan.id, keripik.id, first, editor=chair, version=seen, at=SATURDAY)

    with pytest.raises(service.ChangedMeanwhile) as refused:
        service.save(
            session,
            sanan.id,
            keripik.id,
            replace(first, title="Dua"),
            editor=chair,
            version=seen,
            at=SATURDAY,
        )

    assert refused.value.status == 409
    assert queries.listing(session, sanan.id, keripik.id).title == "Satu"


def test_variants_are_added_and_retired_but_never_lost(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (small,) = variants_of(session, keripik.id)
    both = (
        VariantDraft("250 g", Rupiah(15_000), None, small.id),
        VariantDraft("500 g", Rupiah(28_000), 5),
    )
    service.save(
        session, sanan.id, keripik.id, make_draft(session, variants=both),
        editor=chair, version=None, at=SATURDAY,
    )  # fmt: skip
    large = variants_of(session, keripik.id)[1]

    service.save(
        session,
        sanan.id,
        keripik.id,
        make_draft(session, variants=(VariantDraft("500 g", Rupiah(27_000), None, large.id),)),
        editor=chair,
        version=None,
        at=SATURDAY,
    )

    found = {one.title: one for one in variants_of(session, keripik.id)}
    assert not found["250 g"].active
    assert found["500 g"].active
    assert found["500 g"].price == Rupiah(27_000)
    assert shelf_of(session, found["500 g"]).available == 5
    assert queries.listing(session, sanan.id, keripik.id).price_from == Rupiah(27_000)


def test_a_variant_of_another_listing_is_never_taken_over(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    other = make_listing(session, sanan, "Cilok", price=10_000)

    service.save(
        session,
        sanan.id,
        keripik.id,
        make_draft(session, variants=(VariantDraft("", Rupiah(1), 3, other.id),)),
        editor=chair,
        version=None,
        at=SATURDAY,
    )

    session.refresh(other)
    assert other.price == Rupiah(10_000)
    assert other.listing_id != keripik.id


def test_a_price_cut_ends_when_the_price_reaches_the_old_one(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)
    variant.list_price = Rupiah(20_000)

    for price, left in ((16_000, Rupiah(20_000)), (20_000, None)):
        service.save(
            session,
            sanan.id,
            keripik.id,
            make_draft(session, variants=one_variant(session, keripik, price=Rupiah(price))),
            editor=chair,
            version=None,
            at=SATURDAY,
        )
        assert variants_of(session, keripik.id)[0].list_price == left


# Kinds of stock


@pytest.mark.parametrize("quantity", [None, 24])
def test_goods_made_daily_count_the_day_and_not_the_shelf(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing, quantity: int | None
) -> None:
    variants = one_variant(session, keripik, quantity=quantity)

    service.save(
        session,
        sanan.id,
        keripik.id,
        make_draft(session, availability=Availability.DAILY, variants=variants),
        editor=chair,
        version=None,
        at=SATURDAY,
    )

    shelf = shelf_of(session, variants_of(session, keripik.id)[0])
    assert (shelf.daily_limit, shelf.available) == (24, 24)


@pytest.mark.parametrize(("ahead", "on_hand"), [(40, 24), (10, 10), (24, 24)])
def test_a_preorder_can_be_ordered_as_often_as_was_said(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing, ahead: int, on_hand: int
) -> None:
    draft = make_draft(
        session,
        availability=Availability.PREORDER,
        ready_on=date(2026, 12, 3),
        variants=one_variant(session, keripik, quantity=ahead),
    )

    service.save(session, sanan.id, keripik.id, draft, editor=chair, version=None, at=SATURDAY)

    shelf = shelf_of(session, variants_of(session, keripik.id)[0])
    assert (shelf.available, shelf.on_hand) == (ahead, on_hand)


@pytest.mark.parametrize("kind", [Availability.DAILY, Availability.PREORDER])
def test_a_new_listing_of_each_kind_has_its_limit_and_can_become_counted(
    session: Session, sanan: Cooperative, chair: Editor, kind: Availability
) -> None:
    draft = make_draft(session, availability=kind, ready_on=date(2026, 12, 3))
    listing = service.create(session, sanan, draft, editor=chair, at=SATURDAY)
    before = shelf_of(session, variants_of(session, listing.id)[0])

    service.save(
        session,
        sanan.id,
        listing.id,
        make_draft(session, variants=one_variant(session, listing, quantity=7)),
        editor=chair,
        version=None,
        at=SATURDAY,
    )

    after = shelf_of(session, variants_of(session, listing.id)[0])
    assert (before.available, before.on_hand) == (24, 0)
    assert (after.available, after.on_hand, after.daily_limit) == (7, 7, None)


def test_an_overdue_hold_does_not_distort_a_count(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)
    early = SATURDAY - timedelta(hours=2)
    claim = Claim(sanan.id, variant.id, new_id(), 4, expires_at=early + timedelta(hours=1))
    stock.hold(session, [claim], at=early)

    service.set_stock(session, sanan.id, variant.id, 24, editor=chair, at=SATURDAY)

    assert shelf_of(session, variant).available == 24
    assert shelf_of(session, variant).on_hand == 24


def test_stock_is_set_by_one_number(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)

    for _ in range(2):  # sent twice, counted once
        service.set_stock(session, sanan.id, variant.id, 3, editor=chair, at=SATURDAY)

    assert shelf_of(session, variant).available == 3
    with pytest.raises(BadListing):
        service.set_stock(session, sanan.id, variant.id, -1, editor=chair, at=SATURDAY)


# Who may


def test_a_seller_writes_only_in_their_own_name(
    session: Session, sanan: Cooperative, seller: Editor, lilik: Member
) -> None:
    rara = make_member(session, sanan, "Mbak Rara")

    listing = service.create(
        session, sanan, make_draft(session, maker_id=rara.id), editor=seller, at=SATURDAY
    )

    assert listing.maker_id == lilik.id


def test_a_seller_cannot_touch_what_another_makes(
    session: Session, sanan: Cooperative, seller: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)
    facts = {"editor": seller, "at": SATURDAY}

    for change in (
        lambda: service.save(
            session,
            sanan.id,
            keripik.id,
            make_draft(session),
            version=None,
            **facts,  # type: ignore[arg-type]
        ),
        lambda: service.publish(session, sanan, keripik.id, **facts),  # type: ignore[arg-type]
        lambda: service.archive(session, sanan.id, keripik.id, **facts),  # type: ignore[arg-type]
        lambda: service.restore(session, sanan.id, keripik.id, **facts),  # type: ignore[arg-type]
        lambda: service.set_stock(session, sanan.id, variant.id, 1, **facts),  # type: ignore[arg-type]
        lambda: service.remove_photo(session, sanan.id, keripik.id, new_id(), **facts),  # type: ignore[arg-type]
    ):
        with pytest.raises(NotAllowed):
            change()


def test_another_cooperatives_goods_are_not_found(
    session: Session, velodrome: Cooperative, chair: Editor, keripik: Listing
) -> None:
    (variant,) = variants_of(session, keripik.id)

    with pytest.raises(NotFound):
        service.archive(session, velodrome.id, keripik.id, editor=chair, at=SATURDAY)
    with pytest.raises(NotFound):
        service.set_stock(session, velodrome.id, variant.id, 1, editor=chair, at=SATURDAY)


@pytest.mark.parametrize("wrong", ["category", "maker"])
def test_what_the_cooperative_does_not_have_cannot_be_chosen(
    session: Session, sanan: Cooperative, velodrome: Cooperative, chair: Editor, wrong: str
) -> None:
    stranger = make_member(session, velodrome, "Pak Slamet")
    changes = {"category": {"category_id": 987_654}, "maker": {"maker_id": stranger.id}}

    with pytest.raises(BadListing) as bad:
        service.create(
            session, sanan, make_draft(session, **changes[wrong]), editor=chair, at=SATURDAY
        )

    assert set(bad.value.fields) == {wrong}


# States


def test_a_listing_is_shown_archived_and_brought_back(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    place = (session, sanan.id, keripik.id)

    for _ in range(2):
        service.publish(session, sanan, keripik.id, editor=chair, at=SATURDAY)
    shown_at = keripik.published_at
    for _ in range(2):
        service.archive(*place, editor=chair, at=SATURDAY)
    with pytest.raises(WrongListingStep):
        service.publish(session, sanan, keripik.id, editor=chair, at=SATURDAY)
    service.restore(*place, editor=chair, at=SATURDAY)

    assert shown_at == SATURDAY
    assert queries.listing(*place).state is ListingState.DRAFT
    assert len(told(session)) == 4  # written, shown, archived, restored: each once


def test_a_cooperative_that_still_prepares_may_show_goods_but_a_suspended_one_not(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    sanan.standing = Standing.SUSPENDED
    with pytest.raises(service.NotFit):
        service.publish(session, sanan, keripik.id, editor=chair, at=SATURDAY)
    sanan.standing = Standing.PREPARING

    service.publish(session, sanan, keripik.id, editor=chair, at=SATURDAY)

    assert keripik.state is ListingState.PUBLISHED


def test_goods_without_anything_to_buy_are_not_shown(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    variants_of(session, keripik.id)[0].active = False
    session.flush()

    with pytest.raises(service.NotFit):
        service.publish(session, sanan, keripik.id, editor=chair, at=SATURDAY)


# Photos


def test_photos_stand_in_order_and_the_first_is_the_cover(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing, store: FileStore
) -> None:
    pictures = [read_picture(make_photo(side, side)) for side in (100, 200, 300)]
    place = (session, sanan.id, keripik.id)
    service.add_photos(session, store, sanan.id, keripik.id, pictures, editor=chair, at=SATURDAY)
    first, second, third = queries.listing(*place).photos

    service.move_photo(*place, third.id, position=0, editor=chair, at=SATURDAY)

    listing = queries.listing(*place, to_change=True)
    assert [photo.id for photo in listing.photos] == [third.id, first.id, second.id]
    assert [photo.position for photo in listing.photos] == [0, 1, 2]
    assert listing.cover_file_id == third.file_id


def test_a_photo_that_was_taken_off_comes_back_where_it_was(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing, store: FileStore
) -> None:
    pictures = [read_picture(make_photo(side, side)) for side in (100, 200)]
    place = (session, sanan.id, keripik.id)
    service.add_photos(session, store, sanan.id, keripik.id, pictures, editor=chair, at=SATURDAY)
    first, second = queries.listing(*place).photos

    gone = service.remove_photo(*place, first.id, editor=chair, at=SATURDAY)
    again = service.remove_photo(*place, first.id, editor=chair, at=SATURDAY)
    cover = queries.listing(*place, to_change=True).cover_file_id
    assert gone is not None
    for _ in range(2):
        service.bring_back_photo(*place, gone[0], position=gone[1], editor=chair, at=SATURDAY)

    assert again is None
    assert cover == second.file_id
    listing = queries.listing(*place, to_change=True)
    assert [photo.file_id for photo in listing.photos] == [first.file_id, second.file_id]


def test_there_are_at_most_four_photos_and_never_the_same_twice(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing, store: FileStore
) -> None:
    pictures = [read_picture(make_photo(100 + n, 100)) for n in range(5)]
    place = (session, store, sanan.id, keripik.id)

    for _ in range(2):
        listing = service.add_photos(*place, pictures[:4], editor=chair, at=SATURDAY)

    assert len(listing.photos) == 4
    with pytest.raises(BadPicture, match="4 foto"):
        service.add_photos(*place, pictures[4:], editor=chair, at=SATURDAY)


def test_a_file_of_another_cooperative_or_kind_is_no_photo(
    session: Session, sanan: Cooperative, chair: Editor, keripik: Listing
) -> None:
    with pytest.raises(NotFound):
        service.bring_back_photo(
            session, sanan.id, keripik.id, new_id(), position=0, editor=chair, at=SATURDAY
        )
    with pytest.raises(NotFound):
        service.move_photo(
            session, sanan.id, keripik.id, new_id(), position=0, editor=chair, at=SATURDAY
        )
