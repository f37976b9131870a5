from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import NotAllowed
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Rupiah
from marketplace.listings.rules import (
    LONGEST_TITLE,
    MOST_VARIANTS,
    NEXT_STATES,
    OPERATOR,
    Availability,
    BadListing,
    Editor,
    Halal,
    ListingDraft,
    ListingState,
    Place,
    VariantDraft,
    WrongListingStep,
    check_editor,
    checked,
    clean_line,
    clean_text,
    find,
    html_of,
    is_permit,
    is_visible,
    slug_of,
    step,
    suggest,
    wording,
)

TODAY = date(2026, 11, 28)
DRAFT = ListingDraft(
    title="Keripik tempe 250 g",
    category_id=1,
    variants=(VariantDraft("", Rupiah(15_000), 24),),
)


def problems_of(**changes: object) -> dict[str, str]:
    with pytest.raises(BadListing) as bad:
        checked(replace(DRAFT, **changes), today=TODAY)  # type: ignore[arg-type]
    return {name: str(sentence) for name, sentence in bad.value.fields.items()}


# States


@pytest.mark.parametrize("current", ListingState)
@pytest.mark.parametrize("wanted", ListingState)
def test_a_listing_goes_only_where_the_table_leads(
    current: ListingState, wanted: ListingState
) -> None:
    if wanted is current or wanted in NEXT_STATES[current]:
        assert step(current, wanted) is wanted
        return
    with pytest.raises(WrongListingStep):
        step(current, wanted)


def test_a_seller_changes_only_their_own_goods() -> None:
    lilik, rara = new_id(), new_id()
    seller = Editor(new_id(), member_id=lilik, own_goods=True)

    assert seller.may_edit(lilik)
    assert not seller.may_edit(rara)
    assert not seller.may_edit(None)
    assert Editor(new_id(), all_goods=True).may_edit(rara)
    assert OPERATOR.may_edit(None)


@pytest.mark.parametrize("nobody", [Editor(), Editor(new_id(), own_goods=True)])
def test_who_has_no_right_or_no_line_in_the_register_changes_nothing(nobody: Editor) -> None:
    with pytest.raises(NotAllowed):
        check_editor(nobody, None)


# Texts


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Keripik   tempe ", "Keripik tempe"),
        ("Beras \u202egpj.exe", "Beras gpj.exe"),
        ("a\tb\r\nc", "a b c"),
        ("a\x0bb\x1fc", "a b c"),
        ("Ke\u0301dai", "Kédai"),
        ("\ufeffadmin", "admin"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("\u00a0\u2003\u3000 ", ""),
    ],
)
def test_a_line_is_put_into_one_form(typed: str, clean: str) -> None:
    assert clean_line(typed) == clean


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_invisible_letters_are_no_name() -> None:
    assert not is_visible(clean_line("\u200b\u200d"))
    assert is_visible("👩🏽‍🌾")
    assert is_visible("ꦏꦺꦴꦥꦼꦫꦱꦶ")


@given(st.text(max_size=300))
def test_a_slug_is_always_a_short_word_for_addresses(title: str) -> None:
    slug = slug_of(title)

    assert 0 < len(slug) <= 60
    assert slug.replace("-", "").isascii()
    assert slug == slug.lower()


def test_markdown_keeps_what_helps_reading() -> None:
    html = html_of("# Keripik\n\n**Renyah**, *gurih*\n\n- tempe\n- bawang\n\n[Toko](https://a.id)")

    assert "<h3>Keripik</h3>" in html
    assert "<strong>Renyah</strong>" in html
    assert "<li>bawang</li>" in html
    assert '<a href="https://a.id" rel="nofollow noopener ugc">Toko</a>' in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://track.er/x.png)",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<a href="#" onclick="alert(1)">x</a>',
        "```html\n<svg/onload=alert(1)>\n```",
        "<!-- --><iframe src=//x>",
        "<javascript:alert(1)>",
    ],
)
def test_markdown_cannot_do_harm(attack: str) -> None:
    html = html_of(attack)

    for piece in ("<script", "<img", "<svg", "<iframe", "<math", "<style", 'href="javascript',
                  'href="data', "<a href=\"#\"", "<!--"):  # fmt: skip
        assert piece not in html


@given(st.text(max_size=200))
def test_markdown_of_anything_is_some_html(text: str) -> None:
    assert isinstance(html_of(text), str)


# Drafts


def test_a_good_draft_comes_back_clean() -> None:
    clean = checked(
        replace(
            DRAFT, title="  Keripik  tempe ", unit=" Bungkus ", halal_number="X", ready_on=TODAY
        ),
        today=TODAY,
    )

    assert (clean.title, clean.unit) == ("Keripik tempe", "bungkus")
    assert clean.halal_number is None  # only with a certificate
    assert clean.ready_on is None  # only for a pre-order


def test_all_that_is_wrong_is_said_at_once() -> None:
    problems = problems_of(
        title=" ", category_id=None, variants=(VariantDraft("", None, 24),), shelf_life_days=0
    )

    assert set(problems) == {"title", "category", "variants-0-price", "shelf_life_days"}
    assert problems["variants-0-price"] == "Isi harga jual, misalnya 15.000"


@pytest.mark.parametrize("price", [0, -1, 10_000_000_001])
def test_an_impossible_price_is_refused(price: int) -> None:
    assert "variants-0-price" in problems_of(variants=(VariantDraft("", Rupiah(price), 1),))


def test_several_variants_need_names_of_their_own() -> None:
    price = Rupiah(1_000)

    problems = problems_of(
        variants=(
            VariantDraft("", price),
            VariantDraft("Pedas", price),
            VariantDraft("PEDAS", price),
        )
    )

    assert set(problems) == {"variants-0-title", "variants-2-title"}


def test_there_is_an_end_to_everything() -> None:
    many = tuple(VariantDraft(str(n), Rupiah(1)) for n in range(MOST_VARIANTS + 1))

    assert "variants" in problems_of(variants=many)
    assert "price" in problems_of(variants=())
    assert "title" in problems_of(title="a" * (LONGEST_TITLE + 1))
    assert "description" in problems_of(description="a" * 2_001)
    assert "ingredients" in problems_of(ingredients="a" * 501)
    assert "unit" in problems_of(unit="a" * 21)
    assert "variants-0-quantity" in problems_of(variants=(VariantDraft("", Rupiah(1), 1_000_001),))


def test_a_preorder_needs_a_day_to_come_and_a_limit() -> None:
    preorder = Availability.PREORDER
    no_limit = (VariantDraft("", Rupiah(1)),)

    assert "ready_on" in problems_of(availability=preorder)
    assert "ready_on" in problems_of(availability=preorder, ready_on=date(2026, 11, 27))
    assert "variants-0-quantity" in problems_of(
        availability=preorder, ready_on=TODAY, variants=no_limit
    )
    assert checked(replace(DRAFT, availability=preorder, ready_on=TODAY), today=TODAY)


def test_halal_certified_needs_its_number() -> None:
    assert "halal_number" in problems_of(halal=Halal.CERTIFIED)
    assert checked(
        replace(DRAFT, halal=Halal.CERTIFIED, halal_number="ID35110001234560122"), today=TODAY
    )


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2063573010123-28", True),
        ("P-IRT 2063573010123-28", True),
        ("PIRT 206357301012328", True),
        ("MD 224510001234", True),
        ("12345", False),
        ("belum ada", False),
        ("2063573010123-28; DROP TABLE", False),
    ],
)
def test_a_permit_number_has_the_shape_of_one(text: str, *, good: bool) -> None:
    assert is_permit(text) is good
    if not good:
        assert "food_permit" in problems_of(food_permit=text)


# Words for stock


@pytest.mark.parametrize(
    ("kind", "available", "text", "tag"),
    [
        (Availability.LIMITED, 24, "Siap sekarang", "ok"),
        (Availability.LIMITED, 6, "Sisa 6", "wait"),
        (Availability.LIMITED, 0, "Habis", ""),
        (Availability.DAILY, 0, "Habis hari ini", ""),
        (Availability.DAILY, 20, "Siap sekarang", "ok"),
        (Availability.PREORDER, 5, "Pre-order, siap 3 Des", "new"),
        (Availability.PREORDER, 0, "Habis", ""),
        (Availability.LIMITED, -3, "Habis", ""),
    ],
)
def test_stock_is_told_in_traders_words(
    kind: Availability, available: int, text: str, tag: str
) -> None:
    said = wording(kind, available, date(2026, 12, 3))

    assert (str(said.text), said.kind) == (text, tag)


def test_a_preorder_without_a_day_says_just_that() -> None:
    assert str(wording(Availability.PREORDER, 3, None).text) == "Pre-order"


# Categories

FOOD = "Makanan & minuman"
TREE = [
    Place(1, "makanan-minuman", FOOD, "", is_leaf=False),
    Place(2, "makanan-minuman/makanan-ringan/keripik", "Keripik", f"{FOOD} › Makanan ringan"),
    Place(3, "makanan-minuman/minuman/kopi-bubuk", "Kopi bubuk", f"{FOOD} › Minuman"),
    Place(4, "makanan-minuman/minuman/kopi", "Kopi", f"{FOOD} › Minuman"),
    Place(5, "fashion-pria/topi-pria/lainnya", "Lainnya", "Pakaian pria › Topi pria"),
    Place(6, "olahraga/lainnya", "Lainnya", "Olahraga"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("makanan-minuman/minuman/kopi", 4),
        (" KOPI ", 4),
        (f"{FOOD} › Minuman › Kopi bubuk", 3),
        ("/makanan-minuman/", 1),
        ("Lainnya", None),  # there are two
        ("sepeda", None),
    ],
)
def test_a_category_is_found_by_path_label_or_name(text: str, found: int | None) -> None:
    place = find(TREE, text)

    assert (place.id if place else None) == found


def test_words_of_a_title_suggest_categories_best_first() -> None:
    assert [place.id for place in suggest(TREE, "Kopi bubuk Dampit 200 g")][:2] == [3, 4]
    assert [place.id for place in suggest(TREE, "keripik tempe asli")] == [2]
    assert suggest(TREE, "??") == []
    assert len(suggest(TREE, "kopi keripik minuman", most=1)) == 1
