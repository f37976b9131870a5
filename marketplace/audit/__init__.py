"""Recompute every invariant from the rows, and name each row that breaks one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import (
    accounts,
    balances,
    books,
    credit,
    deliveries,
    gateways,
    hand_overs,
    ledger,
    orders,
    payments,
    payouts,
    pools,
    refunds,
    stock,
    supply,
    supply_costs,
    supply_prices,
    supply_receipts,
    supply_returns,
    tenants,
)

_WHOSE = re.compile(r"\w+ (\d+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that breaks one invariant. ``check`` is the invariant's stable name."""

    check: str
    row: str
    found: str

    @property
    def cooperative_id(self) -> int | None:
        """Say whose row it is; None for rows of nobody in particular."""
        whose = _WHOSE.match(self.row)
        return int(whose[1]) if whose else None

    def __str__(self) -> str:
        return f"{self.check}: {self.row}: {self.found}"


Check = Callable[[Session, datetime], Iterator[tuple[str, str]]]

# The names say what must hold; domain-market §4.5 and the audit list of the threat model
# are their sources.
CHECKS: dict[str, Check] = {
    "stock.on_hand_is_the_sum_of_movements": stock.on_hand,
    "stock.items_are_what_is_sold": stock.items,
    "stock.value_is_the_sum_of_movements": stock.values,
    "stock.reserved_is_the_sum_of_open_holds": stock.reserved,
    "stock.days_are_the_sum_of_open_and_consumed_holds": stock.days,
    "stock.holds_have_a_living_order": stock.causes,
    "stock.goods_cost_what_left_the_shelf": stock.costs,
    "orders.total_is_the_sum_of_its_lines": orders.totals,
    "orders.purchase_is_the_sum_of_its_orders": orders.purchases,
    "orders.shares_follow_the_price": orders.splits,
    "orders.history_is_a_legal_path": orders.histories,
    "orders.ended_orders_hold_nothing": orders.ended,
    "orders.what_is_owed_back_follows_the_money": refunds.owed,
    "orders.refunds_are_within_their_lines": refunds.lines,
    "stock.returned_goods_have_a_refund": refunds.goods,
    "payments.refunds_are_within_what_was_paid": refunds.paid_back,
    "payments.received_is_the_sum_of_events": payments.received,
    "payments.shares_make_the_intent": payments.shares,
    "payments.lines_pay_what_they_say": payments.statement_lines,
    "payments.attempts_paid_what_came": gateways.attempts,
    "payments.due_is_the_total_less_the_code": payments.discounts,
    "payments.state_follows_the_money": payments.states,
    "payments.end_with_their_orders": payments.ends,
    "payments.paid_orders_moved_on": payments.orders,
    "ledger.both_sides_are_equal": books.balance,
    "ledger.balances_are_the_sum_of_lines": ledger.balances,
    "ledger.charts_are_whole": ledger.charts,
    "ledger.held_money_is_the_sum_of_holds": ledger.holds,
    "ledger.entries_are_an_unbroken_chain": ledger.chain,
    "ledger.reversals_are_mirrors": ledger.reversals,
    "ledger.closed_months_are_unchanged": ledger.closings,
    "ledger.every_sign_of_money_is_booked": books.money,
    "ledger.every_hand_over_is_a_sale": books.sales,
    "ledger.every_return_mirrors_its_sale": refunds.returns,
    "ledger.every_refund_is_booked": refunds.payments,
    "ledger.buyers_money_is_kept_for_them": books.advances,
    "ledger.makers_are_credited_what_they_earned": books.makers,
    "balances.follow_from_their_causes": balances.causes,
    "balances.every_spending_is_booked": balances.spendings,
    "balances.every_paying_out_is_held_then_booked": balances.withdrawals,
    "ledger.delivery_fees_are_earned_once": deliveries.fees,
    "delivery.cash_is_what_was_taken_less_what_was_handed_in": deliveries.cash,
    "delivery.trips_agree_with_their_orders": deliveries.trips,
    "payouts.batch_is_the_sum_of_its_payouts": payouts.batches,
    "payouts.every_pay_out_is_booked": payouts.entries,
    "pools.shares_follow_the_rule": pools.shares,
    "pools.every_share_is_booked": pools.entries,
    "pools.what_was_undone_is_reversed": pools.undone,
    "credit.debts_are_the_open_bons": credit.receivables,
    "credit.every_bon_is_a_sale": credit.sales,
    "credit.payments_are_the_sum_of_their_parts": credit.parts,
    "credit.every_payment_is_booked": credit.payments,
    "credit.nobody_has_more_than_was_allowed": credit.limits,
    "credit.bons_are_counted_and_due_as_decided": credit.bills,
    "supply.goods_are_conserved": supply.goods,
    "supply.bills_close_to_the_rupiah": supply.bills,
    "supply.every_contested_bill_is_a_claim": supply.claims,
    "supply.open_claims_are_in_the_books": supply.claimed,
    "supply.nobody_gets_more_than_allowed": supply.wishes,
    "supply.nobody_is_charged_more_than_they_agreed_to": supply_prices.agreed,
    "supply.every_receipt_is_booked": supply_receipts.entries,
    "supply.who_approves_does_not_receive": supply_receipts.receivers,
    "supply.shrinkage_is_what_was_fetched_beyond": supply_receipts.shrinkage,
    "supply.every_cost_is_split_and_charged": supply_costs.shares,
    "supply.every_cost_is_booked": supply_costs.entries,
    "supply.margins_follow_the_rate": supply_costs.margins,
    "supply.hand_overs_match_the_share": hand_overs.shares,
    "supply.every_hand_over_is_a_sale": hand_overs.sales,
    "supply.what_was_not_fetched_follows_a_decision": hand_overs.released,
    "supply.returns_are_within_what_was_fetched": supply_returns.parts,
    "supply.every_return_is_booked": supply_returns.entries,
    "supply.room_is_kept_for_what_is_on_account": hand_overs.promises,
    "tenants.no_row_points_elsewhere": tenants.crossings,
    "tenants.member_counts_are_right": tenants.member_counts,
    "accounts.closed_accounts_hold_nothing": accounts.closed,
    "outbox.nothing_is_stuck": tenants.outbox,
}


def run(session: Session, *, at: datetime) -> list[Finding]:
    """Do all checks; an empty list means that the books of goods and orders are true."""
    return [
        Finding(name, row, found)
        for name, check in CHECKS.items()
        for row, found in check(session, at)
    ]
