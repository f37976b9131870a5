"""The filters, macros and page frames that every page is built from."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import wtforms
from babel.messages.pofile import read_po
from flask import Flask, flash, g, render_template, render_template_string
from flask_babel import Babel
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from jinja2.ext import babel_extract
from wtforms import validators
from wtforms.fields import SelectChoice

from marketplace.kernel.money import Rupiah
from marketplace.web import components

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SATURDAY = datetime(2026, 11, 14, 7, 30, tzinfo=UTC)
SPACE = "\u00a0"


class RupiahField(wtforms.StringField):
    """Stands for the product's own field: macros go by the name of the type."""


class ListingForm(FlaskForm):
    class Meta(FlaskForm.Meta):
        csrf = False

    name = wtforms.StringField("Nama barang", description="Sebut rasa dan isi.")
    price = RupiahField("Harga jual", [validators.InputRequired("Isi harga jual, misalnya 15.000")])
    unit = wtforms.SelectField("Dijual per", choices=["porsi", "bungkus"])
    story = wtforms.TextAreaField("Cerita singkat")
    kind = wtforms.RadioField(
        "Ketersediaan",
        choices=[SelectChoice("stok", "Stok terbatas"), SelectChoice("harian", "Tiap hari")],
    )
    ways = wtforms.SelectMultipleField(
        "Cara terima", choices=[SelectChoice("ambil", "Ambil"), SelectChoice("antar", "Antar")]
    )
    message = wtforms.BooleanField("Kabari lewat WhatsApp")
    password = wtforms.PasswordField("Kata sandi")
    key = wtforms.HiddenField(default="k-1")


@pytest.fixture(scope="module")
def site() -> Flask:
    site = Flask("site", template_folder=str(ROOT / "templates"), static_folder=None)
    site.config.update(SECRET_KEY="test", TESTING=True)
    Babel(site, default_locale="id", locale_selector=lambda: g.get("language", "id"))
    components.register(site)
    return site


@pytest.fixture
def show(site):
    with site.test_request_context("/cari?q=kopi"):
        yield lambda source, **values: render_template_string(source, **values)


def macro(show, file: str, call: str, **values) -> str:
    return show(
        f"{{% import '_components/{file}.html' as part with context %}}{{{{ part.{call} }}}}",
        **values,
    )


# Filters


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Rupiah(12_500), "Rp 12.500"),
        (0, "Rp 0"),
        (-340_000, "−Rp 340.000"),
        (1_250_000, "Rp 1.250.000"),
    ],
)
def test_rupiah_never_break_across_lines(amount, text):
    assert components.rupiah(amount) == text.replace(" ", SPACE)


def test_a_ledger_amount_carries_its_sign():
    assert components.rupiah_bertanda(Rupiah(185_000)) == f"+Rp{SPACE}185.000"
    assert components.rupiah_bertanda(-5) == f"−Rp{SPACE}5"
    assert components.rupiah_bertanda(0) == f"Rp{SPACE}0"


@given(st.integers(-(10**12), 10**12))
def test_a_grouped_number_reads_back_as_itself(number):
    assert int(components.angka(number).replace(".", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.5, "1,5"), (2, "2"), (1234.56, "1.234,56"), (-0.25, "−0,25"), (0.999, "1")],
)
def test_decimals_use_a_comma(number, text):
    assert components.desimal(number) == text


@pytest.mark.parametrize(
    ("grams", "text"), [(250, "250 g"), (1500, "1,5 kg"), (1000, "1 kg"), (999, "999 g")]
)
def test_a_weight_reads_like_a_shop_label(grams, text):
    assert components.berat(grams) == text.replace(" ", SPACE)


def test_days_and_hours_are_malangs(show):
    late = datetime(2026, 11, 14, 18, 5, tzinfo=UTC)

    assert show("{{ at|tanggal }}", at=SATURDAY) == "Sabtu, 14 November 2026"
    assert show("{{ at|tanggal }}", at=late) == "Minggu, 15 November 2026"
    assert show("{{ at|hari }}", at=date(2026, 11, 14)) == "Sabtu, 14 November"
    assert show("{{ at|waktu }}", at=SATURDAY) == "14 Nov 2026, 14.30"
    assert show("{{ at|jam }}", at=late) == "01.05"
    assert show("{{ 870|jam }}") == "14.30"


def test_days_and_hours_speak_english_too(show):
    g.language = "en"

    assert show("{{ at|tanggal }}", at=SATURDAY) == "Saturday, 14 November 2026"
    assert show("{{ at|waktu }}", at=SATURDAY) == "14 Nov 2026, 14:30"


@pytest.mark.parametrize(
    "number", ["081234567890", "+6281234567890", "0812-3456-7890", "62 812 3456 7890"]
)
def test_a_telephone_number_is_read_in_any_shape(number):
    assert components.telepon(number) == "0812 3456 7890"
    assert components.nomor_wa(number) == "6281234567890"
    assert components.telepon_samar(number) == "0812••7890"


def test_a_short_number_is_hidden_whole():
    assert components.telepon_samar("0341123") == "••••"


def test_a_whatsapp_link_carries_its_text():
    assert components.tautan_wa("081234567890") == "https://wa.me/6281234567890"
    assert components.tautan_wa(None, "Ayo & ikut") == "https://wa.me/?text=Ayo%20%26%20ikut"


# Static files and icons


def test_a_static_address_changes_with_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(components, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("one")
    before = components.static_url("a.css")

    (tmp_path / "a.css").write_text("three")
    components._fingerprint.cache_clear()

    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{8}", before)
    assert components.static_url("a.css") != before


def test_an_icon_is_decoration_unless_it_has_a_name():
    assert 'aria-hidden="true"' in components.icon("check")
    assert 'role="img" aria-label="Lunas &amp; siap"' in components.icon("check", "Lunas & siap")


def test_an_unknown_icon_is_a_fault_at_once():
    with pytest.raises(LookupError, match="gajah"):
        components.icon("gajah")


# Small reckonings


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_shares_fill_the_line_from_start_to_end(parts):
    shares = components.share_of(parts)

    if sum(parts):
        assert sum(width for _, width in shares) == pytest.approx(100, abs=0.1)
    assert all(0 <= start <= 100 for start, _ in shares)


def test_shares_understand_rupiah():
    assert components.share_of([Rupiah(13_500), Rupiah(1_500)]) == [(0.0, 90.0), (90.0, 10.0)]


@pytest.mark.parametrize(
    ("page_number", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 12, [1, None, 4, 5, 6, None, 12]),
        (3, 9, [1, 2, 3, 4, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_pages_far_away_give_way_to_a_gap(page_number, pages, shown):
    assert components.pages_around(page_number, pages) == shown


@given(pages=st.integers(1, 500), data=st.data())
def test_first_last_and_current_page_are_always_there(pages, data):
    current = data.draw(st.integers(1, pages))

    shown = [number for number in components.pages_around(current, pages) if number]

    assert {1, current, pages} <= set(shown)
    assert shown == sorted(set(shown))


# Forms


def filled(**values) -> ListingForm:
    form = ListingForm(formdata=None, data={"unit": "porsi", "kind": "stok", **values})
    form.validate()
    return form


def test_the_summary_leads_to_every_field_that_is_wrong(show):
    form = filled()

    html = macro(show, "forms", "error_summary(form)", form=form)

    assert 'role="alert" tabindex="-1" autofocus' in html
    assert "Ada 1 hal yang perlu dibetulkan" in html
    assert '<a href="#price">Isi harga jual, misalnya 15.000</a>' in html


def test_a_form_without_mistakes_has_no_summary(show):
    assert (
        macro(show, "forms", "error_summary(form)", form=ListingForm(formdata=None)).strip() == ""
    )


def test_problems_of_the_whole_form_and_of_hidden_fields_lead_nowhere(show):
    form = filled()
    form.form_errors.append("Stok berubah.")
    form.key.errors = ["Kunci hilang."]

    assert components.form_problems(form) == [
        ("", "Stok berubah."),
        ("price", "Isi harga jual, misalnya 15.000"),
        ("", "Kunci hilang."),
    ]


def test_problems_nested_in_lists_and_parts_are_found(show):
    class Line(wtforms.Form):
        amount = wtforms.IntegerField(validators=[validators.InputRequired("Isi jumlah.")])

    class Lines(wtforms.Form):
        lines = wtforms.FieldList(wtforms.FormField(Line), min_entries=2)
        note = wtforms.FormField(Line)

    form = Lines()
    form.validate()

    assert components.form_problems(form) == [
        ("lines-0-amount", "Isi jumlah."),
        ("lines-1-amount", "Isi jumlah."),
        ("note-amount", "Isi jumlah."),
    ]
    assert components.field_problem(form.note) == "Isi jumlah."
    assert components.form_problems(None) == []


def test_a_wrong_field_says_so_in_words_and_to_screen_readers(show):
    html = macro(show, "forms", "field(form.price)", form=filled())

    assert '<div class="f err">' in html
    assert 'aria-describedby="price-error" aria-invalid="true"' in html
    assert 'id="price-error"' in html
    assert "Isi harga jual, misalnya 15.000</span>" in html
    assert "<span>Rp</span>" in html
    assert 'inputmode="numeric"' in html


def test_a_hint_is_tied_to_its_field_and_the_value_is_kept(show):
    html = macro(
        show,
        "forms",
        "field(form.name, optional=true, maxlength=80)",
        form=filled(name="Cilok <isi>"),
    )

    assert '<p class="hint" id="name-hint">Sebut rasa dan isi.</p>' in html
    assert 'aria-describedby="name-hint"' in html
    assert 'maxlength="80"' in html
    assert 'value="Cilok &lt;isi&gt;"' in html
    assert "(boleh kosong)" in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unit", "<select"),
        ("story", "<textarea"),
        ("password", 'type="password"'),
        ("message", '<label class="ck" for="message">'),
        (
            "kind",
            '<label class="pick"><input type="radio" name="kind" value="stok" id="kind-0" checked>',
        ),
        ("ways", '<input type="checkbox" name="ways" value="ambil" id="ways-0">'),
    ],
)
def test_each_kind_of_field_draws_itself(show, name, expected):
    html = macro(show, "forms", f"field(form.{name})", form=filled())

    assert expected in html


def test_choice_rows_take_a_second_line_and_an_icon(show):
    html = macro(
        show,
        "forms",
        "field(form.kind, texts={'stok': 'Berkurang tiap pesanan'}, icons={'stok': 'package'})",
        form=filled(),
    )

    assert "Berkurang tiap pesanan" in html
    assert "#package" in html


def test_something_may_stand_after_a_field(show):
    html = macro(show, "forms", "field(form.name, after='kg', short=true)", form=filled())

    assert '<div class="affix short">' in html
    assert 'class="inp before"' in html
    assert '<span class="after">kg</span>' in html


def test_hidden_fields_travel_along(show):
    assert 'value="k-1"' in macro(show, "forms", "hidden_fields(form)", form=filled())


def test_a_stepper_works_by_submitting_and_enter_sends_the_typed_number(show):
    html = macro(show, "forms", "stepper('jumlah', 2, 'Keripik', max=9)")

    first, minus, plus = re.findall(r"<button[^>]*>", html)
    assert "name=" not in first
    assert 'name="delta" value="-1" aria-label="Kurangi Keripik"' in minus
    assert 'name="delta" value="1" aria-label="Tambah Keripik"' in plus
    assert 'data-min="0" data-max="9"' in html


def test_a_stepper_takes_an_amount_as_people_write_it(show):
    """A number field would turn 1.000 into one before we ever saw it."""
    html = macro(show, "forms", "stepper('jumlah', 2, 'Keripik')")

    assert '<input type="text" inputmode="numeric"' in html


def test_a_form_takes_the_token_of_the_app(show):
    assert macro(show, "forms", "csrf()") == ""
    assert 'value="t0ken"' in macro(show, "forms", "csrf()", csrf_token=lambda: "t0ken")


# Macros


def test_a_tile_shows_price_maker_and_state_in_words(show):
    html = macro(
        show,
        "tiles",
        "tile('/b/1', 'Keripik <b>', price, 'bungkus', 'Bu Lilik', drawing('keripik'),"
        " ('Sisa 6', 'wait'))",
        price=Rupiah(15_000),
    )

    assert '<h3><a href="/b/1">Keripik &lt;b&gt;</a></h3>' in html
    assert f"Rp{SPACE}15.000" in html
    assert "/ bungkus" in html
    assert "Sisa 6</span>" in html
    assert '<svg class="art"' in html


def test_a_photo_has_its_size_and_waits_unless_it_is_first(show):
    assert 'width="320" height="320" decoding="async" loading="lazy"' in macro(
        show, "tiles", "photo('/f/1')"
    )
    assert 'fetchpriority="high"' in macro(show, "tiles", "photo('/f/1', eager=true)")


def test_a_pool_bar_tells_its_count_to_those_who_cannot_see_it(show):
    html = macro(show, "tumpal", "tumpal_bar(50, 47, 36, 38, 20)")

    assert 'role="img" aria-label="47 dari 50 terisi"' in html
    assert 'class="tp tp-2"' in html
    assert re.findall(r'<path class="(\w+)"', html) == ["f2", "f1", "me", "no"]


def test_the_key_of_a_big_pool_says_what_one_triangle_is(show):
    assert "1 segitiga = 5 karton" in macro(
        show, "tumpal", "tumpal_key([('f1', 'terisi')], 480, 'karton')"
    )
    assert "segitiga" not in macro(show, "tumpal", "tumpal_key([('f1', 'terisi')], 100, 'karton')")


def test_bars_never_leave_their_box(show):
    assert 'width="100"' in macro(show, "tumpal", "amount_bar(30, 10)")
    assert 'width="1"' in macro(show, "tumpal", "amount_bar(0, 10)")
    assert 'width="1"' in macro(show, "tumpal", "amount_bar(0, 0)")
    assert 'class="spark still"' in macro(show, "tumpal", "spark([3, 0], '2 minggu')")
    assert "<svg" in macro(show, "tumpal", "spark([0, 0], '2 minggu')")


def test_a_share_bar_names_every_part_and_its_amount(show):
    html = macro(
        show,
        "share",
        "share_bar(parts)",
        parts=[("Bu Lilik", Rupiah(13_500), "nila"), ("Koperasi", 1_500, "kunyit")],
    )

    assert f'aria-label="Bu Lilik Rp{SPACE}13.500, Koperasi Rp{SPACE}1.500"' in html
    assert '<rect class="fill-nila" x="0.0" width="90.0" height="1"/>' in html


def test_a_ladder_strikes_the_past_and_marks_the_present(show):
    html = macro(
        show,
        "ladder",
        "ladder([('past', '1–19', '', 412000), ('now', '20–49', 'Sekarang', 396000),"
        " ('next', '50', 'Kurang 3', 380000)])",
    )

    assert f"<s>Rp{SPACE}412.000</s>" in html
    assert '<li class="now" aria-current="step">' in html
    assert "<b>50</b>" in html


def test_a_timeline_says_done_and_stopped_in_words(show):
    html = macro(
        show,
        "timeline",
        "timeline([('done', 'Lunas', '09.14'), ('cur', 'Siap', ''), ('stop', 'Batal', '')])",
    )

    assert "Selesai: " in html
    assert "Berhenti: " in html
    assert 'class="cur" aria-current="step"' in html


def test_a_table_names_its_cells_for_the_phone_and_tints_my_row(show):
    html = macro(
        show,
        "table",
        "table('Anggota', [('Nama', ''), ('Karton', 'num')],"
        " [['Dewi', 10], (['Rara', 2], 'me')], ['Bersama', 12])",
    )

    assert '<caption class="vh">Anggota</caption>' in html
    assert '<td role="cell" data-label="Karton" class="num">10</td>' in html
    assert '<tr role="row" class="me">' in html
    assert "<tfoot" in html


def test_numbered_pages_know_where_they_are(show):
    html = macro(show, "pagination", "pagination(5, 12, '/cari?hal={}')")

    assert '<a href="/cari?hal=5" aria-current="page" aria-label="Halaman 5">5</a>' in html
    assert 'href="/cari?hal=4" rel="prev"' in html
    assert macro(show, "pagination", "pagination(1, 1, '?hal={}')").strip() == ""


def test_breadcrumbs_end_at_this_page(show):
    html = macro(show, "breadcrumbs", "breadcrumbs([('Semua', '/'), ('Kopi', '/kategori/kopi')])")

    assert '<a class="tapl" href="/">Semua</a>' in html
    assert '<span aria-current="page">Kopi</span>' in html


def test_an_empty_state_offers_one_next_step(show):
    html = macro(
        show, "notes", "empty('Keranjang masih kosong', 'Ada 18 barang.', '/cari', 'Lihat barang')"
    )

    assert '<a class="btn" href="/cari">Lihat barang</a>' in html
    assert '<svg class="motif"' in html


def test_a_flashed_deed_can_be_undone_without_script(show):
    flash({"text": "VELO-32 diserahkan.", "undo": "/urung", "values": {"ke": "siap"}}, "toast")
    flash("Tersimpan.", "ok")

    html = macro(show, "notes", "flashes()", csrf_token=lambda: "t")

    assert '<form method="post" action="/urung"' in html
    assert '<input type="hidden" name="ke" value="siap">' in html
    assert 'class="note ok mb-4"' in html


@pytest.mark.parametrize(
    "call",
    [
        "button('Simpan', 'bareng', 'plus', 'lg full', 'aksi', 'simpan')",
        "link_button('Lihat', '/cari', 'line', 'search')",
        "post_button('/x', 'Setujui', values={'a': 1})",
        "icon_link('bell', 'Pemberitahuan', '/', 2, edge=true)",
        "script_button('Salin', 'copy', 'teks')",
        "share('Ayo', 'https://contoh.id/k/velo')",
    ],
)
def test_every_kind_of_button_has_words(show, call):
    html = macro(show, "buttons", call)

    assert re.search(r"(aria-label=\"\w+\"|>[A-Z]\w+)", html)


def test_a_script_button_is_hidden_until_script_runs(show):
    assert 'hidden data-copy="teks"' in macro(
        show, "buttons", "script_button('Salin', 'copy', 'teks')"
    )


@pytest.mark.parametrize("state", ["ok", "wait", "bad", "new", "bareng", ""])
def test_every_state_is_icon_and_word(show, state):
    html = macro(show, "tags", "tag('Lunas', state)", state=state)

    assert "<use href=" in html
    assert "Lunas" in html


def test_money_is_readable_by_machines_and_by_ear(show):
    assert 'value="12500"' in macro(show, "money", "rupiah(price, 'Total')", price=Rupiah(12_500))
    assert '<span class="vh">Total </span>' in macro(show, "money", "rupiah(12500, 'Total')")
    assert "in-amt" in macro(show, "money", "signed(5)")
    assert "in-amt" not in macro(show, "money", "signed(-5)")
    assert '<div class="tot"><dt>Total</dt>' in macro(
        show, "money", "sums([('Barang', 1)], ('Total', 1))"
    )


# Page frames


class Velodrome:
    slug = "velo"
    name = "Velodrome Rukun Jaya"


class Rara:
    name = "Mbak Rara"


def frame(show, name: str, **values) -> str:
    title = "{% block title %}Judul{% endblock %}"
    main = "{% block main %}<h1>Isi</h1>{% endblock %}"
    return show(f"{{% extends '_layout/{name}.html' %}}{title}{main}", **values)


@pytest.mark.parametrize("name", ["base", "app", "plain"])
def test_every_frame_has_one_heading_one_main_and_a_way_past_the_menu(show, name):
    html = frame(show, name, cooperative=Velodrome())

    assert html.startswith('<!doctype html>\n<html lang="id">')
    assert html.count("<main ") == html.count("<h1") == 1
    assert html.index('class="skip" href="#isi"') < html.index('id="isi"')
    assert "<title>Judul · Guyub</title>" in html
    assert "Undefined" not in html


def test_the_title_says_that_something_is_wrong_first(show):
    assert "<title>Salah: Judul" in frame(show, "base", form=filled())


def test_the_header_speaks_the_number_in_the_cart(show):
    assert 'aria-label="Keranjang, 3 barang"' in frame(show, "base", cart_count=3)
    assert 'aria-label="Keranjang"' in frame(show, "base")


def test_guests_are_led_to_sign_in_and_members_to_their_account(show):
    assert 'href="/masuk"' in frame(show, "base")
    assert 'aria-label="Akun Mbak Rara"' in frame(show, "base", me=Rara())


def test_the_language_switch_comes_back_to_this_page(show):
    assert 'href="/bahasa/en?lanjut=/cari%3Fq%3Dkopi" lang="en"' in frame(show, "base")
    assert 'href="/bahasa/id?lanjut=/cari%3Fq%3Dkopi" lang="id"' in frame(
        show, "base", language=lambda: "en"
    )


def test_the_back_office_menu_shows_only_what_a_person_may_open(show):
    seller = frame(
        show, "app", cooperative=Velodrome(), me=Rara(), my_permissions={"EDIT_OWN_LISTINGS"}
    )
    chair = frame(
        show,
        "app",
        cooperative=Velodrome(),
        me=Rara(),
        my_permissions={"SEE_BOARD", "SEE_MEMBERS"},
        nav="pesanan",
        counts={"pesanan": 3},
    )

    assert seller.count('href="/k/velo/kelola/barang"') == 2
    assert "/kelola/pesanan" not in seller
    assert 'href="/k/velo/kelola/pesanan" aria-current="page"' in chair
    assert '<span class="n">3</span>' in chair
    assert "Velodrome Rukun Jaya" in chair


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429, 500, 502, 503]
)
def test_every_refusal_says_what_happened_and_what_to_do(show, status):
    html = show("{% include 'errors/error.html' %}", status=status, message=None)

    assert html.count("<h1") == 1
    assert '<a class="btn" href="/' in html


def test_a_refusal_shows_the_rules_own_sentence(show):
    html = render_template("errors/error.html", status=409, message="Tinggal 1 bungkus.")

    assert "Tinggal 1 bungkus." in html


def test_a_fault_does_not_promise_that_no_money_moved(show):
    html = render_template("errors/error.html", status=500, message=None)

    assert "Cek dulu di Pesanan sebelum membayar lagi." in html


def test_the_component_page_shows_everything(show):
    html = render_template("components/show.html", form=filled())

    assert html.count("<h1") == 1
    assert html.count('class="tp') >= 7
    assert "style=" not in html


# All templates, also those not yet written


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_no_template_carries_inline_styles_scripts_or_handlers(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"<style[\s>]", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    assert "javascript:" not in source
    assert "hx-on" not in source
    assert all(
        " src=" in tag or 'type="application/ld+json"' in tag
        for tag in re.findall(r"<script[^>]*>", source)
    )


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_every_icon_a_template_names_is_in_the_sprite(path):
    named = re.findall(r"\bicon\('([\w-]+)'|icon_name='([\w-]+)'", path.read_text())

    assert {one or other for one, other in named} <= components.icon_names()


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_no_template_is_longer_than_two_hundred_lines(path):
    assert len(path.read_text().splitlines()) <= 200


# Translation


def own_messages() -> set[str]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    found: set[str] = set()
    for folder in ("_layout", "_components", "errors"):
        for path in (ROOT / "templates" / folder).glob("*.html"):
            with path.open("rb") as file:
                messages = babel_extract(file, {"_": None, "ngettext": (1, 2)}, [], options)
                found |= {
                    text[0] if isinstance(text, tuple) else text for _, _, text, _ in messages
                }
    return found


def test_every_sentence_of_frames_and_macros_has_its_english():
    with (ROOT / "translations" / "en" / "design.po").open("rb") as file:
        catalogue = read_po(file, locale="en")

    missing = {
        text for text in own_messages() if not (catalogue.get(text) and catalogue[text].string)
    }

    assert missing == set()
    assert not [message for message in catalogue if message.id and list(message.check())]
