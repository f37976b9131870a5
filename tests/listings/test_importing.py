from __future__ import annotations

import csv
import gzip
import time
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.database.bulk import insert_many
from marketplace.files.tables import read_table
from marketplace.kernel.errors import Invalid
from marketplace.listings import queries, service
from marketplace.listings.models import Category, Listing, Variant
from marketplace.listings.rules import Availability, Editor, ListingState
from marketplace.listings.rules.market import batches, read_row
from marketplace.listings.service import importing, market
from marketplace.listings.service.importing import Action, Plan, RowsWrong
from marketplace.members.models import Member
from marketplace.web.extensions import db
from tests.listings.makers import listings_of, make_draft, shelf_of, told, variants_of
from tests.makers import SATURDAY, make_listing

GOODS = """kode;judul;varian;harga;stok;kategori;pembuat;status
K1;Keripik tempe;250 g;15.000;24;keripik;17;tayang
K1;Keripik tempe;500 g;28.000;12;keripik;17;tayang
K2;Kopi Dampit;;Rp 30.000;;makanan-minuman/minuman/kopi-bubuk;bu lilik;
"""


def planned(session: Session, sanan: Cooperative, text: str, **options: bool) -> Plan:
    return importing.plan(session, sanan, read_table(text.encode()), at=SATURDAY, **options)


def bring_in(
    session: Session, sanan: Cooperative, text: str, editor: Editor, **options: bool
) -> Plan:
    plan = planned(session, sanan, text)
    importing.carry_out(session, sanan, plan, editor=editor, at=SATURDAY, **options)
    session.expire_all()
    return plan


def actions(plan: Plan) -> list[Action]:
    return [row.action for row in plan.rows]


def test_rows_become_listings_with_variants_stock_maker_and_state(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    plan = bring_in(session, sanan, GOODS, chair)

    keripik, kopi = listings_of(session, sanan.id)
    small, large = variants_of(session, keripik.id)
    assert actions(plan) == [Action.NEW] * 3
    assert (keripik.source_ref, keripik.state) == ("K1", ListingState.PUBLISHED)
    assert keripik.published_at == SATURDAY
    assert (small.title, small.price.amount, shelf_of(session, small).available) == (
        "250 g", 15_000, 24,
    )  # fmt: skip
    assert (large.title, shelf_of(session, large).available) == ("500 g", 12)
    assert keripik.maker_id == kopi.maker_id == lilik.id
    assert (kopi.state, kopi.price_from.amount) == (ListingState.DRAFT, 30_000)
    assert queries.place(session, kopi.category_id).path.endswith("kopi-bubuk")  # type: ignore[union-attr]
    assert told(session) == [{"cooperative": sanan.id, "listings": [str(keripik.id), str(kopi.id)]}]


def test_the_same_file_again_changes_nothing(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)
    before = [(one.id, one.version, one.updated_at) for one in listings_of(session, sanan.id)]

    plan = bring_in(session, sanan, GOODS, chair)

    assert actions(plan) == [Action.SAME] * 3
    assert plan.writes == ()
    assert [(o.id, o.version, o.updated_at) for o in listings_of(session, sanan.id)] == before
    assert len(told(session)) == 1


def test_an_export_sent_back_changes_nothing_and_carries_formulas_as_text(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)
    make_listing(session, sanan, "=1+1", daily_limit=5, description="+62811|x\n=SUM(1)")
    service.create(
        session,
        sanan,
        make_draft(
            session,
            title="@SUM(1)",
            availability=Availability.PREORDER,
            ready_on=date(2026, 12, 3),
        ),
        editor=chair,
        at=SATURDAY,
    )

    data = queries.export(session, sanan.id, at=SATURDAY)
    plan = importing.plan(session, sanan, read_table(data), at=SATURDAY)

    assert [row.problems for row in plan.rows if row.problems] == []
    assert actions(plan) == [Action.SAME] * 5
    assert b";'=1+1;" in data
    assert b";'@SUM(1);" in data


def test_only_what_the_file_says_is_changed(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)

    plan = bring_in(session, sanan, "kode,judul,harga,stok\nK2,Kopi Dampit bubuk,32000,\n", chair)

    _, kopi = listings_of(session, sanan.id)
    assert actions(plan) == [Action.CHANGED]
    assert (kopi.title, kopi.price_from.amount) == ("Kopi Dampit bubuk", 32_000)
    assert kopi.maker_id == lilik.id


def test_goods_without_a_code_are_known_by_their_title(
    session: Session, sanan: Cooperative, chair: Editor
) -> None:
    make_listing(session, sanan, "Cilok", price=10_000, stock_count=7)

    plan = bring_in(session, sanan, "title,price,stock\nCILOK,10000,7\nBatagor,12000,3\n", chair)

    assert actions(plan) == [Action.CHANGED, Action.NEW]  # the title is written larger now
    assert [one.title for one in listings_of(session, sanan.id)] == ["CILOK", "Batagor"]


def test_every_wrong_row_is_named_with_its_line_and_nothing_is_kept(
    session: Session, sanan: Cooperative, chair: Editor
) -> None:
    text = (
        "judul;harga;stok;kategori;pembuat;varian\n"
        "Baik;10.000;1;keripik;;\n"
        ";10.000;1;;;\n"
        "Tanpa harga;;1;;;\n"
        "Harga aneh;1.50;dua lusin;;;\n"
        "Kategori aneh;1000;;xyz;;\n"
        "Anggota aneh;1000;;;Pak Entah;\n"
        "Baik;12.000;;;;\n"
        "Terlalu banyak;1;2;;;;lebih\n"
    )

    plan = planned(session, sanan, text)
    with pytest.raises(RowsWrong):
        importing.carry_out(session, sanan, plan, editor=chair, at=SATURDAY)

    wrong = {row.line: " ".join(map(str, row.problems)) for row in plan.rows if row.problems}
    assert set(wrong) == {2, 3, 4, 5, 6, 7, 8, 9}  # row 8 makes a second variant of row 2
    assert "Isi nama barang" in wrong[3]
    assert wrong[4] == "Isi harga jual, misalnya 15.000"
    assert "harga" in wrong[5]
    assert "stok" in wrong[5]
    assert "xyz" in wrong[6]
    assert "Pak Entah" in wrong[7]
    assert "baris 2" in wrong[8]
    assert "lebih banyak" in wrong[9]
    assert listings_of(session, sanan.id) == []


def test_good_rows_alone_are_kept_when_that_is_asked_for(
    session: Session, sanan: Cooperative, chair: Editor
) -> None:
    bring_in(session, sanan, "judul,harga\nBaik,1000\nBuruk,abc\n", chair, partial=True)

    assert [one.title for one in listings_of(session, sanan.id)] == ["Baik"]


def test_a_listing_with_several_variants_is_not_squeezed_into_one(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)

    plan = planned(session, sanan, "kode,judul,harga\nK1,Keripik tempe,1000\n")

    assert actions(plan) == [Action.WRONG]


def test_a_lone_variant_is_renamed_by_the_row_that_names_it(
    session: Session, sanan: Cooperative, chair: Editor
) -> None:
    cilok = make_listing(session, sanan, "Cilok", price=10_000)

    plan = bring_in(session, sanan, "judul,varian,harga\nCilok,Isi 10,10000\n", chair)

    assert actions(plan) == [Action.CHANGED]
    assert [one.title for one in variants_of(session, cilok.listing_id)] == ["Isi 10"]


def test_a_title_that_two_listings_share_needs_a_code(session: Session, sanan: Cooperative) -> None:
    for price in (10_000, 12_000):
        make_listing(session, sanan, "Cilok", price=price)

    plan = planned(session, sanan, "judul,harga\nCilok,11000\n")

    assert [str(problem) for problem in plan.rows[0].problems] == [
        "Ada beberapa barang bernama ini. Isi kolom kode."
    ]


def test_a_code_longer_than_a_shelf_label_is_refused(session: Session, sanan: Cooperative) -> None:
    plan = planned(session, sanan, f"kode,judul,harga\n{'K' * 81},Cilok,11000\n")

    assert [str(problem) for problem in plan.rows[0].problems] == ["Kode paling panjang 80 huruf."]


def test_states_go_only_where_they_may(
    session: Session, sanan: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)
    head = "kode;judul;harga;status\n"

    both = "K1;Keripik tempe;250 g;15000;draf\nK1;Keripik tempe;500 g;28000;draf\n"
    to_draft = planned(session, sanan, f"kode;judul;varian;harga;status\n{both}")
    bring_in(session, sanan, f"{head}K2;Kopi Dampit;30000;arsip\n", chair)
    bring_in(session, sanan, f"{head}K2;Kopi Dampit;30000;tayang\n", chair)
    sanan.standing = Standing.SUSPENDED
    suspended = planned(session, sanan, f"{head}K3;Baru;1000;tayang\n")

    assert to_draft.wrong == 2
    assert listings_of(session, sanan.id)[1].state is ListingState.PUBLISHED
    assert suspended.wrong == 1


def test_new_goods_are_shown_at_once_when_that_is_asked_for(
    session: Session, sanan: Cooperative
) -> None:
    plan = planned(session, sanan, "judul,harga\nKeripik singkong,1000\n", publish=True)

    assert plan.writes[0].state is ListingState.PUBLISHED


def test_another_cooperatives_codes_mean_nothing_here(
    session: Session, sanan: Cooperative, velodrome: Cooperative, chair: Editor, lilik: Member
) -> None:
    bring_in(session, sanan, GOODS, chair)

    plan = importing.plan(
        session, velodrome, read_table(b"kode,judul,harga\nK2,Kopi,1000\n"), at=SATURDAY
    )

    assert actions(plan) == [Action.NEW]


@pytest.mark.slow
def test_two_thousand_rows_come_in_within_seconds_and_again_as_nothing(
    session: Session, sanan: Cooperative, chair: Editor
) -> None:
    rows = "\n".join(f"R{n};Keripik nomor {n};{1000 + n};{n % 50};keripik" for n in range(2_000))
    text = f"kode;judul;harga;stok;kategori\n{rows}\n"
    started = time.monotonic()

    first = bring_in(session, sanan, text, chair)
    second = planned(session, sanan, text)

    assert first.count(Action.NEW) == second.count(Action.SAME) == 2_000
    assert time.monotonic() - started < 30


# The real market


def lines(count: int, **changes: str) -> list[dict[str, str | None]]:
    return [
        {
            "ref": f"ref{n}",
            "title": f"Keripik {n}",
            "category": "makanan-minuman/makanan-ringan/keripik",
            "price": str(1000 + n),
            "list_price": "99000" if n % 2 else "",
            "seller": str(n % 7),
            "sold": "12",
            **changes,
        }
        for n in range(count)
    ]


def load(session: Session, rows: list[dict[str, str | None]], count: int = 3) -> market.Market:
    homes = market.open_cooperatives(session, count, at=SATURDAY)
    loading = market.Market(session, homes)
    for batch in batches(rows, 10):
        loading.load(session, batch, at=SATURDAY)
    return loading


def test_sellers_are_spread_over_open_cooperatives_and_stay_together(session: Session) -> None:
    tally = load(session, lines(42)).tally

    homes = market.open_cooperatives(session, 3, at=SATURDAY)
    rows = session.execute(
        select(Listing.cooperative_id, Listing.source_ref, Variant.list_price).join(
            Variant, Variant.listing_id == Listing.id
        )
    ).all()
    by_seller: dict[int, set[int]] = {}
    for home, ref, _ in rows:
        by_seller.setdefault(int(ref.removeprefix("ref")) % 7, set()).add(home)
    assert (tally.new, len(rows)) == (42, 42)
    assert all(len(found) == 1 for found in by_seller.values())
    assert set.union(*by_seller.values()) <= set(homes)
    assert sum(1 for row in rows if row[2]) == 21
    variant = session.scalars(select(Variant).limit(1)).one()
    assert shelf_of(session, variant).available >= 5


def test_unreadable_lines_of_the_market_are_counted_and_the_others_kept(
    session: Session,
) -> None:
    tally = load(session, [*lines(3), *lines(2, price="gratis")]).tally

    assert (tally.new, tally.wrong, tally.seen) == (3, 2, 5)


def test_the_market_a_second_time_changes_nothing_and_later_only_what_changed(
    session: Session,
) -> None:
    load(session, lines(20))

    again = load(session, lines(20)).tally
    dearer = load(session, [*lines(19), *lines(20, price="5000", title="Baru")[19:]]).tally

    assert (again.new, again.changed, again.same) == (0, 0, 20)
    assert (dearer.new, dearer.changed, dearer.same) == (0, 1, 19)
    changed = session.scalars(select(Listing).where(Listing.source_ref == "ref19")).one()
    assert (changed.title, changed.slug, changed.price_from.amount) == ("Baru", "baru", 5_000)
    assert variants_of(session, changed.id)[0].price.amount == 5_000


def test_a_market_keeps_the_number_of_its_cooperatives(session: Session) -> None:
    load(session, lines(3))

    with pytest.raises(Invalid, match="3 koperasi"):
        market.open_cooperatives(session, 4, at=SATURDAY)


def test_words_for_pickup_codes_are_letters_and_all_different() -> None:
    words = {market._letters(number) for number in range(1, 501)}

    assert len(words) == 500
    assert all(word.isalpha() for word in words)


@pytest.mark.parametrize(
    "changes",
    [{"price": ""}, {"price": "0"}, {"price": "1.5"}, {"title": " \u200b"}, {"ref": ""},
     {"price": "99999999999999"}],
)  # fmt: skip
def test_a_line_without_what_a_listing_needs_is_passed_over(changes: dict[str, str]) -> None:
    line = lines(1, **changes)[0]

    assert read_row(line) is None or changes.get("title")


def test_an_unknown_category_falls_back_to_the_nearest_one(session: Session) -> None:
    load(session, [*lines(1, ref="a", category="makanan-minuman/minuman/xyz"),
                   *lines(1, ref="b", category="")])  # fmt: skip

    rows = session.execute(
        select(Listing.source_ref, Category.path)
        .join(Category, Category.id == Listing.category_id)
        .where(Listing.source_ref.is_not(None))
    )
    found = {ref: path for ref, path in rows}  # noqa: C416 - a row is no pair to mypy
    assert found == {"a": "makanan-minuman/minuman", "b": "lainnya"}


def test_the_real_market_fits(session: Session, real_data: Path) -> None:
    with gzip.open(real_data / "products-id.csv.gz", "rt", newline="") as file:
        rows = [line for line, _ in zip(csv.DictReader(file), range(3_000), strict=False)]

    first, second = load(session, rows, 20), load(session, rows, 20)

    assert (first.tally.new, first.tally.wrong) == (3_000, 0)
    assert (second.tally.same, second.tally.new) == (3_000, 0)
    other = session.scalar(
        select(func.count()).select_from(Listing).join(Category).where(Category.path == "lainnya")
    )
    assert (other or 0) < 5


def test_many_rows_of_nothing_are_nothing(session: Session) -> None:
    insert_many(session, Variant, [])


# Commands


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output


@pytest.fixture
def ready(own_app: Flask) -> Flask:
    with own_app.app_context():
        upgrade()
        db.session.remove()
    return own_app


def test_the_command_brings_in_a_file_or_says_why_not(ready: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("judul,harga,stok\nKeripik,1000,3\n")
    bad.write_text("judul,harga\nKopi,2000\nTeh,abc\n")
    with ready.app_context():
        market.open_cooperatives(db.session(), 1, at=SATURDAY)
        db.session.commit()
        db.session.remove()

    dry = run(ready, "listings", "import", "pasar-1", str(good), "--dry-run")
    real = run(ready, "listings", "import", "pasar-1", str(good))
    again = run(ready, "listings", "import", "pasar-1", str(good))
    refused = run(ready, "listings", "import", "pasar-1", str(bad))
    partly = run(ready, "listings", "import", "pasar-1", str(bad), "--partial")
    nowhere = run(ready, "listings", "import", "entah", str(good))

    assert (dry[0], real[0], again[0], refused[0], partly[0], nowhere[0]) == (0, 0, 0, 1, 0, 1)
    assert "1 baru" in dry[1]
    assert "1 sama" in again[1]
    assert "3\tsalah\tTeh" in refused[1]
    with ready.app_context():
        titles = list(db.session().scalars(select(Listing.title).order_by(Listing.title)))
    assert titles == ["Keripik", "Kopi"]


def test_the_command_for_the_market_ends_with_a_call_for_a_new_index(
    ready: Flask, tmp_path: Path, database: str
) -> None:
    file = tmp_path / "market.csv.gz"
    with gzip.open(file, "wt", newline="") as out:
        writer = csv.DictWriter(out, [*lines(1)[0]])
        writer.writeheader()
        writer.writerows(lines(25))
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(file.read_bytes()[:-20])

    first = run(ready, "market", "import", str(file), "--cooperatives", "2")
    second = run(ready, "market", "import", str(file), "--cooperatives", "2")
    refused = run(ready, "market", "import", str(broken), "--cooperatives", "2")

    assert "25 new, 0 changed, 0 unchanged" in first[1]
    assert "0 new, 0 changed, 25 unchanged" in second[1]
    assert refused[0] == 1
    with ready.app_context():
        assert len(told(db.session(), "search.rebuild_asked")) == 1
