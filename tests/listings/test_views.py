from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.accounts.models import Account
from marketplace.cooperatives.models import Cooperative
from marketplace.files.rules import picture_path
from marketplace.kernel.access import Role
from marketplace.kernel.ids import new_id, to_text
from marketplace.listings import queries
from marketplace.listings.models import Listing, ListingState
from marketplace.members.models import Member
from tests.files.makers import make_photo
from tests.listings.makers import listings_of, make_form, path_of, shelf_of, variants_of
from tests.makers import give_post, make_account, make_listing, make_officer, make_variant

GOODS = "/k/sanan-tempe-muda/kelola/barang"
HX = {"HX-Request": "true"}
HOSTILE = json.loads((Path(__file__).parents[1] / "vectors" / "hostile.json").read_text())["inputs"]
NUMBERS = [case for case in HOSTILE if case["cat"] == "number" and case.get("value") is not None]
TEXTS = [
    case
    for case in HOSTILE
    if case["cat"] in ("xss", "unicode", "ssti", "sqli", "csv-injection")
    and isinstance(case.get("value"), str)
]
FILES = [case for case in HOSTILE if case["cat"] == "file" and "value_b64" in case]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Gather the statements that are sent meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    connection = session.get_bind()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


@pytest.fixture
def cilok(session: Session, sanan: Cooperative, lilik: Member) -> Listing:
    variant = make_listing(session, sanan, "Cilok", price=10_000, stock_count=7, maker=lilik)
    session.commit()
    return queries.listing(session, sanan.id, variant.listing_id)


def current(session: Session, listing: Listing) -> Listing:
    return queries.listing(session, listing.cooperative_id, listing.id, to_change=True)


def form_of(session: Session, listing: Listing, **changes: Any) -> dict[str, Any]:
    """What the editor sends when nothing but ``changes`` was touched."""
    data = make_form(session, title=listing.title, version=str(listing.version))
    for position, variant in enumerate(variants_of(session, listing.id)):
        count = str(shelf_of(session, variant).available)
        data |= {
            f"variants-{position}-id": to_text(variant.id),
            f"variants-{position}-title": variant.title,
            f"variants-{position}-price": str(variant.price.amount),
            f"variants-{position}-quantity": count,
            f"variants-{position}-seen": count,
        }
    return data | changes


# The list


def test_the_list_shows_price_maker_stock_and_what_stands_behind_each_tab(
    desk: FlaskClient, session: Session, sanan: Cooperative, cilok: Listing
) -> None:
    make_listing(session, sanan, "Batagor", state=ListingState.DRAFT)
    session.commit()

    shown = desk.get(GOODS).text
    drafts = desk.get(f"{GOODS}?status=draf").text
    found = desk.get(f"{GOODS}?q=cil").text
    nothing = desk.get(f"{GOODS}?q=%25").text

    assert "Cilok" in shown
    assert "Rp\u00a010.000" in shown
    assert "Bu Lilik" in shown
    assert "Sisa 7" in shown
    assert "Batagor" not in shown
    assert "Batagor" in drafts
    assert "Cilok" in found
    assert "Belum ada “%” di sini" in nothing


def test_an_empty_list_offers_the_next_step(desk: FlaskClient) -> None:
    for tab in ("tayang", "draf", "arsip", "entah"):
        page = desk.get(f"{GOODS}?status={tab}&hal=0")

        assert page.status_code == 200
    assert f"{GOODS}/baru" in page.text


def test_fifty_goods_are_listed_with_few_questions(
    desk: FlaskClient, session: Session, sanan: Cooperative
) -> None:
    for number in range(60):
        make_listing(session, sanan, f"Barang {number}")
    session.commit()

    with counted(session) as seen:
        page = desk.get(GOODS)
    second = desk.get(f"{GOODS}?hal=2")

    assert len(seen) <= 10
    assert page.text.count('id="barang-') == 50
    assert second.text.count('id="barang-') == 10


def test_the_editor_asks_few_questions(desk: FlaskClient, session: Session, cilok: Listing) -> None:
    with counted(session) as seen:
        desk.get(path_of(cilok))

    assert len(seen) <= 14


def test_a_seller_sees_and_changes_only_their_own(
    sign_in: Callable[[Account], FlaskClient],
    session: Session,
    sanan: Cooperative,
    lilik_account: Account,
    cilok: Listing,
) -> None:
    other = make_listing(session, sanan, "Kopi")
    desk = sign_in(lilik_account)
    stranger = queries.listing(session, sanan.id, other.listing_id)

    shown = desk.get(GOODS).text

    assert "Cilok" in shown
    assert "Kopi" not in shown
    assert desk.get(path_of(cilok)).status_code == 200
    assert desk.get(path_of(stranger)).status_code == 403
    assert desk.post(f"{path_of(stranger)}/arsipkan").status_code == 403
    data = {"variant": to_text(other.id), "quantity": "1"}
    assert desk.post(f"{GOODS}/stok", data=data).status_code == 403
    assert desk.post(f"{GOODS}/stok", data=data | {"quantity": "x"}, headers=HX).status_code == 403
    assert desk.get(f"{GOODS}/impor").status_code == 403


def test_guests_members_and_other_cooperatives_officers_stay_outside(
    app: Flask,
    sign_in: Callable[[Account], FlaskClient],
    session: Session,
    sanan: Cooperative,
    velodrome: Cooperative,
    cilok: Listing,
) -> None:
    member = make_account(session, "Pak Slamet")
    give_post(session, sanan, member, Role.MEMBER)
    foreign = make_officer(session, velodrome)
    guest, inside, outside = app.test_client(), sign_in(member), sign_in(foreign)

    for address in (GOODS, path_of(cilok), f"{GOODS}/impor", f"{GOODS}/ekspor.csv"):
        assert guest.get(address).status_code == 302
        assert inside.get(address).status_code == 403
        assert outside.get(address).status_code == 403
    assert outside.get(path_of(cilok, "velodrome")).status_code == 404
    own = "/k/velodrome/kelola/barang/stok"
    (variant,) = variants_of(session, cilok.id)
    data = {"variant": to_text(variant.id), "quantity": "0"}
    assert outside.post(own, data=data).status_code == 404
    assert shelf_of(session, variant).available == 7


# Stock at hand


def test_a_count_is_changed_in_the_list(
    desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    (variant,) = variants_of(session, cilok.id)
    data = {"variant": to_text(variant.id), "quantity": "1.000"}

    page = desk.post(f"{GOODS}/stok", data=data)
    row = desk.post(f"{GOODS}/stok", data=data | {"quantity": "31"}, headers=HX)

    assert page.status_code == 303
    assert row.status_code == 200
    assert row.text.lstrip().startswith("{#") is False
    assert 'value="31"' in row.text
    assert "<html" not in row.text
    assert shelf_of(session, variant).available == 31


@pytest.mark.parametrize("headers", [{}, HX])
def test_a_count_that_is_none_is_refused_with_what_was_typed(
    desk: FlaskClient, session: Session, cilok: Listing, headers: dict[str, str]
) -> None:
    (variant,) = variants_of(session, cilok.id)
    data = {"variant": to_text(variant.id), "quantity": "dua lusin"}

    answer = desk.post(f"{GOODS}/stok", data=data, headers=headers)

    assert answer.status_code == 422
    assert "Jumlah stok harus angka, misalnya 24" in answer.text
    assert 'value="dua lusin"' in answer.text
    assert shelf_of(session, variant).available == 7


@pytest.mark.parametrize("variant", ["", "abc", "0" * 26])
def test_a_count_of_nothing_is_refused(desk: FlaskClient, variant: str) -> None:
    answer = desk.post(f"{GOODS}/stok", data={"variant": variant, "quantity": "1"})

    assert answer.status_code in (404, 422)


# The editor


def test_goods_are_written_down_with_photos_and_shown(
    desk: FlaskClient, session: Session, sanan: Cooperative, lilik: Member
) -> None:
    session.commit()
    data = make_form(session, aksi="tayang", maker=to_text(lilik.id))
    data["photos"] = [(BytesIO(make_photo(n, 200)), f"{n}.jpg") for n in (200, 300)]

    answer = desk.post(f"{GOODS}/baru", data=data)

    (listing,) = listings_of(session, sanan.id)
    listing = current(session, listing)
    assert answer.status_code == 303
    assert listing.state is ListingState.PUBLISHED
    assert listing.maker_id == lilik.id
    assert len(listing.photos) == 2
    assert shelf_of(session, listing.variants[0]).available == 24
    assert desk.get(path_of(listing)).text.count("/foto/") >= 2


def test_mistakes_are_shown_as_the_design_does_and_nothing_typed_is_lost(
    desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    data = form_of(
        session, cilok, title="Cilok kuah kacang isi 10",
        **{"variants-0-price": "", "variants-0-quantity": "dua lusin"},
    )  # fmt: skip

    answer = desk.post(path_of(cilok), data=data)

    page = answer.text
    assert answer.status_code == 422
    assert "<title>Salah: Ada 2 hal yang perlu dibetulkan" in re.sub(r"\s+", " ", page)
    assert '<a href="#variants-0-price">Isi harga jual, misalnya 15.000</a>' in page
    assert '<a href="#variants-0-quantity">Jumlah stok harus angka, misalnya 24</a>' in page
    assert 'value="dua lusin"' in page
    assert 'value="Cilok kuah kacang isi 10"' in page
    assert page.count('aria-invalid="true"') == 2
    assert current(session, cilok).title == "Cilok"


def test_good_photos_of_a_form_with_mistakes_travel_only_once(
    desk: FlaskClient, session: Session, sanan: Cooperative
) -> None:
    session.commit()
    data = make_form(session, title="", photos=[(BytesIO(make_photo()), "a.jpg")])
    wrong = desk.post(f"{GOODS}/baru", data=data)
    kept = re.findall(r'name="kept-0"[^>]*value="([0-9a-z]{26})"', wrong.text)

    answer = desk.post(f"{GOODS}/baru", data=make_form(session, **{"kept-0": kept[0]}))

    assert (wrong.status_code, answer.status_code) == (422, 303)
    (listing,) = listings_of(session, sanan.id)
    assert len(current(session, listing).photos) == 1


def test_buttons_that_look_again_save_nothing(
    desk: FlaskClient, session: Session, sanan: Cooperative
) -> None:
    more = desk.post(f"{GOODS}/baru", data=make_form(session, aksi="varian"))
    found = desk.post(f"{GOODS}/baru", data=make_form(session, aksi="kategori", find="sablon kaos"))
    seen = desk.post(f"{GOODS}/baru", data=make_form(session, aksi="pratinjau"))

    assert [answer.status_code for answer in (more, found, seen)] == [200, 200, 200]
    assert 'name="variants-1-price"' in more.text
    assert "Kaos pria" in found.text
    assert "Rp\u00a013.500" in seen.text  # the maker's nine tenths
    assert listings_of(session, sanan.id) == []


def test_whoever_saves_an_old_page_sees_their_words_and_a_409(
    desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    data = form_of(session, cilok, title="Cilok pedas")
    first = desk.post(path_of(cilok), data=data)

    second = desk.post(path_of(cilok), data=data | {"title": "Cilok manis"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "baru saja diubah orang lain" in second.text
    assert 'value="Cilok manis"' in second.text
    assert current(session, cilok).title == "Cilok pedas"


def test_variants_are_saved_with_the_form_and_emptied_ones_leave(
    desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    make_variant(session, cilok, title="Isi 20", price=18_000, position=1)
    variants_of(session, cilok.id)[0].title = "Isi 10"
    session.commit()
    empty = {"variants-1-title": "", "variants-1-price": "", "variants-1-quantity": "",
             "variants-1-id": ""}  # fmt: skip
    extra = {"variants-2-title": "Isi 30", "variants-2-price": "25.000",
             "variants-2-quantity": "4"}  # fmt: skip

    answer = desk.post(path_of(cilok), data=form_of(session, cilok, **empty, **extra))

    assert answer.status_code == 303
    found = {one.title: one.active for one in variants_of(session, cilok.id)}
    assert found == {"Isi 10": True, "Isi 20": False, "Isi 30": True}


@pytest.mark.parametrize("case", NUMBERS, ids=lambda case: case["id"])
def test_hostile_numbers_are_read_rightly_or_refused(
    desk: FlaskClient, session: Session, sanan: Cooperative, case: dict[str, Any]
) -> None:
    wanted = {"num-id-thousand": 1_000, "num-id-full": 1_000_000, "num-rp": 10_000,
              "num-i32": 2_147_483_648}  # fmt: skip

    answer = desk.post(
        f"{GOODS}/baru", data=make_form(session, **{"variants-0-price": str(case["value"])})
    )

    assert answer.status_code < 500
    stored = [one.price_from.amount for one in listings_of(session, sanan.id)]
    assert stored in ([], [wanted.get(case["id"])])


@pytest.mark.slow
@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case["id"])
def test_hostile_texts_are_shown_as_texts(
    desk: FlaskClient, session: Session, case: dict[str, Any]
) -> None:
    value = case["value"]

    answer = desk.post(
        f"{GOODS}/baru", data=make_form(session, title=value, description=value, ingredients=value)
    )
    page = desk.get(f"{GOODS}?status=draf&q={value[:5]}")

    assert answer.status_code in (303, 400, 422)
    assert page.status_code in (200, 400)
    for piece in ("<script>alert", "onerror=alert(1)>", "<svg/onload", "1337"):
        assert piece not in page.text + answer.text


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["id"])
def test_hostile_files_are_neither_photos_nor_tables(
    desk: FlaskClient, session: Session, sanan: Cooperative, case: dict[str, Any]
) -> None:
    session.commit()
    data = b64decode(case["value_b64"])
    name = case.get("filename") or "x"

    photo = desk.post(f"{GOODS}/baru", data=make_form(session, photos=[(BytesIO(data), name)]))
    sheet = desk.post(f"{GOODS}/impor", data={"file": (BytesIO(data), name)})

    assert photo.status_code in (303, 400, 422)
    assert sheet.status_code in (303, 400, 422)
    assert all(current(session, one).photos == [] for one in listings_of(session, sanan.id))


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "abc"}, {"category": "999999"}, {"category": ""}, {"maker": "xyz"},
        {"availability": "entah"}, {"halal": "entah"}, {"ready_on": "kemarin"},
        {"availability": "pre-order", "ready_on": "0001-01-01"}, {"unit": "x" * 50},
        {"shelf_life_days": "9999999"}, {"variants-0-id": "zzz"}, {"version": "abc"},
        {"title": "\u200b"}, {"food_permit": "tidak ada"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused_politely(
    desk: FlaskClient, session: Session, sanan: Cooperative, changes: dict[str, str]
) -> None:
    answer = desk.post(f"{GOODS}/baru", data=make_form(session, **changes))

    assert answer.status_code == 422
    assert listings_of(session, sanan.id) == []


# States and photos


def test_goods_are_archived_with_a_way_back_and_shown_again(
    desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    page = desk.post(f"{path_of(cilok)}/arsipkan", follow_redirects=True)
    archived = current(session, cilok).state
    desk.post(f"{path_of(cilok)}/pulihkan")
    desk.post(f"{path_of(cilok)}/tayangkan")

    assert archived is ListingState.ARCHIVED
    assert "Urungkan" in page.text
    assert f'action="{path_of(cilok)}/pulihkan"' in page.text
    assert current(session, cilok).state is ListingState.PUBLISHED


@pytest.mark.parametrize("headers", [{}, HX])
def test_a_photo_is_taken_off_put_first_and_brought_back(
    desk: FlaskClient, session: Session, cilok: Listing, headers: dict[str, str]
) -> None:
    photos = [(BytesIO(make_photo(n, 200)), "a.jpg") for n in (200, 300)]
    desk.post(path_of(cilok), data=form_of(session, cilok, photos=photos))
    first, second = current(session, cilok).photos
    place = f"{path_of(cilok)}/foto"

    cover = desk.post(f"{place}/{to_text(second.id)}/depan", headers=headers)
    put_first = current(session, cilok).cover_file_id
    gone = desk.post(f"{place}/{to_text(second.id)}/lepas", headers=headers)
    left = len(current(session, cilok).photos)
    undo = {"file": to_text(second.file_id), "position": "0"}
    back = desk.post(f"{place}/kembali", data=undo, headers=headers)
    junk = desk.post(f"{place}/kembali", data={"file": "abc"}, headers=headers)

    assert {cover.status_code, gone.status_code, back.status_code} == {200 if headers else 303}
    assert (put_first, left) == (second.file_id, 1)
    assert [one.file_id for one in current(session, cilok).photos] == [
        second.file_id, first.file_id,
    ]  # fmt: skip
    assert junk.status_code == 403


def test_a_picture_is_served_to_everyone_for_ever(
    app: Flask, desk: FlaskClient, session: Session, cilok: Listing
) -> None:
    photo = [(BytesIO(make_photo()), "a.jpg")]
    desk.post(path_of(cilok), data=form_of(session, cilok, photos=photo))
    file_id = current(session, cilok).photos[0].file_id
    guest = app.test_client()

    with counted(session) as seen:
        answer = guest.get(picture_path(cilok.cooperative_id, file_id, 320))

    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data[:4] == b"RIFF"
    assert [query for query in seen if "outbox_messages" not in query] == []
    for width in (161, 0, 99999999):
        assert guest.get(picture_path(cilok.cooperative_id, file_id, width)).status_code == 404
    assert guest.get(picture_path(1, new_id(), 320)).status_code == 404
    assert guest.get("/foto/1/..%2f..%2fetc-320.webp").status_code == 404


# Spreadsheets


def test_a_spreadsheet_is_looked_at_first_and_brought_in_on_a_second_word(
    desk: FlaskClient, session: Session, sanan: Cooperative
) -> None:
    text = "judul;harga;stok\nKeripik tempe;15.000;24\nKopi;abc;1\n"

    sent = desk.post(f"{GOODS}/impor", data={"file": (BytesIO(text.encode()), "b.csv")})
    report = desk.get(sent.location)
    before = listings_of(session, sanan.id)
    refused = desk.post(sent.location)
    done = desk.post(sent.location, data={"partial": "y", "publish": "y"})
    again = desk.get(sent.location)

    assert (sent.status_code, report.status_code) == (303, 200)
    assert "Kopi" in report.text
    assert before == []
    assert refused.status_code == 422
    assert "1 baris perlu dibetulkan" in refused.text
    assert done.status_code == 303
    (listing,) = listings_of(session, sanan.id)
    assert (listing.title, listing.state) == ("Keripik tempe", ListingState.PUBLISHED)
    assert "Sama 1" in again.text


def test_a_sheet_belongs_to_its_cooperative_and_an_empty_one_is_refused(
    sign_in: Callable[[Account], FlaskClient],
    desk: FlaskClient,
    session: Session,
    velodrome: Cooperative,
) -> None:
    foreign = sign_in(make_officer(session, velodrome))
    sent = desk.post(f"{GOODS}/impor", data={"file": (BytesIO(b"judul,harga\nA,1\n"), "b")})

    there = sent.location.replace("sanan-tempe-muda", "velodrome")

    assert foreign.get(there).status_code == 404
    assert foreign.post(there).status_code == 404
    assert desk.post(f"{GOODS}/impor", data={}).status_code == 422
    assert desk.get(f"{GOODS}/impor").status_code == 200


def test_example_and_export_are_files_that_read(
    desk: FlaskClient, session: Session, sanan: Cooperative, cilok: Listing
) -> None:
    example = desk.get(f"{GOODS}/impor/contoh.csv")
    export = desk.get(f"{GOODS}/ekspor.csv")

    sent = desk.post(f"{GOODS}/impor", data={"file": (BytesIO(example.data), "c.csv")})
    report = desk.get(sent.location).text

    assert "attachment" in export.headers["Content-Disposition"]
    assert "Cilok" in export.text
    assert "Baru 2" in report
    assert "Salah 0" in report


def test_the_pages_speak_english_too(desk: FlaskClient, session: Session, cilok: Listing) -> None:
    desk.set_cookie("bahasa", "en")

    pages = desk.get(GOODS).text + desk.get(path_of(cilok)).text

    assert "7 left" in pages
    assert "Add goods" in pages
    assert "Food &amp; drink" in pages
