"""The audit is silent over a true world and names the row of every lie that is told to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.cooperatives.models import Cooperative
from marketplace.files.tables import read_rows
from marketplace.kernel.money import Rupiah
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Purpose, Unit
from marketplace.orders import service as orders
from marketplace.orders.rules import OrderState, RefundMethod
from marketplace.payments import service as payments
from marketplace.payments.ports import Facts
from marketplace.payments.queries import attempt_of, intent_of
from marketplace.payments.rules import BankAccount, PaymentMethod
from marketplace.payments.rules.attempts import AttemptState
from marketplace.payments.rules.statements import guess, split
from marketplace.payments.service import statements
from marketplace.supply import service as supply
from marketplace.supply.models import BaseUnit
from tests.ledger.conftest import posting
from tests.makers import (
    SATURDAY,
    make_account,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)
from tests.orders.conftest import first, make_request

SUNDAY = SATURDAY + timedelta(days=1)


@pytest.fixture
def world(session: Session) -> Cooperative:
    """A cooperative with orders in every state and a round that was shared out."""
    cooperative = make_cooperative(session, takes_gateway=True)
    make_point(session, cooperative)
    account = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
    bank = payments.propose(session, cooperative, account, by=None, at=SATURDAY)
    officer = make_officer(session, cooperative)
    counted = make_listing(session, cooperative, "Keripik", stock_count=50)
    maker = make_member(session, cooperative, "Bu Lilik")
    daily = make_listing(session, cooperative, "Cilok", daily_limit=50, maker=maker)
    for state in (
        OrderState.NEW,
        OrderState.IN_PREPARATION,
        OrderState.READY_FOR_PICKUP,
        OrderState.FINISHED,
    ):
        for method in PaymentMethod:
            wanted = make_request((counted, 2), (daily, 1), method=method, gateway="midtrans")
            _order(session, wanted, state)
    _order(
        session, make_request((counted, 1), method=PaymentMethod.QRIS), OrderState.AWAITING_PAYMENT
    )
    transferred = _order(
        session,
        make_request((counted, 1), method=PaymentMethod.TRANSFER),
        OrderState.AWAITING_PAYMENT,
    )
    due = intent_of(session, cooperative.id, transferred.id).amount_due
    rows = read_rows(f"Tanggal;Kredit\n28/11/2026;{due.amount}\n".encode())
    columns = guess(split(rows)[0])
    statements.bring_in(session, bank, rows, columns, by=None, at=SATURDAY)
    orders.confirm_exact(session, cooperative.id, by=None, at=SATURDAY)
    cancelled = _order(session, make_request((counted, 3)), OrderState.NEW)
    orders.cancel(session, cancelled, reason=None, actor_id=None, at=SATURDAY)
    _refunds(session, counted, daily, officer.id)
    undone = _order(session, make_request((counted, 1)), OrderState.FINISHED)
    orders.undo(session, undone, actor_id=None, at=SATURDAY)
    expired = _order(
        session, make_request((counted, 1), method=PaymentMethod.QRIS), OrderState.AWAITING_PAYMENT
    )
    expired.pay_by = SATURDAY
    orders.expire_overdue(session, at=SATURDAY)
    _online(session, counted)
    _round(session, cooperative, officer.id)
    _books(session, cooperative.id)
    cooperative.member_count = 3
    make_account(session, "Akun yang sudah ditutup", phone=None, closed_at=SATURDAY)
    session.flush()
    session.execute(text("UPDATE outbox_messages SET delivered_at = told_at"))
    return cooperative


def _online(session, counted):
    """An order of which its gateway says that it was paid."""
    request = make_request((counted, 1), method=PaymentMethod.GATEWAY, gateway="midtrans")
    order = _order(session, request, OrderState.AWAITING_PAYMENT)
    attempt = attempt_of(session, intent_of(session, order.cooperative_id, order.id))
    paid = Facts(attempt.reference, AttemptState.PAID, order.total, "IDR", "tx-1")
    orders.learn(session, order.cooperative_id, attempt.id, paid, at=SATURDAY)


def _refunds(session, counted, daily, officer_id):
    """Money of a cancelled order that went back, and goods that came back with theirs."""
    request = make_request((counted, 1), method=PaymentMethod.QRIS)
    cancelled = _order(session, request, OrderState.NEW)
    orders.cancel(session, cancelled, reason=None, actor_id=None, at=SATURDAY)
    request = make_request((counted, 2), (daily, 1), method=PaymentMethod.QRIS)
    sold = _order(session, request, OrderState.FINISHED)
    back = {line.id: 1 for line in sold.lines}
    for order, wanted in (
        (cancelled, orders.RefundRequest("batal")),
        (sold, orders.RefundRequest("rusak", pieces=back, goods_back=True)),
    ):
        refund = orders.request_refund(
            session, order, wanted, key=order.number, by=officer_id, at=SATURDAY
        )
        orders.pay_refund(session, refund, RefundMethod.CASH, by=officer_id, at=SATURDAY)


def _books(session, cooperative_id):
    """Money held for a member, and a month that was closed."""
    deposit = posting((Purpose.CASH, Purpose.MEMBER_BALANCE, 50_000), dated=date(2026, 1, 5))
    ledger.post(session, cooperative_id, Unit.SHOP, deposit, at=SATURDAY)
    ledger.hold(
        session, cooperative_id, Unit.SHOP, Purpose.MEMBER_BALANCE, Rupiah(10_000), key="h",
        expires_at=None, at=SATURDAY,
    )  # fmt: skip
    ledger.close_month(session, cooperative_id, Unit.SHOP, closed_by=None, at=SATURDAY)


def unguard(session):
    """Take the books' own guards away, as somebody with all rights could; rolled back later."""
    if session.get_bind().dialect.name == "sqlite":
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
        for name in session.scalars(text(guards)).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in ("books", "accounts", "entries", "lines", "holds", "closings"):
        session.execute(text(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER"))
        session.execute(text(f"GRANT ALL ON ledger_{table} TO CURRENT_USER"))


def _order(session, request, state):
    order = first(session, orders.place(session, request, at=SATURDAY).id)
    if order.method is not PaymentMethod.COD and state is not OrderState.AWAITING_PAYMENT:
        due = intent_of(session, order.cooperative_id, order.id).amount_due
        orders.confirm_payment(session, order, due, key="1", actor_id=None, at=SATURDAY)
    for step in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        if order.state is state:
            break
        order = orders.advance(session, order, step, actor_id=None, at=SATURDAY)
    return order


def _round(session, cooperative, officer_id):
    item = supply.add_item(
        session,
        cooperative.id,
        name="Minyak",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=SATURDAY,
    )
    terms = supply.Terms(
        supplier="Grosir",
        pack_name="karton",
        pack_size=4,
        pack_price=Rupiah(400_000),
        closes_at=SUNDAY,
        pickup_place="Balai",
    )
    round_ = supply.open_round(session, item, terms, opened_by=officer_id, at=SATURDAY)
    lines = [
        supply.join(
            session,
            round_,
            make_member(session, cooperative, name),
            supply.Wanted(4),
            entered_by=officer_id,
            at=SATURDAY,
        )
        for name in ("Sri", "Arif")
    ]
    supply.lock(session, round_, at=SATURDAY)
    supply.receive(
        session,
        round_,
        key="1",
        packs=2,
        quantity=6,
        cost=Rupiah(600_000),
        actor_id=officer_id,
        at=SATURDAY,
    )
    supply.hand_over(session, lines[0], paid=Rupiah(300_000), actor_id=officer_id, at=SATURDAY)


def test_a_true_world_has_no_findings(session, world):
    assert [str(finding) for finding in audit.run(session, at=SATURDAY)] == []


LIES = [
    ("stock.on_hand_is_the_sum_of_movements", "UPDATE stock_items SET on_hand = on_hand + 1"),
    (
        "stock.on_hand_is_the_sum_of_movements",
        "DELETE FROM stock_movements WHERE cause = 'diserahkan'",
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
    ("orders.total_is_the_sum_of_its_lines", "UPDATE orders SET total = total + 1"),
    ("orders.total_is_the_sum_of_its_lines", "UPDATE orders SET items_total = items_total + 1"),
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
    ("payments.state_follows_the_money", "UPDATE payment_intents SET state = 'lunas'"),
    (
        "payments.state_follows_the_money",
        "UPDATE payment_intents SET state = 'menunggu' WHERE state = 'lunas'",
    ),
    (
        "payments.paid_orders_moved_on",
        "UPDATE orders SET state = 'menunggu_bayar' WHERE state = 'diproses'",
    ),
    (
        "payments.paid_orders_moved_on",
        "UPDATE orders SET state = 'diproses' WHERE state = 'menunggu_bayar'",
    ),
    ("supply.goods_are_conserved", "UPDATE supply_allocations SET given = given + 1"),
    ("supply.goods_are_conserved", "UPDATE supply_allocation_runs SET to_stock = to_stock + 1"),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_allocations SET charge = charge + 1"),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_receipts SET cost = cost + 1"),
    ("supply.bills_close_to_the_rupiah", "UPDATE supply_receipts SET quantity = quantity + 1"),
    ("supply.nobody_gets_more_than_allowed", "UPDATE supply_allocations SET given = given + 9"),
    ("tenants.member_counts_are_right", "UPDATE cooperatives SET member_count = 9"),
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
            "INSERT INTO supply_hand_overs (cooperative_id, id, line_id, quantity, paid, by, at)"
            " SELECT cooperative_id, line_id, line_id, quantity, paid, by, at"
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
    proven = {check for check, _ in LIES} | {"supply.hand_overs_match_the_share"}

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
