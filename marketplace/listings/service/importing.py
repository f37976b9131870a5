"""Goods from a spreadsheet: first a plan with a line for every row, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative, Standing
from marketplace.files.tables import Table
from marketplace.kernel.calendar import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say
from marketplace.listings.models import Category, Listing
from marketplace.listings.queries.sheet import Known, known_goods
from marketplace.listings.rules import (
    NEXT_STATES,
    BadListing,
    Editor,
    ListingDraft,
    ListingState,
    checked,
)
from marketplace.listings.service.editing import NewShelves, rewrite, write
from marketplace.listings.service.rows import Group, Row, grouped_rows
from marketplace.members.models import Member
from marketplace.outbox import service as outbox


class RowsWrong(Invalid):
    """Rows of the file cannot be read, and only all or nothing was asked for."""


class Action(Enum):
    """What an import does with a row."""

    NEW = "baru"
    CHANGED = "diubah"
    SAME = "sama"
    WRONG = "salah"


@dataclass(frozen=True, slots=True)
class RowReport:
    """What becomes of one row of the file."""

    line: int
    title: str
    action: Action
    problems: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """One listing to be written: a new one, or the one with this id."""

    draft: ListingDraft
    state: ListingState
    ref: str | None
    listing_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows with what becomes of them, and what is to be written."""

    rows: tuple[RowReport, ...]
    writes: tuple[Write, ...]

    def count(self, action: Action) -> int:
        """Count the rows with which this is done."""
        return sum(1 for row in self.rows if row.action is action)

    @property
    def wrong(self) -> int:
        """Count the rows that cannot be read."""
        return self.count(Action.WRONG)


def plan(
    session: Session, cooperative: Cooperative, table: Table, *, at: datetime, publish: bool = False
) -> Plan:
    """Say what an import would do, row by row, and change nothing.

    ``publish`` shows new goods at once where the file does not say otherwise.
    """
    known = known_goods(session, cooperative.id, at=at)
    default = ListingState.PUBLISHED if publish else ListingState.DRAFT
    reports: list[RowReport] = []
    writes: list[Write] = []
    for group in grouped_rows(table, known):
        write_, rows = _judged(group, known, default, cooperative, at)
        reports += rows
        if write_ is not None:
            writes.append(write_)
    return Plan(tuple(sorted(reports, key=lambda row: row.line)), tuple(writes))


def _judged(
    group: Group, known: Known, default: ListingState, cooperative: Cooperative, at: datetime
) -> tuple[Write | None, list[RowReport]]:
    before = known.draft_of(group.listing)
    draft = group.draft(before)
    state = group.state or (group.listing.state if group.listing else default)
    problems = {row.line: list(row.problems) for row in group.rows}
    problems[group.rows[0].line] += _about_state(group.listing, state, cooperative)
    try:
        draft = checked(draft, today=local_day(at))
    except BadListing as bad:
        _place(bad, group.rows, problems)
    if any(problems.values()):
        return None, [_report(row, Action.WRONG, problems[row.line]) for row in group.rows]
    if group.listing is None:
        return Write(draft, state, group.ref), [_report(row, Action.NEW) for row in group.rows]
    if draft == before and state is group.listing.state:
        return None, [_report(row, Action.SAME) for row in group.rows]
    changed = Write(_only_changes(draft, before), state, group.ref, group.listing.id)
    return changed, [_report(row, Action.CHANGED) for row in group.rows]


def _report(row: Row, action: Action, problems: Sequence[Sentence] = ()) -> RowReport:
    once = {str(problem): problem for problem in problems}
    return RowReport(row.line, row.title, action, tuple(once.values()))


def _about_state(
    listing: Listing | None, wanted: ListingState, cooperative: Cooperative
) -> list[Sentence]:
    if wanted is ListingState.PUBLISHED and cooperative.standing is Standing.SUSPENDED:
        return [say("Koperasi ini sedang dihentikan. Barang belum bisa ditayangkan.")]
    if listing is None or _way(listing.state, wanted) is not None:
        return []
    return [say("Barang yang tayang bisa diarsipkan, tidak bisa menjadi draf.")]


def _way(current: ListingState, wanted: ListingState) -> list[ListingState] | None:
    """List the steps from one state to another; None when there is no way."""
    if current is wanted:
        return []
    if wanted in NEXT_STATES[current]:
        return [wanted]
    through = [state for state in NEXT_STATES[current] if wanted in NEXT_STATES[state]]
    return [through[0], wanted] if through and current is ListingState.ARCHIVED else None


def _place(bad: BadListing, rows: Sequence[Row], problems: dict[int, list[Sentence]]) -> None:
    """Put each problem to the row that has it; what a cell said already is not said twice."""
    for name, sentence in bad.fields.items():
        parts = name.split("-")
        position = int(parts[1]) if parts[0] == "variants" and len(parts) == 3 else 0
        row = rows[min(position, len(rows) - 1)]
        if not row.problems:
            problems[row.line].append(sentence if isinstance(sentence, Sentence) else say(sentence))


def _only_changes(draft: ListingDraft, before: ListingDraft | None) -> ListingDraft:
    """Leave the stock of a variant alone when the file says what is there already."""
    there = {part.id: part.quantity for part in before.variants} if before else {}
    same_kind = before is not None and before.availability is draft.availability
    return replace(
        draft,
        variants=tuple(
            replace(part, quantity=None)
            if same_kind and part.id is not None and there.get(part.id) == part.quantity
            else part
            for part in draft.variants
        ),
    )


def carry_out(
    session: Session,
    cooperative: Cooperative,
    plan: Plan,
    *,
    editor: Editor,
    at: datetime,
    partial: bool = False,
) -> int:
    """Write what a plan says; returns how many listings that were.

    With a wrong row nothing is written, unless ``partial`` asks for the others alone.
    """
    if plan.wrong and not partial:
        raise RowsWrong(
            say("%(count)d baris perlu dibetulkan. Belum ada yang disimpan.", count=plan.wrong)
        )
    shelves = NewShelves()
    # Held here, they are found in memory; each question would send the rows so far one by one.
    at_hand = _at_hand(session, cooperative.id, plan)
    written = [_write(session, cooperative, one, shelves, editor, at) for one in plan.writes]
    session.flush()
    shelves.open(session, actor_id=editor.account_id, at=at)
    del at_hand
    if written:
        outbox.tell(
            session,
            "listing.changed",
            at=at,
            cooperative=cooperative.id,
            listings=[str(listing.id) for listing in written],
        )
    return len(written)


def _at_hand(session: Session, cooperative_id: int, plan: Plan) -> list[object]:
    """Load the categories and members that the rows name."""
    drafts = [one.draft for one in plan.writes]
    categories = {draft.category_id for draft in drafts if draft.category_id}
    makers = {draft.maker_id for draft in drafts if draft.maker_id}
    return [
        *(session.get(Category, one) for one in categories),
        *(session.get(Member, (cooperative_id, one)) for one in makers),
    ]


def _write(
    session: Session,
    cooperative: Cooperative,
    one: Write,
    shelves: NewShelves,
    editor: Editor,
    at: datetime,
) -> Listing:
    if one.listing_id is None:
        listing = write(
            session,
            cooperative.id,
            one.draft,
            editor=editor,
            at=at,
            shelves=shelves,
            source_ref=one.ref,
        )
    else:
        listing = rewrite(
            session,
            cooperative.id,
            one.listing_id,
            one.draft,
            editor=editor,
            version=None,
            at=at,
        )
    if one.state is ListingState.PUBLISHED and listing.state is not ListingState.PUBLISHED:
        listing.published_at = at
    listing.state = one.state
    return listing
