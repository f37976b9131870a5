"""What is kept about a person whose goods were sold together with others'."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.members.models import Member
from marketplace.pools.models import Pool, PoolShare


def of_deliverer(session: Session, account_id: UUID) -> Mapping[str, object]:
    """Give a person's shares in pooled sales, oldest first; nothing of the others'."""
    rows = session.execute(
        select(Cooperative.slug, Pool, PoolShare)
        .join(Pool, Pool.cooperative_id == Cooperative.id)
        .join(
            PoolShare,
            and_(PoolShare.cooperative_id == Pool.cooperative_id, PoolShare.pool_id == Pool.id),
        )
        .join(
            Member,
            and_(
                Member.cooperative_id == PoolShare.cooperative_id,
                Member.id == PoolShare.member_id,
            ),
        )
        .where(Member.account_id == account_id)
        .order_by(PoolShare.id)
    )
    return {
        "pooled_sales": [
            {
                "cooperative": slug,
                "title": pool.title,
                "sold_on": pool.sold_on.isoformat(),
                "quantity": share.quantity,
                "unit": pool.unit,
                "amount": share.amount.amount,
                "undone": pool.undone_at is not None,
            }
            for slug, pool, share in rows
        ]
    }
