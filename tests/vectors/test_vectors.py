"""The worked cases pass, and the runner cannot be fooled into saying so."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tools.vectors import finance, hostile, qris
from tools.vectors.__main__ import main, report, run_folder
from tools.vectors.outcome import NotBuilt, Outcome, Verdict, Wrong

HERE = Path(__file__).parent
BUILT_JOURNALS = {f"JRN-{number}" for number in ("06", "07", "08", "10", "11", "12", "14", "18")}
BUILT_FINANCE = {
    "CONSIGN-01",
    "ORDER-DISCOUNT-01",
    "POOL-01",
    "STOCK-AVG-01",
    "STORE-PRICE-01",
    *BUILT_JOURNALS,
}


def load(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def failures(outcomes: list[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.verdict is Verdict.FAILED]


def passed(outcomes: list[Outcome]) -> set[str]:
    return {outcome.case for outcome in outcomes if outcome.verdict is Verdict.PASSED}


def test_no_worked_case_fails() -> None:
    assert failures(list(run_folder(HERE))) == []


def test_every_qris_case_is_run() -> None:
    outcomes = list(qris.run(load("qris")))

    assert len(outcomes) == 8 + 4 + 2 + 2 + 6 + 29 + 4
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}


@pytest.mark.slow
def test_finance_cases_with_code_pass_and_the_others_are_said_to_be_missing() -> None:
    outcomes = list(finance.run(load("finance")))

    assert passed(outcomes) == BUILT_FINANCE
    assert len(outcomes) == 55


def test_hostile_numbers_phones_and_texts_are_read_or_refused() -> None:
    outcomes = [o for o in hostile.run(load("hostile")) if "(parsers)" in o.group]

    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}
    assert len(outcomes) == 73


def test_the_site_can_be_plugged_in() -> None:
    seen = []

    def over_http(record: dict[str, Any]) -> None:
        seen.append(record["id"])
        if record["id"] == "num-neg":
            message = "500"
            raise Wrong(message)

    outcomes = list(hostile.run(load("hostile"), over_http))

    assert len(seen) == 239 + 49 + 25
    assert [outcome.case for outcome in failures(outcomes)] == ["num-neg"]


@pytest.mark.parametrize("group", sorted(qris.CHECKS))
def test_a_wrong_qris_answer_is_noticed(group: str) -> None:
    data = {"crc": [], group: copy.deepcopy(load("qris")[group][:1])}
    answer = {"crc": "crc", "accept_leniently": "normalised", "invalid": "error"}
    data[group][0][answer.get(group, "error" if "invalid" in group else "payload")] += "0"

    assert len(failures(list(qris.run(data)))) == 1


def test_a_payload_that_should_be_refused_but_is_not_is_noticed() -> None:
    good = load("qris")["parse"][0]["payload"]

    outcomes = list(qris.run({"invalid": [{"payload": good, "error": "bad_tag"}]}))

    assert "found None" in failures(outcomes)[0].detail


def test_a_ceiling_is_passed_on_and_an_unknown_group_is_not_built() -> None:
    static = load("qris")["to_dynamic"][0]["static"]
    case = {"static": static, "amount": 11, "ceiling": 10, "error": "amount_out_of_range"}

    outcomes = list(qris.run({"crc": [], "invalid_to_dynamic": [case], "new": [{}]}))

    assert sorted(outcome.verdict.value for outcome in outcomes) == ["not built yet", "passed"]


@pytest.mark.slow
def test_a_wrong_finance_answer_is_noticed() -> None:
    data = load("finance")
    for case in data["vectors"]:
        if case["id"] == "ORDER-DISCOUNT-01":
            case["expected"]["parts"][0] += 1
        if case["id"] == "CONSIGN-01":
            case["expected"][0]["commission"] += 1
        if case["id"] == "POOL-01":
            case["expected"]["members"][2] += 1
        if case["id"] == "STOCK-AVG-01":
            case["expected"][1]["cogs"] += 1
        if case["id"] == "STORE-PRICE-01":
            case["expected"]["public"][2] += 100
        if case["group"] == "journal":
            case["expected"]["lines"][0]["debit"] += 1

    wrong = {outcome.case for outcome in failures(list(finance.run(data)))}

    assert wrong == BUILT_FINANCE


def test_another_kind_of_order_case_is_not_built() -> None:
    data = {"vectors": [{"id": "X", "group": "order", "inputs": {}}]}

    assert [outcome.verdict for outcome in finance.run(data)] == [Verdict.NOT_BUILT]


def test_a_number_that_should_be_refused_but_is_read_is_noticed() -> None:
    case = {"id": "x", "cat": "number", "field": "qty", "value": "5", "expect": {"status": ["4xx"]}}

    outcomes = list(hostile.run({"inputs": [case]}))

    assert "took it for a number" in failures(outcomes)[0].detail


def test_a_record_without_a_value_is_not_built() -> None:
    with pytest.raises(NotBuilt):
        hostile.value_of({"gen": {"json_keys": 5}})


def test_a_crash_is_a_failure_with_its_name() -> None:
    outcomes = list(qris.run({"crc": [{}]}))

    assert failures(outcomes)[0].detail.startswith("KeyError")


def test_the_report_names_failures_and_what_is_missing() -> None:
    out = io.StringIO()

    failed = report(
        [
            Outcome("A-1", "loans", Verdict.PASSED),
            Outcome("A-2", "loans", Verdict.FAILED, "expected 1, found \ud800"),
            Outcome("B-1", "shu", Verdict.NOT_BUILT),
        ],
        out,
    )

    assert failed == 1
    assert out.getvalue() == (
        "FAILED A-2: expected 1, found ?\n"
        "not built yet: shu (1)\n"
        "1 passed, 1 failed, 1 not applicable yet\n"
    )


@pytest.mark.slow
def test_the_command_says_by_its_exit_code_how_it_went(tmp_path: Path) -> None:
    out = io.StringIO()

    assert main([str(HERE)], out) == 0
    assert main([str(tmp_path)], out) == 2
    assert main([], out) == 2

    (tmp_path / "other.json").write_text("[]")
    assert main([str(tmp_path)], out) == 0

    (tmp_path / "broken.json").write_text("{")
    assert main([str(tmp_path)], out) == 1
