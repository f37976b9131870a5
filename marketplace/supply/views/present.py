"""A round in the words and numbers its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import g
from flask_babel import gettext
from flask_login import current_user

from marketplace.accounts.current import me
from marketplace.cooperatives.current import here
from marketplace.kernel.access import Permission
from marketplace.kernel.ids import to_text
from marketplace.kernel.money import Rupiah, grouped
from marketplace.members import queries as members
from marketplace.members.models import Member
from marketplace.supply.models import (
    PackOffer,
    PurchaseOrderLine,
    RequestLine,
    StandingRequest,
    SupplyItem,
    UnitRung,
)
from marketplace.supply.queries import PoolLine, PoolView, cap_of
from marketplace.supply.rules import (
    LABELS,
    MOST_KINDS,
    PAID_WITH_LABELS,
    POLICY_WORDS,
    Charge,
    PaidWith,
    PoolState,
    PurchaseOrderState,
    RequestState,
    Rung,
    estimate,
    in_words,
    told_in,
)
from marketplace.supply.service import NotAMember
from marketplace.supply.views import supply
from marketplace.web.components import rupiah
from marketplace.web.i18n import translate
from marketplace.web.transactions import reader


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of triangles: counted in packs where members take whole packs, else in units."""

    unit_name: str
    size: int
    total: int
    filled: int
    mine_from: int
    mine_to: int
    reached: int


def bar(view: PoolView, mine: PoolLine | None) -> Bar:
    """Count a round's bar; the reader's own units stand at the end of what is filled."""
    whole_packs = not view.interest.uneven
    size = view.pool.main.pack_size if whole_packs else view.item.factor
    name = view.pool.main.pack_name if whole_packs else view.item.unit
    filled = view.interest.want // size
    own = mine.line.want // size if mine else 0
    goal = max(view.goal * view.pool.main.pack_size // size, filled, 1)
    tiers = [start for start, _ in view.pack.tiers if start <= max(view.outlook.filled, 0)]
    reached = max(tiers, default=0) * view.pool.main.pack_size // size
    return Bar(name, size, goal, filled, filled - own, filled, min(reached, filled - own))


@supply.app_template_filter("jumlah")
def amount(quantity: int, item: SupplyItem | PurchaseOrderLine) -> str:
    """Write base units as one says them: ``2 jeriken``, ``1,5 kg``, ``2 dus 3 bungkus``."""
    if isinstance(item, PurchaseOrderLine):
        return told(quantity, Rung(item.unit, item.factor))
    parts = told_in(quantity, item.ladder, counted=item.counted)
    return " ".join(told(part, rung) for part, rung in parts)


def told(quantity: int, rung: Rung) -> str:
    """Write base units in one unit."""
    return f"{_typed(quantity, rung.factor)}\u00a0{rung.name}"


def _typed(quantity: int, factor: int) -> str:
    whole, rest = divmod(quantity, factor)
    decimals = f"{rest / factor:.3f}"[2:].rstrip("0") if rest else ""
    return f"{grouped(whole)}{',' + decimals if decimals else ''}"


@supply.app_template_filter("angka_jumlah")
def bare_amount(
    quantity: int, item: SupplyItem | PurchaseOrderLine, rung: UnitRung | None = None
) -> str:
    """Write base units as one would type them, in the main unit or another: ``2``, ``1,5``."""
    return _typed(quantity, rung.factor if rung else item.factor)


def unit_of(line: RequestLine | StandingRequest, item: SupplyItem) -> UnitRung | None:
    """Give the unit in which a wish can be typed again; nothing for the main one."""
    amounts = (line.want, line.accept_min, line.flex_max)
    return next(
        (
            rung
            for rung in item.asked_in
            if rung.id == line.rung_id and not any(part % rung.factor for part in amounts)
        ),
        None,
    )


def wish_said(line: RequestLine | StandingRequest, item: SupplyItem) -> dict[str, str]:
    """Write a wish as the forms take it; ``item`` chooses the good in the unit it was said in."""
    rung = unit_of(line, item)
    return {
        "item": to_text(rung.id if rung else item.id),
        "want": bare_amount(line.want, item, rung),
        "accept_min": bare_amount(line.accept_min, item, rung) if line.accept_min else "",
        "flex_max": bare_amount(line.flex_max, item, rung) if line.flex_max > line.want else "",
        "price_cap": grouped(cap.amount) if (cap := cap_said(line, item)) else "",
    }


supply.add_app_template_filter(wish_said, "tulis_permintaan")


def cap_said(line: RequestLine | StandingRequest, item: SupplyItem) -> Rupiah | None:
    """Give the highest price for the unit in which a wish is typed again, never more than said."""
    cap, rung = cap_of(line, item), unit_of(line, item)
    if cap is None:
        return None
    return Rupiah(max(1, cap.amount * (rung.factor if rung else item.factor) // cap.quantity))


@supply.app_template_global("satuan_diminta")
def unit_asked(line: RequestLine | StandingRequest, item: SupplyItem) -> str:
    """Name the unit in which a wish is typed again."""
    rung = unit_of(line, item)
    return rung.name if rung else item.unit


def terms_said(offers: Sequence[PackOffer], closes: date) -> dict[str, object]:
    """Write offers of one supplier as the form of a round takes them, the chosen one first.

    Goods come after the supplier's wait.
    """
    first = offers[0]
    return {
        "item": to_text(first.item_id),
        "supplier": first.supplier.name,
        **_pack_said(first),
        "others": [_pack_said(offer) for offer in offers[1:MOST_KINDS]],
        "arrives_on": closes + timedelta(days=first.supplier.lead_days),
    }


def _pack_said(offer: PackOffer) -> dict[str, object]:
    return {
        "pack_name": offer.pack_name,
        "pack_size": bare_amount(offer.pack_size, offer.item),
        "pack_price": offer.pack_price,
        "pack_minimum": offer.pack_minimum or None,
        "pack_step": offer.pack_step if offer.pack_step > 1 else None,
        "tiers": offer.tiers or None,
    }


@supply.app_template_global()
def plan_said(view: PoolView) -> str | None:
    """Explain which packs are bought, or would be now; None as long as none are."""
    pool, plan = view.pool, view.outlook.plan
    locked = pool.ordered_cost is not None
    packs = pool.bought if locked else in_words(plan.counts, [p.pack_name for p in pool.packs])
    if not packs:
        return None
    total = pool.ordered_quantity if locked else plan.total
    want = view.interest.want
    said = {
        "packs": packs,
        "cost": rupiah(pool.ordered_cost or Rupiah(plan.cost)),
        "want": amount(want, view.item),
        "total": amount(total, view.item),
    }
    if total >= want:
        return str(gettext("%(packs)s, %(cost)s: paling murah untuk %(want)s", **said))
    return str(gettext("%(packs)s, %(cost)s: baru cukup untuk %(total)s dari %(want)s", **said))


def charge_now(view: PoolView, line: PoolLine) -> Charge:
    """Say what a member would pay if the round closed now, exact once goods are shared out.

    Where not all wishes are known, it is what they want at the price of now.
    """
    if line.allocation is not None:
        return line.allocation.parts
    if view.bill is not None:
        goods = view.bill.charges[line.line.id]
        return _all_in(view, goods, view.bill.given[line.line.id])
    return charge_at(view, line, view.outlook.price)


def price_now(view: PoolView, line: PoolLine) -> Rupiah:
    """Say the sum of what a member would pay now; see ``charge_now``."""
    return Rupiah(charge_now(view, line).total)


def charge_at(view: PoolView, line: PoolLine, pack_price: int) -> Charge:
    """Estimate what a member would pay at another price per pack, rounded up to a rupiah."""
    goods = -(-line.line.want * pack_price // view.pool.main.pack_size)
    return _all_in(view, goods, line.line.want)


def price_at(view: PoolView, line: PoolLine, pack_price: int) -> Rupiah:
    """Estimate the sum of what a member would pay at another price per pack."""
    return Rupiah(charge_at(view, line, pack_price).total)


def _all_in(view: PoolView, goods: int, quantity: int) -> Charge:
    pool = view.pool
    return estimate(
        goods,
        quantity,
        pack_costs=pool.pack_costs.amount,
        pack_size=pool.main.pack_size,
        margin=pool.margin,
    )


@supply.app_template_filter("persen")
def percent(basis_points: int) -> str:
    """Write basis points as people say them: ``2,5%``."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") + "%" if rest else f"{whole}%"


@supply.app_template_filter("bagian_harga")
def parts_said(charge: Charge) -> list[tuple[str, Rupiah]]:
    """List the parts of a charge in the order of work; none when there is one part only."""
    rows = (
        (gettext("Barang"), charge.goods),
        (gettext("Potongan pemasok"), -charge.discount),
        (gettext("Ongkos"), charge.costs),
        (gettext("Jasa koperasi"), charge.margin),
    )
    found = [(name, Rupiah(amount)) for name, amount in rows if amount]
    return found if len(found) > 1 else []


@dataclass(frozen=True, slots=True)
class Basket:
    """What one member takes of all goods of a round, each with what it costs."""

    member: Member
    parts: list[tuple[PoolView, PoolLine, Rupiah]]

    @property
    def total(self) -> Rupiah:
        """Add up what the member pays."""
        return sum((price for _, _, price in self.parts), Rupiah(0))


def baskets(views: Sequence[PoolView]) -> list[Basket]:
    """Put what each member takes together, by the register; who gets nothing stays listed."""
    found: dict[UUID, Basket] = {}
    for view in views:
        for row in view.lines:
            basket = found.setdefault(row.member.id, Basket(row.member, []))
            basket.parts.append((view, row, price_now(view, row)))
    return sorted(found.values(), key=lambda basket: basket.member.number)


def own_member() -> Member | None:
    """Find the reader's line in the register of this cooperative."""
    if not current_user.is_authenticated:
        return None
    return members.member_of(reader(), here().id, me().account_id)


def acting_member(chosen: UUID | None) -> Member:
    """Say for whom a wish is entered: oneself, or as an officer for another member."""
    if chosen is not None and Permission.SEE_SUPPLIES in g.permissions:
        return members.member(reader(), here().id, chosen)
    own = own_member()
    if own is None:
        raise NotAMember
    return own


@supply.app_template_global()
def supply_label(state: PoolState | RequestState | PurchaseOrderState) -> str:
    """Name a state of a round or a wish in the reader's language."""
    return translate(LABELS[state])


@supply.app_template_global()
def policy_words() -> dict[str, str]:
    """Say in a sentence what each way of sharing means."""
    return {policy.value: translate(words) for policy, words in POLICY_WORDS.items()}


@supply.app_template_global()
def paid_with_label(way: PaidWith) -> str:
    """Name a way to pay in the reader's language."""
    return translate(PAID_WITH_LABELS[way])
