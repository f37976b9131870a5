"""What is written into the books: moves of one amount from one account to another."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Rupiah
from marketplace.kernel.text import say
from marketplace.ledger.rules.chart import Purpose

NOTHING = Rupiah(0)
EMPTY_HASH = "0" * 64
MOST_MOVES = 400
LONGEST_MEMO = 500


class Unbalanced(Invalid):
    """Debit and credit differ, or there is nothing to post."""

    code = "unbalanced"


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """The part of an account that belongs to one member: what is owed to this maker."""

    purpose: Purpose
    member_id: UUID


# An account is named by its purpose, by purpose and member, or by its id.
Place = Purpose | MemberAccount | UUID


@dataclass(frozen=True, slots=True)
class Move:
    """One positive amount that leaves ``credit`` and arrives in ``debit``.

    An entry made of moves cannot be unbalanced: there is no way to write one side alone.
    """

    debit: Place
    credit: Place
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry as it is asked for. ``key`` names its cause, so that it is posted once."""

    key: str
    memo: str
    moves: tuple[Move, ...]
    dated: date
    source_type: str
    source_id: UUID | None = None
    created_by: UUID | None = None
    approved_by: UUID | None = None

    def fingerprint(self) -> str:
        """Tell one request from another under the same key; who asked does not matter."""
        moves = [
            [_named(move.debit), _named(move.credit), move.amount.amount] for move in self.moves
        ]
        return _hash([self.memo, self.source_type, str(self.source_id), moves])


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as bookkeepers write it: an account with an amount on exactly one side."""

    place: Place
    debit: Rupiah = NOTHING
    credit: Rupiah = NOTHING

    @classmethod
    def read(cls, account_id: str, debit: int, credit: int) -> JournalLine:
        """Read a line that was kept as plain values."""
        return cls(UUID(account_id), Rupiah(debit), Rupiah(credit))


def moves_between(lines: Sequence[JournalLine]) -> tuple[Move, ...]:
    """Turn ordinary debit and credit lines into moves, at most one fewer than lines.

    Raises Unbalanced when the sides differ, a line has both sides or none, or the same
    account stands on both sides.
    """
    for line in lines:
        if (line.debit > NOTHING) == (line.credit > NOTHING) or min(
            line.debit, line.credit
        ) < NOTHING:
            raise Unbalanced(say("Setiap baris berisi debit atau kredit, salah satu saja."))
    debits = deque((line.place, line.debit.amount) for line in lines if line.debit)
    credits = deque((line.place, line.credit.amount) for line in lines if line.credit)
    difference = sum(amount for _, amount in debits) - sum(amount for _, amount in credits)
    if difference or not debits:
        raise Unbalanced(
            say(
                "Debit dan kredit belum sama: selisihnya %(difference)s.",
                difference=Rupiah(abs(difference)),
            )
        )
    if {place for place, _ in debits} & {place for place, _ in credits}:
        raise Unbalanced(say("Satu akun tidak boleh di debit dan kredit sekaligus."))
    return tuple(_paired(debits, credits))


def _paired(debits: deque[tuple[Place, int]], credits: deque[tuple[Place, int]]) -> Iterator[Move]:
    """Take the smaller of the two first sides, put back what is left of the other."""
    while debits:
        (to, wanted), (source, there) = debits.popleft(), credits.popleft()
        amount = min(wanted, there)
        yield Move(to, source, Rupiah(amount))
        if wanted > amount:
            debits.appendleft((to, wanted - amount))
        if there > amount:
            credits.appendleft((source, there - amount))


def mirrored(moves: Sequence[tuple[UUID, UUID, Rupiah]]) -> tuple[Move, ...]:
    """Undo moves by the same ones the other way round, last first."""
    return tuple(Move(credit, debit, amount) for debit, credit, amount in reversed(moves))


def chained_hash(facts: Sequence[object], moves: Sequence[tuple[UUID, UUID, Rupiah]]) -> str:
    """Seal an entry: its hash covers all it says, its moves and the hash of the one before."""
    written = [[str(debit), str(credit), amount.amount] for debit, credit, amount in moves]
    return _hash([[None if fact is None else str(fact) for fact in facts], written])


def _named(place: Place) -> str:
    if isinstance(place, MemberAccount):
        return f"{place.purpose.value}:{place.member_id}"
    return place.value if isinstance(place, Purpose) else str(place)


def _hash(value: object) -> str:
    return hashlib.sha256(
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
