"""A machine reads the description and tries everything it allows, and much that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.app import create_app
from marketplace.balances import service as balances
from marketplace.balances.models import Withdrawal
from marketplace.bookkeeping import service as bookkeeping
from marketplace.claims import service as claims
from marketplace.claims.models import Claim
from marketplace.claims.rules import ClaimKind
from marketplace.claims.service import Complaint
from marketplace.delivery import service as delivery
from marketplace.delivery.models import Shipment
from marketplace.delivery.rules import Terms as ZoneTerms
from marketplace.delivery.service import CourierChoice
from marketplace.kernel.calendar import local_day
from marketplace.kernel.ids import new_id, to_text
from marketplace.kernel.money import Rupiah
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import JournalLine, MemberAccount, Purpose, Unit
from marketplace.members.models import Member
from marketplace.orders import service as orders
from marketplace.orders.models import Order, Refund
from marketplace.orders.rules import OrderState
from marketplace.payments import service as payments
from marketplace.payments.rules import BankAccount
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutBatch
from marketplace.pools import service as pools
from marketplace.pools.models import Pool
from marketplace.pools.rules import PaidInto, PooledSale
from marketplace.supply import service as supply
from marketplace.supply.models import BaseUnit, PurchaseOrder, SupplierClaim, SupplyItem
from marketplace.web.extensions import db
from marketplace.web.transactions import transaction
from tests.api.conftest import V1, Program, make_token, purchase_of
from tests.api.test_document import ALSO, OPERATIONS
from tests.conftest import close, make_settings
from tests.ledger.conftest import posting
from tests.makers import (
    make_category,
    make_cooperative,
    make_listing,
    make_member,
    make_officer,
    make_point,
)

EXAMPLES = 10
REFUSED = 3  # to nobody a closed address says the same to whatever is sent
KLOJEN = "35.73.02"
# Rules of the business answer 422 to bodies that are well formed: a day in the past, a phone
# number of nobody. The rest would need state between calls, which other tests have.
NOT_APPLICABLE = {
    "positive_data_acceptance",
    "use_after_free",
    "ensure_resource_availability",
    "object_level_authorization",
}
# Tokens are ours to send; a parameter that an address does not know is passed over.
GENERATION = {
    "allow-x00": False,
    "allow-extra-parameters": False,
    "with-security-parameters": False,
}
pytestmark = pytest.mark.slow
load_all_checks()
CHOSEN = CHECKS.get_by_names([n for n in CHECKS.get_all_names() if n not in NOT_APPLICABLE])


@dataclass
class Site:
    """A site with something behind every address."""

    app: Flask
    token: str
    known: dict[str, Any]
    schema: BaseSchema  # reading it takes longer than trying one of its operations


@pytest.fixture(scope="module")
def site(
    database: str,
    fresh_database: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    app = create_app(make_settings(fresh_database(database), tmp_path_factory.mktemp("schema")))
    with app.app_context(), transaction() as session:
        token, known = fill(session)
        body = known.pop("purchase")
        known["basket"] = body
    placed = Program(app.test_client()).post("/purchases", body).get_json()
    gone = Program(app.test_client()).post("/purchases", body).get_json()
    had = Program(app.test_client()).post("/purchases", body).get_json()
    brought = Program(app.test_client()).post("/purchases", to_a_door(known, body)).get_json()
    with app.app_context(), transaction() as session:
        known["refund_id"] = to_text(refunded(session, gone["orders"][0]["number"]).id)
        trip = carried(session, brought["orders"][0]["number"])
        known |= {"key": trip.key, "courier_id": to_text(trip.courier_id)}
        known["claim_id"] = to_text(claimed(session, had["orders"][0]["number"]).id)
    known |= {"purchase": placed["number"], "order": placed["orders"][0]["number"]}
    config = SchemathesisConfig.from_dict({"generation": GENERATION})
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", app, config=config)
    yield Site(app, token, known, schema)
    with app.app_context():
        db.session.remove()
    close(app)


def fill(session) -> tuple[str, dict[str, Any]]:
    at = datetime.now(UTC)
    make_category(session)
    cooperative = make_cooperative(session, "Sanan Tempe Muda")
    make_point(session, cooperative)
    keripik, tempe = (  # the first one is there to be changed
        make_listing(session, cooperative, name, price=15_000, stock_count=1_000_000)
        for name in ("Keripik", "Tempe")
    )
    officer = make_officer(session, cooperative)
    member = make_member(session, cooperative, "Pak Budi", number=1, account=officer)
    oil = supply.add_item(
        session,
        cooperative.id,
        name="Minyak",
        base_unit=BaseUnit.PIECE,
        unit="jeriken",
        factor=1,
        at=at,
    )
    terms = supply.Terms(
        supplier="Grosir",
        pack_name="karton",
        pack_size=4,
        pack_price=Rupiah(280_000),
    )
    wanted = supply.Wanted(4)
    wish = supply.ask(session, member, wanted, item=oil, entered_by=officer.id, at=at)
    plan = supply.RoundPlan(at + timedelta(days=3), "Balai")
    pool = supply.open_round(session, oil, terms, plan, opened_by=officer.id, at=at)
    bought = to_be_ordered(session, member, oil, officer.id, at)
    withdrawal = withdrawn(session, cooperative, member, officer.id, at)
    entry, draft = written(session, cooperative.id, officer.id, at)
    batch = composed(session, member, officer.id, at)
    terms_of_zone = ZoneTerms(Rupiah(8_000), cash_up_to=Rupiah(10**9))
    door, zone = (  # the second one is there to be changed
        delivery.add_zone(session, cooperative, name, terms_of_zone, at=at)
        for name in ("Klojen", "Sukun")
    )
    delivery.add_area(session, cooperative, door.id, KLOJEN, at=at)
    jatim = BankAccount("Bank Jatim", "1234567890", "Koperasi Sanan")
    account = payments.propose(session, cooperative, jatim, by=None, at=at)
    return make_token(session, officer), {
        "withdrawal_id": to_text(withdrawal.id),
        "entry_id": to_text(entry.id),
        "draft_id": to_text(draft.id),
        "batch_id": to_text(batch.id),
        "pool_id": to_text(sold_together(session, member, officer.id, at).id),
        "destination_id": to_text(account.id),
        "member_id": to_text(member.id),
        "slug": cooperative.slug,
        "product_id": to_text(keripik.listing_id),
        "listing_id": to_text(keripik.listing_id),
        "variant_id": to_text(keripik.id),
        "request_id": to_text(wish.id),
        "supplier_claim_id": to_text(claim_on_supplier(session, oil, member, officer.id, at)),
        "hand_id": to_text(new_id()),
        "return_id": to_text(new_id()),
        "cost_id": to_text(new_id()),
        "receipt_id": to_text(new_id()),
        "zone_id": to_text(zone.id),
        "door": to_text(door.id),
        "round": pool.number,
        "place": pool.place,
        "order_number": bought.number,
        "purchase": purchase_of(tempe, cooperative=cooperative),
    }


def claim_on_supplier(session, oil, member, officer_id: UUID, at: datetime) -> UUID:
    """Let half of what a supplier billed have come."""
    terms = supply.Terms("Grosir", "karton", 4, Rupiah(280_000))
    plan = supply.RoundPlan(at + timedelta(days=3), "Balai")
    pool = supply.open_round(session, oil, terms, plan, opened_by=officer_id, at=at)
    supply.join(session, pool, member, supply.Wanted(4), entered_by=officer_id, at=at)
    supply.lock(session, pool, at=at)
    supply.receive(
        session, pool, key="1", packs=0, quantity=2, cost=Rupiah(280_000), actor_id=officer_id,
        at=at,
    )  # fmt: skip
    return session.scalars(select(SupplierClaim.id)).one()


def to_be_ordered(
    session, member: Member, item: SupplyItem, by: UUID, at: datetime
) -> PurchaseOrder:
    """Lock another round, so that there is an order to approve."""
    terms = supply.Terms("Grosir", "karton", 4, Rupiah(280_000))
    plan = supply.RoundPlan(at + timedelta(days=3), "Balai")
    pool = supply.open_round(session, item, terms, plan, opened_by=by, at=at)
    supply.join(session, pool, member, supply.Wanted(4), entered_by=by, at=at)
    supply.lock(session, pool, by=by, at=at)
    return supply.draft(session, pool, by=by, at=at)


def withdrawn(session, cooperative, member, officer_id: UUID, at: datetime) -> Withdrawal:
    """Have money of a member's balance asked for, to be paid out."""
    theirs = MemberAccount(Purpose.MEMBER_BALANCE, member.id)
    deposit = posting((Purpose.CASH, theirs, 90_000), key="titipan", dated=local_day(at))
    ledger.post(session, cooperative.id, Unit.SHOP, deposit, at=at)
    return balances.ask(
        session, cooperative, member.id, Rupiah(1_000), key="1", by=officer_id, at=at
    )


def refunded(session, number: str) -> Refund:
    """Ask for the money of an order that was paid and cancelled."""
    at = datetime.now(UTC)
    order = session.scalars(
        select(Order).where(Order.number == number).options(selectinload(Order.lines))
    ).one()
    orders.confirm_payment(session, order, order.total, key="1", actor_id=None, at=at)
    orders.cancel(session, order, reason=None, actor_id=None, at=at)
    wanted = orders.RefundRequest("habis", Rupiah(1_000))
    return orders.request_refund(session, order, wanted, key="1", by=None, at=at)


def to_a_door(known: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Let a basket be brought to a door and be paid there."""
    door = {"method": "delivery", "zone": known["door"], "address": "Jl. Ijen 25"}
    part = {"fulfilment": door, "payment": "cod"}
    total = body["expected_total"] + 8_000
    return {**body, "orders": {known["slug"]: part}, "expected_total": total}


def carried(session, number: str) -> Shipment:
    """Let a courier go with an order."""
    at = datetime.now(UTC)
    order = session.scalars(
        select(Order).where(Order.number == number).options(selectinload(Order.lines))
    ).one()
    for state in (OrderState.IN_PREPARATION, OrderState.READY):
        orders.advance(session, order, state, actor_id=None, at=at)
    return orders.send_out(session, order, CourierChoice(name="Mas Yudi"), actor_id=None, at=at)


def claimed(session, number: str) -> Claim:
    """Claim of an order that was paid and handed over that it was damaged."""
    at = datetime.now(UTC)
    order = session.scalars(
        select(Order).where(Order.number == number).options(selectinload(Order.lines))
    ).one()
    orders.confirm_payment(session, order, order.total, key="1", actor_id=None, at=at)
    for state in (OrderState.IN_PREPARATION, OrderState.READY_FOR_PICKUP, OrderState.FINISHED):
        orders.advance(session, order, state, actor_id=None, at=at)
    return claims.open_claim(session, order, Complaint(ClaimKind.DAMAGED, "Remuk"), at=at)


def written(session, cooperative_id: int, by: UUID, at: datetime) -> tuple[Any, Any]:
    """Post an entry, and propose another one."""
    entry = ledger.post(
        session, cooperative_id, Unit.SHOP,
        posting((Purpose.CASH, Purpose.PUBLIC_SALES, 1_000), dated=local_day(at)), at=at,
    )  # fmt: skip
    debit, credit, amount = books.moves_of(session, entry)[0]
    draft = bookkeeping.propose(
        session, cooperative_id, Unit.SHOP, key="schema", memo="Sewa", dated=local_day(at),
        lines=[JournalLine(credit, debit=amount), JournalLine(debit, credit=amount)], by=by, at=at,
    )  # fmt: skip
    return entry, draft


def composed(session, member: Member, by: UUID, at: datetime) -> PayoutBatch:
    """Owe a member money for goods, and put it into a batch."""
    debt = MemberAccount(Purpose.CONSIGNMENT_PAYABLE, member.id)
    ledger.post(
        session, member.cooperative_id, Unit.SHOP,
        posting((Purpose.CASH, debt, 17_500), dated=local_day(at), key="debt"), at=at,
    )  # fmt: skip
    return payouts.compose(session, member.cooperative_id, [member.id], key="1", by=by, at=at)


def sold_together(session, member: Member, by: UUID, at: datetime) -> Pool:
    sale = PooledSale("Cabai", "kg", at.date(), Rupiah(90_000), 500, {member.id: 7})
    return pools.share_out(
        session, member.cooperative_id, sale, key="1", paid_into=PaidInto.CASH, by=by, at=at
    )


def parameters(path: str, known: dict[str, Any]) -> dict[str, Any]:
    """Fill an address with what is there."""
    number = "round" if "rounds/" in path else "purchase" if "purchases/" in path else "order"
    names = {**known, "number": known[number]}
    return {name: value for name, value in names.items() if f"{{{name}}}" in path}


# These take nothing but an address; a wrong one is no such page, which other tests look at.
ADDRESS_ONLY = {
    "getPurchaseOrder", "approvePurchaseOrder",
    "getCooperative", "getProduct", "listSupplyItems", "getLedgerEntry", "approveLedgerEntry",
    "approveRefund", "refuseRefund", "getClaim",
    "getPooledSale", "listDues", "approvePayout", "cancelPayout", "listPaymentDestinations",
    "approvePaymentDestination", "withdrawPaymentDestination", "refusePaymentProof",
    "listDeliveryZones", "listCourierCash", "getDelivery", "listSupplyCosts", "undoSupplyCost",
    "listSupplyReceipts", "listSuppliers", "listStandingRequests", "listSupplyReorders",
    "unlinkSupplyShelf", "listUnfetchedSupplies", "undoUnfetchedSupply", "listSupplyHandOvers",
    "undoSupplyReturn",
}  # fmt: skip
TRIED = [
    pytest.param(name, mode, id=f"{name}-{mode.value}")
    for name in sorted(OPERATIONS | ALSO)
    for mode in GenerationMode
    if not (mode is GenerationMode.NEGATIVE and name in ADDRESS_ONLY)
]


@pytest.mark.parametrize(("name", "mode"), TRIED)
@pytest.mark.parametrize("acting", ["guest", "officer"])
def test_the_api_keeps_what_its_description_says(
    site: Site, name: str, mode: GenerationMode, acting: str
) -> None:
    operation = site.schema.find_operation_by_id(name)
    headers = {"Accept-Encoding": "identity"}
    if acting == "officer":
        headers["Authorization"] = f"Bearer {site.token}"
    cases = operation.as_strategy(mode, path_parameters=parameters(operation.path, site.known))
    is_open = {} in operation.definition.raw["security"]

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES if acting == "officer" or is_open else REFUSED,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=list(CHOSEN))

    holds()


def doors(known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw doors as the description allows them, most of which can be reached."""
    text = st.text(st.characters(categories=("L", "N", "Zs")), min_size=5, max_size=200)
    return st.fixed_dictionaries(
        {"method": st.just("delivery"), "zone": st.just(known["door"]), "address": text},
        optional={
            "area": st.sampled_from([KLOJEN, "35.73.05", None]),
            "landmark": st.one_of(st.none(), text.map(lambda said: said[:100])),
            "slot_starts": st.none(),
        },
    )


@pytest.mark.parametrize("name", ["placePurchase", "quotePurchase"])
def test_a_basket_that_is_brought_keeps_what_the_description_says(site: Site, name: str) -> None:
    config = SchemathesisConfig.from_dict({"generation": GENERATION})
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", site.app, config=config)
    operation = schema.find_operation_by_id(name)
    basket, slug = site.known["basket"], site.known["slug"]
    seen: set[int] = set()

    @given(
        case=operation.as_strategy(GenerationMode.POSITIVE),
        door=doors(site.known),
        payment=st.sampled_from(["cod", "qris"]),
        quantity=st.integers(1, 3),
    )
    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    def holds(case: schemathesis.Case, door: dict[str, Any], payment: str, quantity: int) -> None:
        case.body = {"lines": [{**basket["lines"][0], "quantity": quantity}]}
        if name == "placePurchase":
            case.body |= {
                "buyer": basket["buyer"],
                "orders": {slug: {"fulfilment": door, "payment": payment}},
                "expected_total": 15_000 * quantity + 8_000,
            }
            case.headers["Idempotency-Key"] = to_text(new_id())
        answer = case.call_and_validate(
            headers={"Accept-Encoding": "identity"}, checks=list(CHOSEN)
        )
        seen.add(answer.status_code)

    holds()
    assert seen & {200, 201}
