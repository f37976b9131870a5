"""The chart of accounts a cooperative starts with, and what the programme uses each for.

The programme posts by purpose, never by number: a treasurer may renumber, rename or split
the chart, and only the account that carries a purpose is what the programme writes to.
Source: the default chart of the cooperative rules, four-digit groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import Sentence, say


class Unit(Enum):
    """The part of the business whose books these are. The law keeps the two apart."""

    SHOP = "toko"
    SAVINGS = "simpan_pinjam"


class AccountKind(Enum):
    """What an account counts; assets and expenses grow by debit, the others by credit."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Guard(Enum):
    """Which side of zero the database lets a balance be on, holds included."""

    NONE = "none"
    CREDIT_ONLY = "credit_only"
    DEBIT_ONLY = "debit_only"


class Purpose(Enum):
    """What the programme uses an account for."""

    CASH = "cash"
    BANK = "bank"
    CHANNEL = "channel"
    LOANS = "loans"
    GOODS_ON_ACCOUNT = "goods_on_account"
    COD_RECEIVABLE = "cod_receivable"
    SUPPLIER_CLAIMS = "supplier_claims"
    STOCK = "stock"
    VOLUNTARY_SAVINGS = "voluntary_savings"
    CONSIGNMENT_PAYABLE = "consignment_payable"
    PURCHASE_PAYABLE = "purchase_payable"
    SUPPLIER_PAYABLE = "supplier_payable"
    TAX_PAYABLE = "tax_payable"
    BUYER_ADVANCES = "buyer_advances"
    MEMBER_BALANCE = "member_balance"
    SURPLUS_PAYABLE = "surplus_payable"
    BASIC_SAVINGS = "basic_savings"
    REQUIRED_SAVINGS = "required_savings"
    GRANTS = "grants"
    RESERVES = "reserves"
    SURPLUS = "surplus"
    OPENING = "opening"
    LOAN_INTEREST = "loan_interest"
    LOAN_PROVISION = "loan_provision"
    LOAN_ADMINISTRATION = "loan_administration"
    LOAN_PENALTY = "loan_penalty"
    MEMBER_SALES = "member_sales"
    MEMBER_SERVICES = "member_services"
    PUBLIC_SALES = "public_sales"
    COMMISSION = "commission"
    DELIVERY_INCOME = "delivery_income"
    DISCOUNTS = "discounts"
    ROUNDING = "rounding"
    SAVINGS_INTEREST = "savings_interest"
    MEMBER_COST = "member_cost"
    PUBLIC_COST = "public_cost"
    SHRINKAGE = "shrinkage"
    CHANNEL_FEES = "channel_fees"


class DefaultAccount(NamedTuple):
    """One line of the default chart; without ``unit`` both books have it."""

    code: str
    name: str
    name_en: str
    kind: AccountKind
    purpose: Purpose | None = None
    unit: Unit | None = None
    guard: Guard = Guard.NONE


_K, _P, _U = AccountKind, Purpose, Unit

DEFAULT_CHART: tuple[DefaultAccount, ...] = (
    DefaultAccount("1-1100", "Kas", "Cash", _K.ASSET, _P.CASH),
    DefaultAccount("1-1200", "Bank", "Bank", _K.ASSET, _P.BANK),
    DefaultAccount(
        "1-1300",
        "Dana dalam penyelesaian (kanal bayar)",
        "Money in settlement (payment channel)",
        _K.ASSET,
        _P.CHANNEL,
    ),
    DefaultAccount(
        "1-1400", "Piutang pinjaman anggota", "Loans to members", _K.ASSET, _P.LOANS, _U.SAVINGS
    ),
    DefaultAccount(
        "1-1410",
        "Piutang barang anggota",
        "Goods on account, members",
        _K.ASSET,
        _P.GOODS_ON_ACCOUNT,
        _U.SHOP,
    ),
    DefaultAccount(
        "1-1420",
        "Piutang uang antar (kurir)",
        "Cash held by couriers",
        _K.ASSET,
        _P.COD_RECEIVABLE,
        _U.SHOP,
    ),
    DefaultAccount(
        "1-1430",
        "Klaim ke pemasok",
        "Claims on suppliers",
        _K.ASSET,
        _P.SUPPLIER_CLAIMS,
        _U.SHOP,
    ),
    DefaultAccount(
        "1-1490", "Penyisihan piutang", "Allowance for bad debts", _K.ASSET, None, _U.SAVINGS
    ),
    DefaultAccount("1-1500", "Persediaan", "Stock", _K.ASSET, _P.STOCK, _U.SHOP),
    DefaultAccount("1-1700", "Aset tetap", "Fixed assets", _K.ASSET),
    DefaultAccount(
        "2-1100",
        "Simpanan sukarela",
        "Voluntary savings",
        _K.LIABILITY,
        _P.VOLUNTARY_SAVINGS,
        _U.SAVINGS,
        Guard.CREDIT_ONLY,
    ),
    DefaultAccount("2-1200", "Simpanan berjangka", "Term deposits", _K.LIABILITY, None, _U.SAVINGS),
    DefaultAccount(
        "2-1300",
        "Utang konsinyasi anggota",
        "Owed to makers for goods sold",
        _K.LIABILITY,
        _P.CONSIGNMENT_PAYABLE,
        _U.SHOP,
    ),
    DefaultAccount(
        "2-1310",
        "Utang pembelian anggota",
        "Owed to members for goods bought",
        _K.LIABILITY,
        _P.PURCHASE_PAYABLE,
        _U.SHOP,
    ),
    DefaultAccount(
        "2-1400", "Utang usaha", "Owed to suppliers", _K.LIABILITY, _P.SUPPLIER_PAYABLE, _U.SHOP
    ),
    DefaultAccount("2-1500", "Utang PPh final 4(2)", "Tax payable", _K.LIABILITY, _P.TAX_PAYABLE),
    DefaultAccount(
        "2-1600",
        "Uang muka pembeli",
        "Buyers' money for goods not yet handed over",
        _K.LIABILITY,
        _P.BUYER_ADVANCES,
        _U.SHOP,
        Guard.CREDIT_ONLY,
    ),
    DefaultAccount(
        "2-1610",
        "Titipan anggota",
        "Members' balance",
        _K.LIABILITY,
        _P.MEMBER_BALANCE,
        _U.SHOP,
        Guard.CREDIT_ONLY,
    ),
    DefaultAccount(
        "2-1700",
        "SHU anggota belum dibayar",
        "Members' surplus not yet paid",
        _K.LIABILITY,
        _P.SURPLUS_PAYABLE,
    ),
    DefaultAccount("2-1710", "Dana pengurus dan pengawas", "Officers' fund", _K.LIABILITY),
    DefaultAccount("2-1720", "Dana karyawan", "Employees' fund", _K.LIABILITY),
    DefaultAccount("2-1730", "Dana pendidikan", "Education fund", _K.LIABILITY),
    DefaultAccount("2-1740", "Dana sosial", "Social fund", _K.LIABILITY),
    DefaultAccount(
        "2-1750", "Dana pembangunan daerah kerja", "Local development fund", _K.LIABILITY
    ),
    DefaultAccount("2-1800", "Pinjaman bank", "Bank loans", _K.LIABILITY),
    DefaultAccount("3-1100", "Simpanan pokok", "Basic savings", _K.EQUITY, _P.BASIC_SAVINGS),
    DefaultAccount("3-1200", "Simpanan wajib", "Required savings", _K.EQUITY, _P.REQUIRED_SAVINGS),
    DefaultAccount("3-1300", "Modal penyertaan", "Equity participation", _K.EQUITY),
    DefaultAccount("3-1400", "Modal hibah/sumbangan", "Grants", _K.EQUITY, _P.GRANTS),
    DefaultAccount("3-1500", "Cadangan", "Reserves", _K.EQUITY, _P.RESERVES),
    DefaultAccount("3-1600", "SHU tahun berjalan", "Surplus of the year", _K.EQUITY, _P.SURPLUS),
    DefaultAccount("3-1900", "Saldo awal", "Opening balances", _K.EQUITY, _P.OPENING),
    DefaultAccount(
        "4-1100",
        "Pendapatan bunga pinjaman",
        "Loan interest",
        _K.INCOME,
        _P.LOAN_INTEREST,
        _U.SAVINGS,
    ),
    DefaultAccount(
        "4-1200", "Pendapatan provisi", "Provision", _K.INCOME, _P.LOAN_PROVISION, _U.SAVINGS
    ),
    DefaultAccount(
        "4-1300",
        "Pendapatan administrasi",
        "Administration fees",
        _K.INCOME,
        _P.LOAN_ADMINISTRATION,
        _U.SAVINGS,
    ),
    DefaultAccount(
        "4-1400", "Pendapatan denda", "Penalties", _K.INCOME, _P.LOAN_PENALTY, _U.SAVINGS
    ),
    DefaultAccount(
        "4-2100",
        "Penjualan kepada anggota",
        "Sales to members",
        _K.INCOME,
        _P.MEMBER_SALES,
        _U.SHOP,
    ),
    DefaultAccount(
        "4-2110",
        "Jasa anggota (kulakan)",
        "Member services (buying together)",
        _K.INCOME,
        _P.MEMBER_SERVICES,
        _U.SHOP,
    ),
    DefaultAccount(
        "4-2200",
        "Penjualan kepada non-anggota",
        "Sales to non-members",
        _K.INCOME,
        _P.PUBLIC_SALES,
        _U.SHOP,
    ),
    DefaultAccount("4-2300", "Pendapatan komisi", "Commission", _K.INCOME, _P.COMMISSION, _U.SHOP),
    DefaultAccount(
        "4-2400", "Pendapatan antar", "Delivery fees", _K.INCOME, _P.DELIVERY_INCOME, _U.SHOP
    ),
    DefaultAccount(
        "4-2800", "Potongan penjualan", "Discounts given", _K.INCOME, _P.DISCOUNTS, _U.SHOP
    ),
    DefaultAccount("4-2900", "Selisih pembulatan", "Cash rounding", _K.INCOME, _P.ROUNDING),
    DefaultAccount("4-3900", "Pendapatan lain-lain", "Other income", _K.INCOME),
    DefaultAccount(
        "5-1100",
        "Beban bunga simpanan",
        "Interest on savings",
        _K.EXPENSE,
        _P.SAVINGS_INTEREST,
        _U.SAVINGS,
    ),
    DefaultAccount("5-1200", "Beban penyisihan piutang", "Bad debts", _K.EXPENSE, None, _U.SAVINGS),
    DefaultAccount(
        "5-2100", "HPP anggota", "Cost of sales, members", _K.EXPENSE, _P.MEMBER_COST, _U.SHOP
    ),
    DefaultAccount(
        "5-2200",
        "HPP non-anggota",
        "Cost of sales, non-members",
        _K.EXPENSE,
        _P.PUBLIC_COST,
        _U.SHOP,
    ),
    DefaultAccount(
        "5-2300",
        "Barang rusak dan hilang",
        "Shrinkage and spoilage",
        _K.EXPENSE,
        _P.SHRINKAGE,
        _U.SHOP,
    ),
    DefaultAccount("5-3100", "Beban operasional", "Operating costs", _K.EXPENSE),
    DefaultAccount(
        "5-3200", "Biaya kanal bayar", "Payment channel fees", _K.EXPENSE, _P.CHANNEL_FEES
    ),
    DefaultAccount("5-4100", "Beban perkoperasian", "Cooperative costs", _K.EXPENSE),
)

KIND_LABELS: dict[AccountKind, Sentence] = {
    _K.ASSET: say("Aset"),
    _K.LIABILITY: say("Kewajiban"),
    _K.EQUITY: say("Ekuitas"),
    _K.INCOME: say("Pendapatan"),
    _K.EXPENSE: say("Beban"),
}
UNIT_LABELS: dict[Unit, Sentence] = {
    _U.SHOP: say("Toko"),
    _U.SAVINGS: say("Simpan pinjam"),
}
DEBIT_KINDS = frozenset({_K.ASSET, _K.EXPENSE})


def accounts_of(unit: Unit) -> Iterator[DefaultAccount]:
    """List the accounts that the books of one unit start with."""
    return (account for account in DEFAULT_CHART if account.unit in (None, unit))


def natural_balance(kind: AccountKind, debit: Rupiah, credit: Rupiah) -> Rupiah:
    """Give a balance as people say it: positive on the side on which the account grows."""
    return debit - credit if kind in DEBIT_KINDS else credit - debit
