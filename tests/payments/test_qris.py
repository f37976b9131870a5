"""QRIS: every worked case, and what must hold for any payload."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import RuleBroken
from marketplace.payments import qris
from marketplace.payments.qris import QrisError, Tag, build, crc, normalise, parse, to_dynamic
from marketplace.payments.qris.errors import SENTENCES

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "qris.json").read_text()
)
VALID = [case["payload"] for case in VECTORS["parse"] + VECTORS["to_dynamic"]]
STATIC = VECTORS["to_dynamic"][0]["static"]
ASCENDING = [p for p in VALID if [t.tag for t in parse(p).tags][:-1] == sorted(
    t.tag for t in parse(p).tags[:-1])]  # fmt: skip


def sealed(body: str) -> str:
    """Put a true checksum under a payload, so that only the body can be at fault."""
    return f"{body}6304{crc(f'{body}6304')}"


def with_tags(**changes: str | None) -> str:
    """Write the first example with some tags changed (t54="…") or left out (None)."""
    values = {tag.tag: tag.value for tag in parse(STATIC).tags if tag.tag != "63"}
    for name, value in changes.items():
        values.pop(name.removeprefix("t"), None)
        if value is not None:
            values[name.removeprefix("t")] = value
    return sealed("".join(f"{tag}{len(text):02d}{text}" for tag, text in sorted(values.items())))


def code_of(payload: str) -> str:
    with pytest.raises(QrisError) as refused:
        parse(payload)
    return refused.value.code


def test_every_error_name_of_the_worked_cases_has_a_sentence() -> None:
    assert set(SENTENCES) == set(VECTORS["about"]["error_codes"])


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_an_error_is_a_broken_rule_with_its_own_name(code: str) -> None:
    error = QrisError(code)

    assert isinstance(error, RuleBroken)
    assert error.code == code
    assert str(error).endswith(".")


@pytest.mark.parametrize("payload", ASCENDING)
def test_building_what_was_parsed_gives_the_normal_form(payload: str) -> None:
    assert build(parse(payload)) == normalise(payload) == payload


@pytest.mark.parametrize("payload", sorted(set(VALID)))
def test_any_one_changed_character_is_noticed(payload: str) -> None:
    for place, old in enumerate(payload):
        for new in {"0", "1", "9", "A", " ", "\n", "é", chr(ord(old) ^ 1), old.swapcase()} - {old}:
            if place >= len(payload) - 4 and new.upper() == old.upper():
                continue
            changed = payload[:place] + new + payload[place + 1 :]
            if changed.strip() == payload.strip():
                continue
            with pytest.raises(QrisError):
                parse(changed)


@given(
    static=st.sampled_from([case["static"] for case in VECTORS["to_dynamic"]]),
    amount=st.integers(1, 10_000_000),
    bill=st.none() | st.from_regex(r"\A[A-Z0-9\-]{1,25}\Z"),
    reference=st.none() | st.from_regex(r"\A[A-Z0-9\-]{1,25}\Z"),
)
def test_a_dynamic_code_differs_only_where_it_may(
    static: str, amount: int, bill: str | None, reference: str | None
) -> None:
    dynamic = parse(to_dynamic(static, amount, bill_number=bill, reference=reference))

    before = {tag.tag: tag.value for tag in parse(static).tags}
    after = {tag.tag: tag.value for tag in dynamic.tags}
    changed = {tag for tag in before.keys() | after.keys() if before.get(tag) != after.get(tag)}
    assert changed <= {"01", "54", "55", "56", "57", "62", "63"}
    assert dynamic.is_dynamic
    assert dynamic.amount == dynamic.payer_total == amount
    assert bill is None or dynamic.bill_number == bill
    assert reference is None or dynamic.value("62", "05") == reference


@given(st.text(max_size=300) | st.from_regex(r"\A([0-9]{2}0[1-9][0-9A-Z]{1,9}){0,9}\Z"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(QrisError):
        assert build(parse(text))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("AB0201", "bad_tag"),
        ("00AB01", "bad_length"),
        ("0000", "bad_length"),
        ("0", "truncated"),
        ("000", "truncated"),
        ("00", "truncated"),
        ("00020", "truncated"),
        ("A", "bad_tag"),
        ("00A", "bad_length"),
        ("0002016303ABC", "bad_length"),
        ("00020163040000000201", "crc_not_last"),
        (sealed("000201000201"), "duplicate_tag"),
        ("0102110002016304FFFF", "first_tag_not_00"),
        ("0002016304FFFF", "crc_mismatch"),
        ("0002016304ZZZZ", "crc_mismatch"),
        ("0" * 2001, "value_too_long"),
        ("0002\x0001", "not_ascii"),
        (with_tags(t60="A" * 16), "value_too_long"),
        (with_tags(t61="1" * 11), "value_too_long"),
        (with_tags(t26="00"), "truncated"),
        (with_tags(t26="0"), "truncated"),
        (with_tags(t26="0001A0001B"), "duplicate_tag"),
        (with_tags(t26="XX01A"), "bad_tag"),
        (with_tags(t62="0199A"), "truncated"),
        (with_tags(t80="hello"), "bad_tag"),
        (with_tags(t54="25000.5"), "amount_not_whole_rupiah"),
        (with_tags(t54="0.50"), "amount_not_whole_rupiah"),
        (with_tags(t54="0.00"), "bad_amount"),
        (with_tags(t54="25000."), "bad_amount"),
        (with_tags(t54="25000.000"), "bad_amount"),
        (with_tags(t54="25,000"), "bad_amount"),
        (with_tags(t55="04"), "tip_inconsistent"),
        (with_tags(t55="01", t56="5000"), "tip_inconsistent"),
        (with_tags(t55="02"), "tip_inconsistent"),
        (with_tags(t55="02", t56="0"), "tip_inconsistent"),
        (with_tags(t55="02", t56="Rp5"), "tip_inconsistent"),
        (with_tags(t55="02", t56="10.50"), "tip_inconsistent"),
        (with_tags(t55="02", t56="5000", t57="5"), "tip_inconsistent"),
        (with_tags(t55="03", t57="0"), "tip_inconsistent"),
        (with_tags(t55="03", t57="x"), "tip_inconsistent"),
    ],
)
def test_the_first_problem_is_the_one_named(payload: str, code: str) -> None:
    assert code_of(payload) == code


@pytest.mark.parametrize(
    ("tags", "total"),
    [
        ({"t55": "03", "t57": "5", "t54": "100000"}, 105_000),
        ({"t55": "03", "t57": "0.5", "t54": "100"}, 101),
        ({"t55": "03", "t57": "2.25", "t54": "10000"}, 10_225),
        ({"t55": "02", "t56": "5000.00", "t54": "100000"}, 105_000),
        ({"t55": "01", "t54": "100000.0"}, 100_000),
        ({"t55": "01"}, None),
    ],
)
def test_a_tip_is_added_to_what_the_payer_is_charged(
    tags: dict[str, str], total: int | None
) -> None:
    assert parse(with_tags(**tags)).payer_total == total


def test_a_code_with_only_the_national_account_is_paid_there() -> None:
    code = parse(with_tags(t26=None, t51="0014ID.CO.QRIS.WWW0215ID10299990001010303UMI"))

    assert code.account_tag == "51"
    assert code.account_domain == "ID.CO.QRIS.WWW"
    assert code.nmid == "ID1029999000101"


def test_a_static_code_with_an_amount_is_not_changed_a_second_time() -> None:
    with pytest.raises(QrisError) as refused:
        to_dynamic(with_tags(t54="5000"), 1_000)

    assert refused.value.code == "already_dynamic"


@pytest.mark.parametrize(
    ("label", "code"),
    [("A" * 26, "value_too_long"), ("é", "not_ascii"), ("a\nb", "not_ascii"), ("", "bad_length")],
)
def test_a_label_that_qris_cannot_carry_is_refused(label: str, code: str) -> None:
    with pytest.raises(QrisError) as refused:
        to_dynamic(STATIC, 1_000, bill_number=label)

    assert refused.value.code == code


def test_labels_that_do_not_fit_beside_the_others_are_refused() -> None:
    crowded = with_tags(t62="0225" + "A" * 25 + "0325" + "B" * 25)

    with pytest.raises(QrisError) as refused:
        to_dynamic(crowded, 1_000, bill_number="C" * 25, reference="D" * 25)

    assert refused.value.code == "value_too_long"


def test_tags_may_be_given_in_any_order_and_any_of_three_shapes() -> None:
    tags = parse(STATIC).tags[::-1]

    assert build(tags) == STATIC
    assert build([(tag.tag, tag.value) for tag in tags]) == STATIC
    assert build([{"tag": tag.tag, "value": tag.value} for tag in tags]) == STATIC


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ([Tag("0", "01")], "bad_tag"),
        ([Tag("00", "")], "bad_length"),
        ([Tag("00", "A" * 100)], "value_too_long"),
        ([Tag("59", "É")], "not_ascii"),
        ([Tag("00", "01"), Tag("00", "01")], "duplicate_tag"),
    ],
)
def test_what_cannot_be_written_is_refused(tags: list[Tag], code: str) -> None:
    with pytest.raises(QrisError) as refused:
        build(tags)

    assert refused.value.code == code


def test_a_dropped_tip_is_named() -> None:
    assert qris.dynamic_warnings(with_tags(t55="01")) == ["tip_removed"]
    assert qris.dynamic_warnings(STATIC) == []
