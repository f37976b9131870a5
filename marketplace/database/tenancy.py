"""The second wall between cooperatives: PostgreSQL itself hides the rows of the others.

The first wall are queries that start from a cooperative. Should one forget to, row-level
security (migration 0008) still shows a transaction that stands in a cooperative nothing of
another, and refuses to write there. A transaction that stands nowhere (the public market, the
buyer's purchase over several cooperatives, jobs, commands, the audit) sees all. SQLite has no
such wall; there the first one stands alone.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

_PLACE = "stands_in"


def stand_in(session: Session, cooperative_id: int) -> None:
    """Let this session see and change rows of one cooperative only, until it is closed."""
    session.info[_PLACE] = cooperative_id
    if session.in_transaction():
        _tell(session.connection(), cooperative_id)


@contextmanager
def beyond(session: Session) -> Generator[None]:
    """Look past the cooperative this session stands in, for a question about a person.

    Only for what must be known of other cooperatives to decide something here, and whose
    answer shows nothing of them.
    """
    here: int | None = session.info.pop(_PLACE, None)
    if here is None:
        yield
        return
    try:
        _tell(session.connection(), None)
        yield
    finally:
        stand_in(session, here)


def is_held(session: Session) -> bool:
    """Say whether row-level security holds this database user; a superuser walks past it."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    free = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return not session.scalar(free)


def _stand_again(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Each transaction has to be told anew: what it is told ends with it."""
    if _PLACE in session.info and not transaction.nested:
        _tell(connection, session.info[_PLACE])


def _tell(connection: Connection, cooperative_id: int | None) -> None:
    if connection.dialect.name == "postgresql":
        place = "" if cooperative_id is None else int(cooperative_id)
        connection.exec_driver_sql(f"SET LOCAL guyub.cooperative = '{place}'")


event.listen(Session, "after_begin", _stand_again)
