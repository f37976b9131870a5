"""The audit is silent over a true world and names the row of every lie that is told to it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace import audit
from tests.audit.conftest import SUNDAY, unguard, world_app
from tests.makers import SATURDAY, make_cooperative

shared_app = world_app


def test_a_true_world_has_no_findings(session, world):
    assert [str(finding) for finding in audit.run(session, at=SATURDAY)] == []


LIES = [
    ("stock.on_hand_is_the_sum_of_movements", "UPDATE stock_items SET on_hand = on_hand + 1"),
    (
        "stock.on_hand_is_the_sum_of_movements",
        "DELETE FROM stock_movements WHERE cause = 'diserahkan'",
    ),
    (
        "stock.items_are_what_is_sold",
        "INSERT INTO stock_items (cooperative_id, id, on_hand, reserved, value, backorder_limit)"
        " SELECT cooperative_id, id, 0, 0, 0, 0 FROM ledger_books",
    ),
    ("stock.value_is_the_sum_of_movements", "UPDATE stock_items SET value = value + 1"),
    (
        "stock.reserved_is_the_sum_of_open_holds",
        "UPDATE stock_items SET reserved = reserved - 1 WHERE reserved > 0",
    ),
    (
        "stock.reserved_is_the_sum_of_open_holds",
        "UPDATE stock_holds SET quantity = quantity + 1 WHERE state = 'held'",
    ),
    (
        "stock.days_are_the_sum_of_open_and_consumed_holds",
        "UPDATE stock_days SET taken = taken + 1",
    ),
    (
        "stock.holds_have_a_living_order",
        "UPDATE stock_holds SET state = 'held' WHERE state = 'released'",
    ),
    (
        "stock.holds_have_a_living_order",
        "UPDATE stock_holds SET state = 'released' WHERE state = 'consumed'",
    ),
    ("stock.holds_have_a_living_order", "UPDATE stock_holds SET quantity = quantity + 1"),
    ("stock.holds_have_a_living_order", "DELETE FROM stock_holds WHERE state = 'consumed'"),
    ("stock.days_are_the_sum_of_open_and_consumed_holds", "DELETE FROM stock_days"),
    (
        "stock.goods_cost_what_left_the_shelf",
        "UPDATE stock_holds SET value = value + 1 WHERE state = 'consumed'",
    ),
    (
        "orders.total_is_the_sum_of_its_lines",
        "UPDATE orders SET total = total + 1, items_total = items_total + 1",
    ),
    (
        "orders.total_is_the_sum_of_its_lines",
        "UPDATE orders SET items_total = items_total + 1, delivery_fee = delivery_fee - 1"
        " WHERE delivery_fee > 0",
    ),
    (
        "ledger.delivery_fees_are_earned_once",
        "UPDATE orders SET total = total + 1, delivery_fee = delivery_fee + 1"
        " WHERE state = 'selesai' AND fulfilment = 'antar'",
    ),
    (
        "delivery.cash_is_what_was_taken_less_what_was_handed_in",
        "UPDATE cash_hand_ins SET amount = amount - 1",
    ),
    (
        "delivery.cash_is_what_was_taken_less_what_was_handed_in",
        "UPDATE cash_hand_ins SET amount = amount + 1000000",
    ),
    (
        "delivery.trips_agree_with_their_orders",
        "UPDATE shipments SET cash = cash + 1 WHERE state = 'sampai'",
    ),
    (
        "delivery.trips_agree_with_their_orders",
        "UPDATE shipments SET state = 'gagal', reason = 'hilang', ended_at = sent_at"
        " WHERE state = 'jalan'",
    ),
    ("orders.purchase_is_the_sum_of_its_orders", "UPDATE purchases SET total = total + 1"),
    (
        "orders.history_is_a_legal_path",
        "DELETE FROM order_events WHERE after = 'diproses'",
    ),
    ("orders.history_is_a_legal_path", "UPDATE orders SET state = 'selesai' WHERE state = 'baru'"),
    ("orders.history_is_a_legal_path", "DELETE FROM order_events WHERE before IS NULL"),
    (
        "orders.ended_orders_hold_nothing",
        "UPDATE stock_holds SET state = 'held' WHERE state = 'released'",
    ),
    (
        "payments.received_is_the_sum_of_events",
        "UPDATE payment_intents SET received = received + 1",
    ),
    ("payments.received_is_the_sum_of_events", "UPDATE payment_events SET amount = amount + 1"),
    (
        "orders.what_is_owed_back_follows_the_money",
        "UPDATE orders SET refund_due = refund_due + 1",
    ),
    (
        "orders.what_is_owed_back_follows_the_money",
        "UPDATE orders SET state = 'selesai' WHERE state = 'batal'",
    ),
    ("orders.refunds_are_within_their_lines", "UPDATE refund_lines SET amount = amount + 1"),
    ("orders.refunds_are_within_their_lines", "UPDATE refund_lines SET quantity = 9"),
    (
        "orders.refunds_are_within_their_lines",
        "UPDATE refund_lines SET maker_amount = 99000 WHERE maker_amount > 0",
    ),
    ("orders.refunds_are_within_their_lines", "DELETE FROM refund_lines"),
    (
        "stock.returned_goods_have_a_refund",
        "UPDATE stock_holds SET returned = returned + 1 WHERE returned < quantity",
    ),
    (
        "stock.returned_goods_have_a_refund",
        "UPDATE refunds SET goods_back = NOT goods_back WHERE kind = 'retur'",
    ),
    (
        "payments.refunds_are_within_what_was_paid",
        "UPDATE payment_shares SET refunded = refunded + 1",
    ),
    ("payments.refunds_are_within_what_was_paid", "UPDATE refunds SET amount = amount + 1"),
    (
        "payments.refunds_are_within_what_was_paid",
        "UPDATE refunds SET state = 'disetujui', paid_at = NULL WHERE state = 'dibayar'",
    ),
    ("payments.shares_make_the_intent", "UPDATE payment_shares SET amount = amount + 1"),
    (
        "payments.due_is_the_total_less_the_code",
        "UPDATE transfers SET discount = discount + CASE WHEN discount > 1 THEN -1 ELSE 1 END",
    ),
    ("payments.due_is_the_total_less_the_code", "UPDATE transfers SET amount = amount + 1"),
    ("payments.due_is_the_total_less_the_code", "DELETE FROM transfers"),
    ("payments.lines_pay_what_they_say", "UPDATE bank_lines SET amount = amount + 1"),
    (
        "payments.attempts_paid_what_came",
        "UPDATE payment_attempts SET state = 'terbuka' WHERE state = 'lunas'",
    ),
    (
        "payments.attempts_paid_what_came",
        "UPDATE payment_events SET source = 'officer' WHERE source = 'midtrans'",
    ),
    (
        "payments.lines_pay_what_they_say",
        "UPDATE bank_lines SET state = 'bukan_pesanan', intent_id = NULL",
    ),
    ("payments.lines_pay_what_they_say", "DELETE FROM bank_lines"),
    (
        "payments.lines_pay_what_they_say",
        "INSERT INTO bank_lines SELECT cooperative_id, account_id, account_id, 'x', dated, amount,"
        " text, reference, state, intent_id, decided_by, decided_at, imported_by, imported_at"
        " FROM bank_lines",
    ),
    ("payments.state_follows_the_money", "UPDATE payment_intents SET state = 'lunas'"),
    (
        "payments.state_follows_the_money",
        "UPDATE payment_intents SET state = 'menunggu' WHERE state = 'lunas'",
    ),
    (
        "payments.end_with_their_orders",
        "UPDATE payment_intents SET state = 'lunas_terlambat' WHERE state = 'lunas'",
    ),
    (
        "payments.end_with_their_orders",
        "UPDATE payment_intents SET state = 'menunggu' WHERE state = 'kedaluwarsa'",
    ),
    ("payments.end_with_their_orders", "UPDATE orders SET method = 'cod' WHERE method = 'qris'"),
    (
        "payments.paid_orders_moved_on",
        "UPDATE orders SET state = 'menunggu_bayar' WHERE state = 'diproses'",
    ),
    (
        "payments.paid_orders_moved_on",
        "UPDATE orders SET state = 'diproses' WHERE state = 'menunggu_bayar'",
    ),
    ("payouts.batch_is_the_sum_of_its_payouts", "UPDATE payout_batches SET total = total + 1"),
    ("payouts.batch_is_the_sum_of_its_payouts", "UPDATE payouts SET open = FALSE"),
    ("payouts.batch_is_the_sum_of_its_payouts", "UPDATE payouts SET entry_id = NULL"),
    ("payouts.every_pay_out_is_booked", "UPDATE payouts SET amount = amount + 1"),
    ("payouts.every_pay_out_is_booked", "DELETE FROM payouts"),
    ("pools.shares_follow_the_rule", "UPDATE pool_shares SET quantity = quantity + 100"),
    ("pools.shares_follow_the_rule", "UPDATE pools SET proceeds = proceeds + 1000"),
    ("pools.shares_follow_the_rule", "DELETE FROM pool_shares"),
    ("pools.every_share_is_booked", "UPDATE pool_shares SET amount = amount + 1"),
    ("pools.every_share_is_booked", "UPDATE pools SET fee = fee + 1"),
    (
        "pools.what_was_undone_is_reversed",
        "UPDATE pools SET undone_by = shared_by, undone_at = shared_at, undo_reason = 'x'",
    ),
    (
        "pools.every_share_is_booked",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'pooled_sale'",
    ),
    ("balances.follow_from_their_causes", "UPDATE refunds SET amount = amount + 1"),
    (
        "balances.follow_from_their_causes",
        "UPDATE balance_withdrawals SET amount = amount + 1 WHERE state = 'dibayar'",
    ),
    ("balances.every_spending_is_booked", "UPDATE payment_events SET amount = amount + 1"),
    (
        "balances.every_spending_is_booked",
        "UPDATE payment_events SET source = 'officer' WHERE source = 'balance'",
    ),
    ("balances.every_spending_is_booked", "UPDATE ledger_lines SET amount = amount + 1"),
    ("balances.every_paying_out_is_held_then_booked", "DELETE FROM balance_withdrawals"),
    (
        "balances.every_paying_out_is_held_then_booked",
        "DELETE FROM balance_withdrawals WHERE state <> 'dibayar'",
    ),
    (
        "balances.every_paying_out_is_held_then_booked",
        "UPDATE balance_withdrawals SET amount = amount + 1",
    ),
    (
        "balances.every_paying_out_is_held_then_booked",
        "UPDATE balance_withdrawals SET state = 'batal' WHERE state = 'disetujui'",
    ),
    (
        "balances.every_paying_out_is_held_then_booked",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'balance_withdrawal'",
    ),
    ("supply.goods_are_conserved", "UPDATE supply_allocations SET given = given + 1"),
    (
        "credit.debts_are_the_open_bons",
        "UPDATE credit_bills SET amount = amount + 1 WHERE undone_at IS NULL",
    ),
    (
        "credit.debts_are_the_open_bons",
        "UPDATE credit_bills SET undone_at = at WHERE undone_at IS NULL AND paid = 0",
    ),
    (
        "credit.payments_are_the_sum_of_their_parts",
        "UPDATE credit_bills SET paid = paid - 1 WHERE paid > 0",
    ),
    (
        "credit.payments_are_the_sum_of_their_parts",
        "UPDATE credit_payment_parts SET amount = amount + 1",
    ),
    ("credit.payments_are_the_sum_of_their_parts", "DELETE FROM credit_payment_parts"),
    ("credit.every_payment_is_booked", "UPDATE credit_payments SET amount = amount + 1"),
    ("credit.every_payment_is_booked", "UPDATE credit_payments SET way = 'bank'"),
    (
        "credit.every_payment_is_booked",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'credit_payment'",
    ),
    ("credit.nobody_has_more_than_was_allowed", "UPDATE credit_limits SET amount = 1"),
    ("credit.nobody_has_more_than_was_allowed", "DELETE FROM credit_limits"),
    ("credit.nobody_has_more_than_was_allowed", "UPDATE credit_limits SET number = 2"),
    ("credit.nobody_has_more_than_was_allowed", "UPDATE credit_holds SET amount = 999000"),
    ("credit.bons_are_counted_and_due_as_decided", "UPDATE credit_bills SET number = number + 9"),
    ("credit.bons_are_counted_and_due_as_decided", "UPDATE credit_limits SET due_days = 15"),
    (
        "credit.every_bon_is_a_sale",
        "UPDATE credit_bills SET amount = amount + 1 WHERE undone_at IS NOT NULL",
    ),
    (
        "credit.every_bon_is_a_sale",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'test_sale'",
    ),
    ("supply.goods_are_conserved", "UPDATE supply_allocation_runs SET to_stock = to_stock + 1"),
    (
        "supply.bills_close_to_the_rupiah",
        "UPDATE supply_allocations SET charge = charge + 1, goods = goods + 1",
    ),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_receipts SET cost = cost + 1"),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_receipts SET quantity = quantity + 1"),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_receipts SET damaged = damaged + 1"),
    (
        "supply.bills_close_to_the_rupiah",
        "UPDATE supply_receipts SET contested = contested - 1 WHERE contested > 0",
    ),
    ("supply.every_contested_bill_is_a_claim", "UPDATE supplier_claims SET amount = amount + 1"),
    (
        "supply.every_contested_bill_is_a_claim",
        "UPDATE supply_receipts SET from_claim = from_claim + 1",
    ),
    (
        "supply.open_claims_are_in_the_books",
        "UPDATE supplier_claims SET state = 'dihapus', settled_at = opened_at"
        " WHERE state = 'diajukan'",
    ),
    (
        "supply.open_claims_are_in_the_books",
        "UPDATE ledger_accounts SET debit = debit + 1 WHERE purpose = 'supplier_claims'",
    ),
    ("supply.nobody_gets_more_than_allowed", "UPDATE supply_allocations SET given = given + 9"),
    (
        "supply.nobody_is_charged_more_than_they_agreed_to",
        "UPDATE supply_request_lines SET price_cap = 1",
    ),
    (
        "supply.nobody_is_charged_more_than_they_agreed_to",
        "UPDATE supply_request_lines SET state = 'menolak_harga' WHERE state = 'kebagian'",
    ),
    (
        "supply.every_cost_is_split_and_charged",
        "UPDATE supply_cost_shares SET amount = amount + 1",
    ),
    (
        "supply.every_cost_is_split_and_charged",
        "UPDATE supply_allocation_runs SET costs = costs + 1, cost = cost - 1",
    ),
    (
        "supply.every_receipt_is_booked",
        "UPDATE supply_receipts SET reversed_at = NULL, reversed_by = NULL",
    ),
    ("supply.every_receipt_is_booked", "UPDATE supply_receipts SET cost = cost + 1"),
    (
        "supply.who_approves_does_not_receive",
        "UPDATE supply_receipts SET received_by = (SELECT approved_by FROM purchase_orders"
        " WHERE approved_by IS NOT NULL LIMIT 1)",
    ),
    (
        "supply.shrinkage_is_what_was_fetched_beyond",
        "UPDATE supply_allocation_runs SET shrunk_cost = shrunk_cost + 1",
    ),
    ("supply.every_cost_is_booked", "UPDATE supply_cost_lines SET paid_from = 'bank'"),
    ("supply.every_cost_is_booked", "UPDATE supply_cost_lines SET amount = amount + 1"),
    (
        "supply.margins_follow_the_rate",
        "UPDATE supply_allocations SET margin = margin + 1, costs = costs - 1 WHERE costs > 0",
    ),
    (
        "supply.margins_follow_the_rate",
        "UPDATE supply_hand_overs SET margin = margin + 1, goods = goods - 1 WHERE margin > 0",
    ),
    (
        "supply.hand_overs_match_the_share",
        "UPDATE supply_hand_overs SET paid = paid + 1, goods = goods + 1",
    ),
    ("supply.hand_overs_match_the_share", "UPDATE supply_hand_overs SET quantity = quantity + 1"),
    ("supply.every_hand_over_is_a_sale", "UPDATE supply_hand_overs SET way = 'qris'"),
    ("supply.every_hand_over_is_a_sale", "UPDATE supply_hand_overs SET rounded = 5"),
    ("supply.every_hand_over_is_a_sale", "UPDATE supply_hand_overs SET undone_at = at"),
    (
        "supply.every_hand_over_is_a_sale",
        "DELETE FROM supply_hand_overs WHERE id NOT IN (SELECT hand_id FROM supply_returns)",
    ),
    (
        "supply.every_hand_over_is_a_sale",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'supply_hand_over'",
    ),
    ("supply.returns_are_within_what_was_fetched", "UPDATE supply_returns SET quantity = 99"),
    ("supply.every_return_is_booked", "UPDATE supply_returns SET goes_to = 'susut'"),
    ("supply.every_return_is_booked", "UPDATE supply_returns SET undone_at = at, undone_by = by"),
    (
        "supply.every_return_is_booked",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'supply_return'",
    ),
    (
        "supply.what_was_not_fetched_follows_a_decision",
        "UPDATE supply_request_lines SET state = 'tidak_diambil' WHERE state = 'kebagian'",
    ),
    (
        "supply.room_is_kept_for_what_is_on_account",
        "UPDATE credit_holds SET released_at = created_at WHERE source_type = 'supply_request'",
    ),
    (
        "supply.room_is_kept_for_what_is_on_account",
        "UPDATE supply_request_lines SET on_account = false",
    ),
    (
        "supply.room_is_kept_for_what_is_on_account",
        "UPDATE credit_holds SET source_id = id WHERE source_type = 'supply_request'",
    ),
    ("tenants.member_counts_are_right", "UPDATE cooperatives SET member_count = 99"),
    ("ledger.charts_are_whole", "DELETE FROM ledger_accounts WHERE purpose = 'rounding'"),
    ("ledger.both_sides_are_equal", "UPDATE ledger_accounts SET debit = debit + 1"),
    (
        "ledger.balances_are_the_sum_of_lines",
        "UPDATE ledger_accounts SET debit = debit + 1, credit = credit + 1",
    ),
    ("ledger.balances_are_the_sum_of_lines", "UPDATE ledger_lines SET amount = amount + 1"),
    (
        "ledger.held_money_is_the_sum_of_holds",
        "UPDATE ledger_accounts SET held = 1 WHERE debit = 0 AND credit = 0 AND guard = 'none'",
    ),
    ("ledger.held_money_is_the_sum_of_holds", "UPDATE ledger_holds SET amount = amount + 1"),
    ("ledger.entries_are_an_unbroken_chain", "UPDATE ledger_entries SET memo = 'lain'"),
    ("ledger.entries_are_an_unbroken_chain", "UPDATE ledger_entries SET hash = 'x'"),
    ("ledger.entries_are_an_unbroken_chain", "UPDATE ledger_lines SET amount = amount + 1"),
    ("ledger.entries_are_an_unbroken_chain", "DELETE FROM ledger_lines WHERE position = 0"),
    ("ledger.entries_are_an_unbroken_chain", "UPDATE ledger_books SET last_number = 1"),
    (
        "ledger.entries_are_an_unbroken_chain",
        "UPDATE ledger_entries SET number = number + 100 WHERE reverses_id IS NOT NULL",
    ),
    (
        "ledger.reversals_are_mirrors",
        "UPDATE ledger_lines SET amount = amount + 1 WHERE entry_id"
        " IN (SELECT id FROM ledger_entries WHERE reverses_id IS NOT NULL)",
    ),
    ("ledger.closed_months_are_unchanged", "UPDATE ledger_closings SET turnover = 1"),
    ("ledger.closed_months_are_unchanged", "DELETE FROM ledger_closings"),
    ("ledger.closed_months_are_unchanged", "UPDATE ledger_books SET open_from = '2026-01-01'"),
    ("ledger.every_sign_of_money_is_booked", "UPDATE ledger_lines SET amount = amount + 1"),
    ("ledger.every_sign_of_money_is_booked", "UPDATE payment_events SET amount = amount + 1"),
    ("ledger.every_sign_of_money_is_booked", "UPDATE ledger_entries SET source_id = NULL"),
    ("ledger.every_hand_over_is_a_sale", "UPDATE ledger_entries SET source_type = 'manual'"),
    (
        "ledger.every_hand_over_is_a_sale",
        "UPDATE orders SET state = 'siap_diambil' WHERE state = 'selesai'",
    ),
    ("ledger.every_return_mirrors_its_sale", "UPDATE refunds SET amount = amount + 1"),
    (
        "ledger.every_return_mirrors_its_sale",
        "UPDATE ledger_entries SET source_type = 'manual' WHERE source_type = 'order_return'",
    ),
    ("ledger.every_refund_is_booked", "UPDATE refunds SET amount = amount + 1"),
    (
        "ledger.every_refund_is_booked",
        "UPDATE ledger_entries SET source_id = NULL WHERE source_type = 'order_refund'",
    ),
    ("ledger.buyers_money_is_kept_for_them", "UPDATE payment_intents SET received = received + 1"),
    (
        "ledger.buyers_money_is_kept_for_them",
        "UPDATE payment_shares SET refunded = refunded - 1 WHERE refunded > 0",
    ),
    (
        "ledger.makers_are_credited_what_they_earned",
        "UPDATE refund_lines SET maker_amount = maker_amount - 1,"
        " cooperative_amount = cooperative_amount + 1 WHERE maker_amount > 0",
    ),
    (
        "ledger.makers_are_credited_what_they_earned",
        "UPDATE order_lines SET maker_share = maker_share - 1,"
        " cooperative_share = cooperative_share + 1 WHERE maker_share > 0",
    ),
    (
        "accounts.closed_accounts_hold_nothing",
        "UPDATE accounts SET email = 'sari@contoh.id' WHERE closed_at IS NOT NULL",
    ),
    ("accounts.closed_accounts_hold_nothing", "UPDATE accounts SET closed_at = created_at"),
    (
        "accounts.closed_accounts_hold_nothing",
        "UPDATE posts SET account_id = (SELECT id FROM accounts WHERE closed_at IS NOT NULL)",
    ),
    ("outbox.nothing_is_stuck", "UPDATE outbox_messages SET delivered_at = NULL"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("check", "lie"), LIES, ids=lambda value: str(value)[:70])
def test_every_lie_is_found_and_its_row_named(session, world, check, lie):
    if "ledger" in lie:
        unguard(session)
    assert session.execute(text(lie)).rowcount > 0
    session.expire_all()

    findings = audit.run(session, at=SUNDAY)

    named = {finding.check for finding in findings}
    assert check in named
    assert all(finding.row and finding.found for finding in findings)


def test_goods_handed_over_twice_are_found(session, world):
    session.execute(
        text(
            "INSERT INTO supply_hand_overs"
            " (cooperative_id, id, line_id, quantity, paid, goods, by, at)"
            " SELECT cooperative_id, line_id, line_id, quantity, paid, paid, by, at"
            " FROM supply_hand_overs"
        )
    )

    named = {finding.check for finding in audit.run(session, at=SATURDAY)}

    assert "supply.hand_overs_match_the_share" in named


def test_every_check_has_a_lie_that_proves_it():
    impossible = {
        # CHECK constraints and foreign keys of the database refuse these lies outright.
        "orders.shares_follow_the_price",
        "tenants.no_row_points_elsewhere",
    }
    proven = {check for check, _ in LIES}

    assert proven | impossible == set(audit.CHECKS)


def test_the_command_is_clean_or_fails_and_names_the_row(own_app):
    from marketplace.web.transactions import transaction

    runner = own_app.test_cli_runner()
    clean = runner.invoke(args=["audit"])
    with own_app.app_context(), transaction() as session:
        make_cooperative(session, member_count=5)
    lied = runner.invoke(args=["audit", "--json"])

    assert (clean.exit_code, "0 findings" in clean.output) == (0, True)
    assert lied.exit_code == 1
    assert "tenants.member_counts_are_right" in lied.output
