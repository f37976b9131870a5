from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from urllib.parse import unquote_plus

import pytest
import segno
from PIL import Image
from sqlalchemy import event, select

from marketplace.cooperatives import queries
from marketplace.cooperatives.models import Cooperative, Invite, PickupPoint, Standing
from marketplace.kernel.access import Role
from marketplace.kernel.ids import to_text
from marketplace.payments import qris
from marketplace.web.extensions import db
from tests.makers import (
    STATIC_QRIS,
    give_post,
    make_account,
    make_cooperative,
    make_member,
    make_officer,
    make_point,
)

KELOLA = "/k/sanan/kelola"
PAGES = ["", "/pengaturan", "/profil", "/wilayah", "/jam", "/titik-ambil", "/titik-ambil/baru",
         "/pengurus", "/pembayaran"]  # fmt: skip
PROFILE = {"name": "Sanan Jaya", "legal_name": "Koperasi Sanan Jaya"}


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def queried():
    seen: list[str] = []
    engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


# Who may open what


@pytest.mark.parametrize("page", PAGES)
def test_the_chair_opens_every_page(office, page):
    answer = office.get(f"{KELOLA}{page}")

    assert answer.status_code == 200
    assert text(answer).count("<h1") == 1


@pytest.mark.parametrize("page", PAGES)
def test_guests_are_led_to_sign_in_and_strangers_are_refused(client, session, sanan, sign_in, page):
    lain = make_cooperative(session, "Lain")
    stranger = sign_in(make_officer(session, lain, Role.CHAIR))

    assert client.get(f"{KELOLA}{page}").status_code == 302
    assert stranger.get(f"{KELOLA}{page}").status_code == 403


POSTS = ["/profil", "/alamat-toko", "/motif", "/wilayah", "/jam", "/jam/tutup", "/buka-toko",
         "/titik-ambil/baru", "/pengurus/undang", "/pembayaran", "/pembayaran/qris",
         "/pembayaran/qris/pakai", "/pembayaran/rekening", "/anggota/baru"]  # fmt: skip


@pytest.mark.parametrize("page", POSTS)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.SELLER, Role.SUPERVISOR, None])
def test_members_supervisors_and_strangers_change_nothing(session, sanan, sign_in, page, role):
    holder = make_account(session)
    give_post(session, sanan if role else make_cooperative(session, "Lain"), holder, role or Role.CHAIR)  # fmt: skip  # noqa: E501

    answer = sign_in(holder).post(f"{KELOLA}{page}", data=PROFILE)

    assert answer.status_code == 403
    assert sanan.name == "Sanan Tempe Muda"


def test_the_secretary_reads_but_does_not_change_how_the_cooperative_is_paid(
    session, sanan, sign_in
):
    office = sign_in(make_officer(session, sanan, Role.SECRETARY))

    page = office.get(f"{KELOLA}/pembayaran")

    assert page.status_code == 200
    assert "hanya bisa diubah oleh ketua dan bendahara" in text(page)
    assert office.post(f"{KELOLA}/pembayaran/rekening").status_code == 403


def test_things_of_another_cooperative_are_not_found_through_ones_own(session, office):
    lain = make_cooperative(session, "Lain")
    point = make_point(session, lain)
    post = give_post(session, lain, make_account(session), Role.MEMBER)
    member = make_member(session, lain)
    session.commit()
    for path in (
        f"/titik-ambil/{to_text(point.id)}",
        f"/titik-ambil/{to_text(point.id)}/status",
        f"/pengurus/{to_text(post.id)}/akhiri",
        f"/pengurus/{to_text(post.id)}/tautan",
        f"/pengurus/undang/{to_text(point.id)}/tarik",
        f"/anggota/{to_text(member.id)}/ubah",
        f"/anggota/{to_text(member.id)}/keluar",
        f"/anggota/{to_text(member.id)}/undang",
        f"/anggota/{to_text(member.id)}/tautan",
    ):
        data = {"name": "X", "address": "Y", "prepare_minutes": "5", "role": "anggota",
                "left_on": "2026-01-01", "reason": "x"}  # fmt: skip
        answer = office.post(f"{KELOLA}{path}", data=data)
        assert answer.status_code == 404, path
    assert point.name == "Balai RW 15"
    assert post.ended_at is None


# Profile


def test_the_profile_is_saved(session, sanan, office):
    data = {
        **PROFILE,
        "story": "Empat puluh dapur.",
        "whatsapp": "0812 3456 7890",
        "email": "Halo@Sanan.ID",
        "last_meeting_on": "2026-03-01",
    }

    answer = office.post(f"{KELOLA}/profil", data=data)

    assert answer.status_code == 303
    session.refresh(sanan)
    assert (sanan.name, sanan.story) == ("Sanan Jaya", "Empat puluh dapur.")
    assert (sanan.whatsapp, sanan.email) == ("+6281234567890", "halo@sanan.id")
    assert sanan.last_meeting_on == date(2026, 3, 1)
    page = text(office.get(f"{KELOLA}/profil"))
    assert 'value="0812 3456 7890"' in page
    assert "Empat puluh dapur." in page


def test_rights_and_counts_cannot_be_sent_with_the_profile(session, sanan, office):
    data = {**PROFILE, "standing": "suspended", "member_count": "999", "id": "7", "slug": "x-x-x",
            "qris_payload": "x", "share_basis_points": "0"}  # fmt: skip

    office.post(f"{KELOLA}/profil", data=data)

    session.refresh(sanan)
    assert (sanan.standing, sanan.member_count, sanan.slug) == (Standing.OPEN, 0, "sanan")
    assert sanan.qris_payload == STATIC_QRIS


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "Isi bagian ini."),
        ({"whatsapp": "12"}, "Tulis nomor HP Indonesia"),
        ({"email": "x@"}, "Alamat e-mail ini tidak lengkap"),
        ({"last_meeting_on": "kemarin"}, "Isi tanggal"),
        ({"story": "x" * 4001}, "Paling panjang 4000 huruf."),
    ],
)
def test_a_wrong_profile_is_not_saved_and_says_why(session, sanan, office, wrong, said):
    answer = office.post(f"{KELOLA}/profil", data={**PROFILE, **wrong})

    assert answer.status_code == 422
    assert said in text(answer)
    session.refresh(sanan)
    assert sanan.name == "Sanan Tempe Muda"


def test_a_story_cannot_bring_html_along(office):
    office.post(f"{KELOLA}/profil", data={**PROFILE, "story": "<script>x</script>", "name": "<b>"})

    page = text(office.get(f"{KELOLA}/profil"))
    assert "<script>x" not in page
    assert "&lt;b&gt;" in page


def test_another_address_leads_on_from_the_old_one(session, office):
    answer = office.post(f"{KELOLA}/alamat-toko", data={"slug": "tempe-sanan"})

    assert answer.location == "/k/tempe-sanan/kelola/profil"
    assert office.get(answer.location).status_code == 200
    old = office.get(f"{KELOLA}/profil?warna=2")
    assert (old.status_code, old.location) == (301, "/k/tempe-sanan/kelola/profil?warna=2")
    make_cooperative(session, "Lain", slug="lain-sekali")
    for taken in ("lain-sekali", "A B", "x"):
        answer = office.post("/k/tempe-sanan/kelola/alamat-toko", data={"slug": taken})
        assert answer.status_code == 422
        assert 'id="slug-error"' in text(answer)


def test_a_region_is_looked_for_and_taken(session, sanan, office):
    page = text(office.get(f"{KELOLA}/wilayah?q=klojen"))
    assert "Klojen, Kota Malang" in page
    assert "Tidak ada wilayah" in text(office.get(f"{KELOLA}/wilayah?q=zzzz"))

    office.post(f"{KELOLA}/wilayah", data={"code": "35.73.02"})

    session.refresh(sanan)
    assert sanan.region_name == "Klojen, Kota Malang"
    assert office.post(f"{KELOLA}/wilayah", data={"code": "99"}).status_code == 422


def test_a_cloth_is_chosen(session, sanan, office):
    office.post(f"{KELOLA}/motif", data={"motif": "3.5"})
    session.refresh(sanan)
    assert sanan.motif == "3.5"

    for wrong in ("9.9", "x", "1", "1.2.3", "²", "9" * 40):
        assert office.post(f"{KELOLA}/motif", data={"motif": wrong}).status_code == 422
    assert office.get(f"{KELOLA}/profil?warna=99999999").status_code == 200
    office.post(f"{KELOLA}/motif", data={"motif": ""})
    session.refresh(sanan)
    assert sanan.motif is None


# Hours and places


def test_hours_and_holidays_are_set(session, sanan, office):
    office.post(f"{KELOLA}/jam", data={"day_0": "8-17", "day_5": "08.00 - 12.00"})
    office.post(f"{KELOLA}/jam/tutup", data={"closed_from": "2026-12-24", "closed_note": "Natal"})

    session.refresh(sanan)
    assert sanan.hours == {"0": [480, 1020], "5": [480, 720]}
    assert (sanan.closed_from, sanan.closed_note) == (date(2026, 12, 24), "Natal")
    page = text(office.get(f"{KELOLA}/jam"))
    assert 'value="08.00-17.00"' in page
    assert 'value="2026-12-24"' in page


@pytest.mark.parametrize("typed", ["17-8", "8-12, 13-17", "pagi", "25-26"])
def test_wrong_hours_are_kept_in_the_form_and_not_saved(session, sanan, office, typed):
    before = sanan.hours

    answer = office.post(f"{KELOLA}/jam", data={"day_0": typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in text(answer)
    session.refresh(sanan)
    assert sanan.hours == before


def test_a_holiday_that_ends_before_it_begins_is_refused(office):
    data = {"closed_from": "2026-12-26", "closed_until": "2026-12-24"}

    answer = office.post(f"{KELOLA}/jam/tutup", data=data)

    assert answer.status_code == 422
    assert 'id="closed_until-error"' in text(answer)


def test_pickup_points_are_added_changed_and_retired(session, sanan, office):
    data = {"name": "Balai RW 15", "address": "Jl. Sanan 8", "prepare_minutes": "90",
            "day_5": "8-12, 15-17"}  # fmt: skip
    assert office.post(f"{KELOLA}/titik-ambil/baru", data=data).status_code == 303
    point = session.scalars(select(PickupPoint)).one()
    assert point.slots == [[5, 480, 720], [5, 900, 1020]]
    address = f"{KELOLA}/titik-ambil/{to_text(point.id)}"
    assert 'value="08.00-12.00, 15.00-17.00"' in text(office.get(address))

    office.post(address, data={**data, "name": "Balai RW 16", "day_5": ""})
    session.refresh(point)
    assert (point.name, point.slots) == ("Balai RW 16", [])
    office.post(f"{address}/status", data={"aktif": "0"})
    session.refresh(point)
    assert not point.active
    assert "Tidak dipakai" in text(office.get(f"{KELOLA}/titik-ambil"))
    for wrong in ({"name": ""}, {"prepare_minutes": "1.5"}, {"prepare_minutes": "99.999"},
                  {"day_0": "x"}):  # fmt: skip
        assert office.post(address, data={**data, **wrong}).status_code == 422
        assert office.post(f"{KELOLA}/titik-ambil/baru", data={**data, **wrong}).status_code == 422


def test_a_prepared_shop_is_opened_when_it_lacks_nothing(session, sanan, office):
    sanan.standing = Standing.PREPARING
    session.commit()
    page = text(office.get(f"{KELOLA}/"))
    assert "Tambah titik ambil" in page
    assert office.post(f"{KELOLA}/buka-toko").status_code == 409

    make_point(session, sanan)
    sanan.phone = "+6281234567890"
    session.commit()
    assert office.post(f"{KELOLA}/buka-toko").status_code == 303

    session.refresh(sanan)
    assert sanan.standing is Standing.OPEN
    assert "Semua beres" in text(office.get(f"{KELOLA}/"))


def test_the_overview_says_what_waits(session, sanan, office, chair):
    office.post(f"{KELOLA}/pengurus/undang", data={"role": "penjual", "name": "Bu Lilik"})

    page = text(office.get(f"{KELOLA}/"))

    assert "undangan belum dipakai" in page
    assert "Ketua" in page


# Posts and invitations


def test_an_invitation_is_shown_once_and_can_be_sent_by_whatsapp(session, sanan, office):
    data = {"role": "bendahara", "name": "Bu Rini", "phone": "0812 3456 7890"}
    assert office.post(f"{KELOLA}/pengurus/undang", data=data).status_code == 303

    page = text(office.get(f"{KELOLA}/pengurus"))
    (secret,) = set(re.findall(r"http://localhost/undangan/([\w-]{32})", page))
    assert "https://wa.me/6281234567890?text=" in page
    assert secret not in text(office.get(f"{KELOLA}/pengurus"))

    row = session.scalars(select(Invite)).one()
    assert row.role is Role.TREASURER
    assert office.post(f"{KELOLA}/pengurus/undang/{to_text(row.id)}/tarik").status_code == 303
    assert office.get(f"/undangan/{secret}").status_code == 410


@pytest.mark.parametrize("role", ["ketua", "bendahara", "pengawas", "sekretaris"])
def test_the_secretary_cannot_invite_officers(session, sanan, sign_in, role):
    office = sign_in(make_officer(session, sanan, Role.SECRETARY))

    answer = office.post(f"{KELOLA}/pengurus/undang", data={"role": role, "name": "Teman"})

    assert answer.status_code == 422
    assert session.scalars(select(Invite)).all() == []


def test_posts_are_ended_but_not_the_last_chairs(session, sanan, office, chair):
    seller = give_post(session, sanan, make_account(session, "Tono"), Role.SELLER)
    (own,) = queries.posts_of(session, sanan.id, chair.id)
    session.commit()

    assert office.post(f"{KELOLA}/pengurus/{to_text(seller.id)}/akhiri").status_code == 303
    assert office.post(f"{KELOLA}/pengurus/{to_text(own.id)}/akhiri").status_code == 409

    session.refresh(seller)
    session.refresh(own)
    assert seller.ended_at is not None
    assert own.ended_at is None


def test_a_removed_officer_is_out_at_once(session, sanan, sign_in, office):
    secretary = make_officer(session, sanan, Role.SECRETARY)
    theirs = sign_in(secretary)
    assert theirs.get(f"{KELOLA}/profil").status_code == 200
    (post,) = queries.posts_of(session, sanan.id, secretary.id)

    office.post(f"{KELOLA}/pengurus/{to_text(post.id)}/akhiri")

    assert theirs.get(f"{KELOLA}/profil").status_code == 403


def test_an_officer_hands_over_a_link_for_a_forgotten_password(session, sanan, office, client):
    post = give_post(session, sanan, make_account(session, "Tono"), Role.SELLER)
    session.commit()

    office.post(f"{KELOLA}/pengurus/{to_text(post.id)}/tautan")
    page = text(office.get(f"{KELOLA}/pengurus"))

    (path,) = set(re.findall(r"http://localhost(/tautan/[\w-]+)", page))
    assert client.get(path).status_code == 200


def test_no_link_is_made_for_somebody_whom_another_cooperative_trusts(session, sanan, office):
    tono = make_account(session, "Tono")
    post = give_post(session, sanan, tono, Role.SELLER)
    give_post(session, make_cooperative(session, "Kopi Kawi"), tono, Role.TREASURER)
    session.commit()

    answer = office.post(f"{KELOLA}/pengurus/{to_text(post.id)}/tautan")

    assert answer.status_code == 403
    assert "/tautan/" not in re.sub(r"/pengurus/[^\"]*", "", text(office.get(f"{KELOLA}/pengurus")))


def test_the_list_of_posts_asks_the_database_the_same_number_of_times(
    session, sanan, office, queried
):
    office.get(f"{KELOLA}/pengurus")
    few = len(queried)
    for number in range(30):
        give_post(session, sanan, make_account(session, f"Orang {number}"), Role.MEMBER)
    session.commit()
    queried.clear()

    office.get(f"{KELOLA}/pengurus")

    assert len(queried) <= few <= 10


# One's own cooperatives


def test_a_person_sees_all_their_cooperatives_and_posts(session, sanan, office, chair, queried):
    kopi = make_cooperative(session, "Kopi Kawi", slug="kopi-kawi")
    give_post(session, kopi, chair, Role.MEMBER)
    give_post(session, kopi, chair, Role.SELLER)
    session.commit()
    queried.clear()

    page = text(office.get("/akun"))

    assert "/k/sanan/kelola" in page
    assert "Anggota koperasi, Penjual" in page
    assert len(queried) <= 6


def test_a_person_without_a_cooperative_is_told_how_to_join(session, sign_in, client):
    assert "Belum jadi anggota" in text(sign_in(make_account(session)).get("/akun"))
    assert client.get("/akun").status_code == 302


# How it is paid


def test_payment_terms_are_set(session, sanan, office):
    data = {
        "share": "7,5", "payment_minutes": "120", "takes_qris": "y", "cash_rounding": "500",
    }  # fmt: skip

    assert office.post(f"{KELOLA}/pembayaran", data=data).status_code == 303

    session.refresh(sanan)
    assert (sanan.share_basis_points, sanan.payment_minutes) == (750, 120)
    assert sanan.cash_rounding == 500
    assert (sanan.takes_cash, sanan.takes_qris, sanan.qris_converts) == (False, True, False)
    assert 'value="7,5"' in text(office.get(f"{KELOLA}/pembayaran"))


@pytest.mark.parametrize(
    "wrong",
    [{"share": "101"}, {"share": "-1"}, {"share": "NaN"}, {"share": "1e3"}, {"share": "7,555"},
     {"share": ""}, {"payment_minutes": "4"}, {"payment_minutes": "99999"}, {"share": "²"},
     {"cash_rounding": "250"}],
)  # fmt: skip
def test_wrong_payment_terms_are_refused(session, sanan, office, wrong):
    data = {"share": "10", "payment_minutes": "60", **wrong}

    assert office.post(f"{KELOLA}/pembayaran", data=data).status_code == 422

    session.refresh(sanan)
    assert sanan.share_basis_points == 1000


def photo_of(payload: str, kind: str = "PNG") -> BytesIO:
    plain, out = BytesIO(), BytesIO()
    segno.make(payload, error="m").save(plain, kind="png", scale=6, border=6)
    Image.open(plain).convert("RGB").rotate(4, expand=True, fillcolor="white").save(out, kind)
    out.seek(0)
    return out


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_code_is_read_from_a_photo_confirmed_by_name_and_used(session, sign_in, kind):
    sanan = make_cooperative(session, "Tempe", slug="tempe", qris_payload=None, takes_qris=False)
    office, page = sign_in(make_officer(session, sanan)), "/k/tempe/kelola/pembayaran"

    asked = office.post(f"{page}/qris", data={"photo": (photo_of(STATIC_QRIS, kind), "qris.jpg")})
    path = page
    page = text(asked)
    assert asked.status_code == 200
    assert "KOP PKL VELODROME" in page
    assert "berbeda dari nama koperasi" in page
    session.refresh(sanan)
    assert sanan.qris_payload is None
    (payload,) = re.findall(r'name="payload" type="hidden" value="(\d{4}[^"]+)"', page)
    office.post(f"{path}/qris/pakai", data={"payload": payload, "qris_converts": "y"})

    session.refresh(sanan)
    assert (sanan.qris_payload, sanan.takes_qris) == (STATIC_QRIS, True)


def test_a_code_whose_name_is_the_cooperatives_says_so(session, sanan, office):
    sanan.legal_name = "Koperasi PKL Velodrome"
    session.commit()

    page = text(office.post(f"{KELOLA}/pembayaran/qris", data={"text": f"  {STATIC_QRIS}\n"}))

    assert "Namanya mirip" in page


@pytest.mark.parametrize(
    "payload",
    ["", "omong kosong", STATIC_QRIS[:-1] + "0", qris.to_dynamic(STATIC_QRIS, 15_000), "x" * 2001],
    ids=["empty", "nonsense", "broken", "dynamic", "long"],
)
def test_a_code_that_may_not_be_used_is_refused(session, sanan, office, payload):
    sanan.qris_payload = None
    session.commit()

    read = office.post(f"{KELOLA}/pembayaran/qris", data={"text": payload})
    used = office.post(f"{KELOLA}/pembayaran/qris/pakai", data={"payload": payload})

    assert (read.status_code, used.status_code) == (422, 422)
    session.refresh(sanan)
    assert sanan.qris_payload is None


def picture(size: tuple[int, int]) -> bytes:
    out = BytesIO()
    Image.new("1", size, 1).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "photo",
    [b"", b"GIF89a", b"<svg/>", photo_of(STATIC_QRIS).read()[:300], picture((40, 40)),
     picture((6000, 6000)), picture((13_000, 13_000))],
    ids=["empty", "gif", "svg", "cut", "blank", "large", "bomb"],
)  # fmt: skip
def test_a_photo_without_a_readable_code_is_refused(office, photo):
    answer = office.post(f"{KELOLA}/pembayaran/qris", data={"photo": (BytesIO(photo), "x.png")})

    assert answer.status_code == 422
    assert 'id="photo-error"' in text(answer)


OTHER_QRIS = qris.build(
    [
        (tag.tag, "KOP LAIN" if tag.tag == "59" else tag.value)
        for tag in qris.parse(STATIC_QRIS).tags
    ]
)


@pytest.mark.parametrize(
    ("other", "said"),
    [("https://contoh.id", "KOP PKL VELODROME"), (OTHER_QRIS, "Ada beberapa kode QR")],
)
def test_of_two_codes_in_a_photo_only_one_may_be_a_qris(office, other, said):
    sheet = Image.new("RGB", (1400, 700), "white")
    for place, payload in ((0, STATIC_QRIS), (700, other)):
        plain = BytesIO()
        segno.make(payload).save(plain, kind="png", scale=6, border=6)
        sheet.paste(Image.open(plain).convert("RGB"), (place, 0))
    out = BytesIO()
    sheet.save(out, "PNG")

    one = office.post(
        f"{KELOLA}/pembayaran/qris", data={"photo": (BytesIO(out.getvalue()), "x.png")}
    )

    assert said in text(one)


# Those who run the site


@pytest.fixture
def operator(session, sign_in):
    return sign_in(make_account(session, "Operator", is_operator=True))


def test_only_operators_open_their_pages(office, client):
    for path in ("/operator/koperasi", "/operator/koperasi/baru"):
        assert office.get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert office.post("/operator/koperasi/baru", data={}).status_code == 403


def test_an_operator_makes_a_cooperative_and_invites_its_chair(session, operator, sign_in):
    page = text(operator.get("/operator/koperasi/baru?q=lowokwaru"))
    assert "/operator/koperasi/baru?wilayah=35.73.05" in page
    assert operator.get("/operator/koperasi/baru?wilayah=35.73.05").status_code == 200
    data = {"wilayah": "35.73.05", "name": "Kopi Kawi", "legal_name": "Koperasi Kopi Kawi",
            "chair_name": "Pak Budi", "chair_phone": "0812 3456 7890"}  # fmt: skip

    assert operator.post("/operator/koperasi/baru", data=data).status_code == 303

    page = text(operator.get("/operator/koperasi"))
    (path,) = set(re.findall(r"http://localhost(/undangan/[\w-]+)", page))
    budi = sign_in(make_account(session, "Pak Budi"))
    welcome = budi.post(path)
    assert welcome.location in {"/k/kopi-kawi/kelola", "/k/kopi-kawi/kelola/"}
    assert budi.get(welcome.location, follow_redirects=True).status_code == 200
    assert operator.get(welcome.location, follow_redirects=True).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"slug": "A B"}, {"slug": "sanan"}, {"word": "sanan"}, {"word": "SANAN"},
     {"chair_name": ""}, {"chair_phone": "1"}],
)  # fmt: skip
def test_a_wrong_cooperative_is_not_made(session, sanan, operator, wrong):
    data = {"wilayah": "35.73.05", "name": "Kopi", "legal_name": "Koperasi Kopi",
            "chair_name": "Budi", **wrong}  # fmt: skip

    assert operator.post("/operator/koperasi/baru", data=data).status_code == 422
    assert len(session.scalars(select(Cooperative)).all()) == 1
    assert operator.post("/operator/koperasi/baru", data={"wilayah": "x"}).status_code == 303


def test_an_operator_suspends_gives_back_and_finds(session, sanan, operator):
    address = f"/operator/koperasi/{sanan.id}"
    operator.post(f"{address}/status", data={"tahan": "1"})
    session.refresh(sanan)
    assert sanan.standing is Standing.SUSPENDED
    operator.post(f"{address}/status", data={"tahan": "0"})
    session.refresh(sanan)
    assert sanan.standing is Standing.PREPARING
    assert "Tidak ada koperasi" in text(operator.get("/operator/koperasi?q=zzz"))
    assert operator.post("/operator/koperasi/31999/status").status_code == 404
    assert operator.post("/operator/koperasi/99999/status").status_code == 404


def test_a_chairs_invitation_says_which_cooperative_it_is_for(session, sanan, operator):
    operator.post(f"/operator/koperasi/{sanan.id}/undang-ketua")

    page = text(operator.get("/operator/koperasi?q=sanan"))

    assert "/undangan/" in page
    assert f"Undangan untuk ketua {sanan.name}" in page
    assert f"Ini undangan untuk mengelola {sanan.name}:" in unquote_plus(page)
    assert "Halo ," not in unquote_plus(page)


def test_the_list_of_cooperatives_does_not_ask_for_each(session, operator, queried):
    for number in range(60):
        make_cooperative(session, f"Koperasi {number}")
    session.commit()
    queried.clear()

    page = text(operator.get("/operator/koperasi"))

    assert "hal=2" in page
    assert len(queried) <= 6


def test_a_photo_takes_the_place_of_the_cloth_and_can_be_taken_off(session, sign_in):
    from io import BytesIO

    from PIL import Image

    cooperative = make_cooperative(session)
    chair = make_officer(session, cooperative)
    session.commit()
    browser = sign_in(chair)
    photo = BytesIO()
    Image.new("RGB", (900, 600), "orange").save(photo, "JPEG")
    photo.seek(0)
    path = f"/k/{cooperative.slug}/kelola/foto-toko"

    put = browser.post(path, data={"foto": (photo, "toko.jpg")})
    nothing = browser.post(path, data={})
    junk = browser.post(path, data={"foto": (BytesIO(b"<html>"), "toko.jpg")})
    session.refresh(cooperative)
    shown = cooperative.banner_file_id
    browser.post(path, data={"lepas": "1"})
    session.refresh(cooperative)

    assert (put.status_code, nothing.status_code, junk.status_code) == (303, 422, 422)
    assert shown is not None
    assert cooperative.banner_file_id is None
