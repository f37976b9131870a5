"""People of the demo who can sign in, in two cooperatives, for every role."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import service as accounts
from marketplace.accounts.models import Account, ApiToken
from marketplace.accounts.rules import Login
from marketplace.demo.world import SANAN, VELODROME
from marketplace.kernel.access import Role
from marketplace.kernel.secrets import hashed

PASSWORD = "gerobak-tempe-velodrome"  # noqa: S105 - the demo refuses to load in production
SCOPES = ["orders", "listings", "members", "supply", "purchases", "books", "payments"]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A person to sign in as. ``letter`` names the cooperative: A, B, or none."""

    role: str
    letter: str
    name: str
    phone: str
    posts: tuple[Role, ...] = ()
    member: str = ""

    @property
    def cooperative(self) -> str | None:
        """Give the slug of the cooperative."""
        return {"A": VELODROME.slug, "B": SANAN.slug}.get(self.letter)

    @property
    def token(self) -> str:
        """Give the API token: the same in every demo, so that scripts can be written down."""
        digest = hashlib.sha256(f"demo {self.role} {self.letter}".encode()).hexdigest()
        return f"demo-{self.role}-{self.letter.lower() or 'x'}-{digest[:32]}"


ACCOUNTS = (
    DemoAccount("buyer", "", "Nadia Putri", "081233445501"),
    DemoAccount("member", "A", "Mbak Rara", "081233445511", (Role.MEMBER,), "Mbak Rara"),
    DemoAccount("seller", "A", "Cak Arif", "081233445512", (Role.SELLER,), "Cak Arif"),
    DemoAccount("manager", "A", "Bu Sri", "081233445513", (Role.CHAIR, Role.MEMBER), "Bu Sri"),
    DemoAccount("treasurer", "A", "Bu Yuni", "081233445514", (Role.TREASURER,), "Bu Yuni"),
    DemoAccount("supervisor", "A", "Pak Slamet", "081233445515", (Role.SUPERVISOR,), "Pak Slamet"),
    DemoAccount("member", "B", "Mbak Nia", "081233445521", (Role.MEMBER,), "Mbak Nia"),
    DemoAccount("seller", "B", "Bu Lilik", "081233445522", (Role.SELLER,), "Bu Lilik"),
    DemoAccount("manager", "B", "Cak Hadi", "081233445523", (Role.CHAIR, Role.MEMBER), "Cak Hadi"),
    DemoAccount("treasurer", "B", "Mas Bayu", "081233445524", (Role.TREASURER,)),
    DemoAccount("supervisor", "B", "Bu Endah", "081233445525", (Role.SUPERVISOR,)),
    DemoAccount("office", "", "Dinas Koperasi", "081233445531"),
    DemoAccount("operator", "", "Operator Guyub", "081233445541"),
)


def make(session: Session, *, at: datetime) -> dict[DemoAccount, Account]:
    """Make every account with its token."""
    found: dict[DemoAccount, Account] = {}
    password_hash = accounts.prepare_password(PASSWORD, own=[])
    for demo in ACCOUNTS:
        phone = "+62" + demo.phone.removeprefix("0")
        account = accounts.register(
            session,
            name=demo.name,
            login=Login(phone=phone),
            password_hash=password_hash,
            at=at,
        )
        assert account is not None  # noqa: S101 - the database was empty
        account.is_office = demo.role == "office"
        account.is_operator = demo.role == "operator"
        session.add(
            ApiToken(
                account_id=account.id,
                name="demo",
                secret_hash=hashed(demo.token),
                scopes=SCOPES,
                created_at=at,
            )
        )
        found[demo] = account
    session.flush()
    return found


def listed(session: Session) -> list[dict[str, str | None]]:
    """List the demo's log-ins as scripts want them; empty when the demo is not loaded."""
    known = set(session.scalars(select(Account.phone)))
    return [
        {
            "role": demo.role,
            "cooperative": demo.cooperative,
            "login": demo.phone,
            "password": PASSWORD,
            "api_token": demo.token,
        }
        for demo in ACCOUNTS
        if "+62" + demo.phone.removeprefix("0") in known
    ]
