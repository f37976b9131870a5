from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.kernel.ids import to_text
from marketplace.supply import queries, service
from marketplace.supply.models import BaseUnit, RequestLine, RequestLineEvent
from marketplace.supply.rules import same_words
from marketplace.supply.service import Wanted
from tests.makers import SATURDAY, make_cooperative, make_member, make_officer


@pytest.mark.parametrize("text", ["gula aren 1 kg", "Gula  Aren 1kg", "1 KG gula, aren"])
def test_the_same_good_in_other_words_is_the_same(text):
    assert same_words(text) == same_words("Gula aren 1 kg")


@pytest.mark.parametrize("text", ["Gula aren 2 kg", "Gula 1 kg", "Gula aren 1,5 kg", "!"])
def test_another_good_or_size_is_another(text):
    assert same_words(text) != same_words("Gula aren 1 kg")


@given(words=st.lists(st.text(st.characters(categories=["Ll"]), min_size=1), min_size=1))
def test_the_order_of_words_never_matters(words):
    assert same_words(" ".join(words)) == same_words(" ".join(reversed(words)))


@given(text=st.text())
def test_any_text_has_some_meaning(text):
    assert len(same_words(text)) > 0


def test_an_officer_names_all_that_mean_the_same_with_one_tap(session, sign_in):
    shop = make_cooperative(session, "Velodrome Rukun Jaya")
    officer = make_officer(session, shop)
    sugar = service.add_item(
        session, shop.id, name="Gula aren", base_unit=BaseUnit.GRAM, unit="kg", factor=1000,
        at=SATURDAY,
    )  # fmt: skip
    said = {"Bu Sri": "Gula aren 1 kg", "Cak Arif": "gula aren 1kg", "Mbak Rara": "Tabung gas"}
    for name, words in said.items():
        service.ask(
            session, make_member(session, shop, name), Wanted(2), item=None, words=words,
            entered_by=officer.id, at=SATURDAY,
        )  # fmt: skip
    session.commit()
    path, browser = f"/k/{shop.slug}/kelola/kulakan", sign_in(officer)
    groups = [[m.called for _, m in group.lines] for group in queries.waiting(session, shop.id)]
    line = session.scalars(select(RequestLine).order_by(RequestLine.id)).first()

    answer = browser.post(
        f"{path}/permintaan/{to_text(line.id)}/barang",
        data={"item": to_text(sugar.id)},
        follow_redirects=True,
    )

    session.expire_all()
    named = [wish.item_id for wish in session.scalars(select(RequestLine).order_by(RequestLine.id))]
    changes = session.scalars(select(RequestLineEvent).order_by(RequestLineEvent.id)).all()
    assert sorted(map(len, groups)) == [1, 2]
    assert named == [sugar.id, sugar.id, None]
    assert [event.after["item"] for event in changes[-2:]] == [str(sugar.id)] * 2
    assert "2 permintaan jadi Gula aren." in answer.text
    assert "2 anggota butuh Gula aren. Gabungkan jadi kulakan?" in answer.text
