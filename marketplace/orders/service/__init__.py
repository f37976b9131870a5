"""Everything that changes an order. Callers open the transaction."""

from marketplace.orders.service.bank import confirm_exact, confirm_line
from marketplace.orders.service.crediting import ask_into_balance
from marketplace.orders.service.delivering import arrive, bring_back, send_out
from marketplace.orders.service.gateways import another_page, learn, page_for, refund_refused
from marketplace.orders.service.paying import confirm_payment
from marketplace.orders.service.placing import place
from marketplace.orders.service.proofs import refuse_proof, report_left_lying, send_proof
from marketplace.orders.service.reducing import reduce
from marketplace.orders.service.refunds import (
    RefundKeyReused,
    RefundRequest,
    approve_refund,
    pay_refund,
    refuse_refund,
    request_refund,
)
from marketplace.orders.service.requests import (
    Buyer,
    CheckoutKeyReused,
    Choice,
    NothingToOrder,
    OrderRequest,
    PriceChanged,
)
from marketplace.orders.service.steps import (
    WrongCode,
    advance,
    cancel,
    cancel_by_buyer,
    expire_overdue,
    hand_over,
    undo,
)

__all__ = [
    "Buyer",
    "CheckoutKeyReused",
    "Choice",
    "NothingToOrder",
    "OrderRequest",
    "PriceChanged",
    "RefundKeyReused",
    "RefundRequest",
    "WrongCode",
    "advance",
    "another_page",
    "approve_refund",
    "arrive",
    "ask_into_balance",
    "bring_back",
    "cancel",
    "cancel_by_buyer",
    "confirm_exact",
    "confirm_line",
    "confirm_payment",
    "expire_overdue",
    "hand_over",
    "learn",
    "page_for",
    "pay_refund",
    "place",
    "reduce",
    "refund_refused",
    "refuse_proof",
    "refuse_refund",
    "report_left_lying",
    "request_refund",
    "send_out",
    "send_proof",
    "undo",
]
